using System.Globalization;

using Auxo.Pipeline.Artifacts;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Definitions.Yaml;

using YamlDotNet.RepresentationModel;

namespace Auxo.Pipeline.Definitions.Steps;

/// <summary>Reads the key <c>reports</c> of a step: <c>off</c>, patterns, or a mapping of what they are about.</summary>
internal static class ReportsKey
{
    /// <summary>Reads it.</summary>
    public static StepReports Read(YamlKeys yaml, YamlNode node)
    {
        if (node is YamlScalarNode { Value: "off" or "false" }) return StepReports.Default with { Wanted = false };
        if (node is not YamlMappingNode) return new StepReports(Patterns(yaml, node, "reports"));

        var keys = yaml.Keys(node, "tests", "coverage", "findings", "gate");
        var reports = StepReports.Default with { NeedsTests = keys.ContainsKey("tests"), NeedsCoverage = keys.ContainsKey("coverage") };
        var files = new List<string>();
        foreach (var key in (string[])["tests", "findings"])
            if (keys.TryGetValue(key, out var patterns)) files.AddRange(Patterns(yaml, patterns, key));
        if (keys.TryGetValue("coverage", out var coverage)) reports = Coverage(yaml, coverage, files, reports);
        if (keys.TryGetValue("gate", out var gate) && yaml.Words(gate, "gate", "block", "warn", "off") is [var word])
            reports = reports with { Gate = Enum.Parse<Gate>(word, ignoreCase: true) };
        return reports with { Files = files };
    }

    private static StepReports Coverage(YamlKeys yaml, YamlNode node, List<string> files, StepReports reports)
    {
        if (node is not YamlMappingNode)
        {
            files.AddRange(Patterns(yaml, node, "coverage"));
            return reports;
        }

        var keys = yaml.Keys(node, "files", "warn", "block");
        if (keys.TryGetValue("files", out var patterns)) files.AddRange(Patterns(yaml, patterns, "files"));
        return reports with
        {
            Warn = keys.TryGetValue("warn", out var warn) ? Percent(yaml, warn, "warn") : reports.Warn,
            Block = keys.TryGetValue("block", out var block) ? Percent(yaml, block, "block") : reports.Block,
        };
    }

    private static double? Percent(YamlKeys yaml, YamlNode node, string key)
    {
        if (node is YamlScalarNode { Value: { } text }
            && double.TryParse(text.TrimEnd('%', ' '), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent)
            && percent <= 100) return percent;
        yaml.Problem(node, $"'{key}' must be a number of percent, from 0 to 100");
        return null;
    }

    private static List<string> Patterns(YamlKeys yaml, YamlNode node, string key)
    {
        var patterns = new List<string>();
        foreach (var text in yaml.Texts(node, key).Where(static text => text.Length > 0))
        {
            var pattern = ArtifactNames.NormalPattern(text);
            if (ArtifactNames.RefusePattern(pattern) is { } wrong)
                yaml.Problem(node, $"the report '{PlainText.OneLine(text, 80)}' {wrong}");
            else patterns.Add(pattern);
        }

        return patterns;
    }
}
