using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Definitions.Yaml;
using Auxo.Pipeline.Runners.Placing;

using YamlDotNet.RepresentationModel;

namespace Auxo.Pipeline.Definitions.Steps;

/// <summary>Reads the key <c>runner</c> of the file: a label, or a list of labels that a machine must all have.</summary>
internal static class RunnerKey
{
    public static IReadOnlyList<string> Read(YamlKeys yaml, YamlNode node)
    {
        var labels = yaml.Texts(node, "runner");
        foreach (var label in labels.Where(static label => label.Length > 0 && RunnerLabels.Refuse(label) is not null))
            yaml.Problem(node, $"'{PlainText.OneLine(label, 60)}' {RunnerLabels.Refuse(label)}");
        if (labels.Count > RunnerLabels.Most) yaml.Problem(node, $"'runner' has more than {RunnerLabels.Most} labels");
        return [.. labels.Distinct(StringComparer.Ordinal)];
    }
}
