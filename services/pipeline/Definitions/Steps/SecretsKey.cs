using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Definitions.Yaml;
using Auxo.Pipeline.StepSecrets;

using YamlDotNet.RepresentationModel;

namespace Auxo.Pipeline.Definitions.Steps;

/// <summary>Reads the key <c>secrets</c> of a step: a name, or a list of names.</summary>
internal static class SecretsKey
{
    /// <summary>Reads it.</summary>
    public static IReadOnlyList<string> Read(YamlKeys yaml, YamlNode node)
    {
        var names = yaml.Texts(node, "secrets").Where(static name => name.Length > 0).Distinct(StringComparer.Ordinal).ToList();
        foreach (var name in names)
            if (SecretInput.RefuseName(name) is { } wrong) yaml.Problem(node, $"the secret '{PlainText.OneLine(name, 60)}' {wrong}");
        return names;
    }
}
