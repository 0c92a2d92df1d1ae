using Auxo.Pipeline.Artifacts;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Definitions.Yaml;

using YamlDotNet.RepresentationModel;

namespace Auxo.Pipeline.Definitions.Steps;

/// <summary>Reads patterns of files in the workspace: one, or a list.</summary>
internal static class FilePatterns
{
    /// <summary>Those that are some; each other is a problem.</summary>
    /// <param name="yaml">Gathers what is wrong.</param>
    /// <param name="node">They.</param>
    /// <param name="key">Whose value it is.</param>
    /// <param name="what">What one of them is called in a problem.</param>
    public static List<string> Read(YamlKeys yaml, YamlNode node, string key, string what)
    {
        var patterns = new List<string>();
        foreach (var text in yaml.Texts(node, key).Where(static text => text.Length > 0))
        {
            var pattern = ArtifactNames.NormalPattern(text);
            if (ArtifactNames.RefusePattern(pattern) is { } wrong)
                yaml.Problem(node, $"the {what} '{PlainText.OneLine(text, 80)}' {wrong}");
            else patterns.Add(pattern);
        }

        return patterns;
    }
}
