using System.Globalization;

using Auxo.Pipeline.Artifacts;
using Auxo.Pipeline.Checks;
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
        if (node is not YamlMappingNode) return new StepReports(FilePatterns.Read(yaml, node, "reports", "report"));

        var keys = yaml.Keys(node, "tests", "coverage", "findings", "gate");
        var reports = StepReports.Default with { NeedsTests = keys.ContainsKey("tests"), NeedsCoverage = keys.ContainsKey("coverage") };
        var files = new List<string>();
        foreach (var key in (string[])["tests", "findings"])
            if (keys.TryGetValue(key, out var patterns)) files.AddRange(FilePatterns.Read(yaml, patterns, key, "report"));
        if (keys.TryGetValue("coverage", out var coverage)) reports = Coverage(yaml, coverage, files, reports);
        if (keys.TryGetValue("gate", out var gate) && yaml.Words(gate, "gate", "block", "warn", "off") is [var word])
            reports = reports with { Gate = Enum.Parse<Gate>(word, ignoreCase: true) };
        return reports with { Files = files };
    }

    private static StepReports Coverage(YamlKeys yaml, YamlNode node, List<string> files, StepReports reports)
    {
        if (node is not YamlMappingNode)
        {
            files.AddRange(FilePatterns.Read(yaml, node, "coverage", "report"));
            return reports;
        }

        var keys = yaml.Keys(node, "files", "warn", "block", "html");
        if (keys.TryGetValue("files", out var patterns)) files.AddRange(FilePatterns.Read(yaml, patterns, "files", "report"));
        return reports with
        {
            Warn = keys.TryGetValue("warn", out var warn) ? Percent(yaml, warn, "warn") : reports.Warn,
            Block = keys.TryGetValue("block", out var block) ? Percent(yaml, block, "block") : reports.Block,
            Html = keys.TryGetValue("html", out var html) ? Page(yaml, html) : null,
        };
    }

    private static string? Page(YamlKeys yaml, YamlNode node)
    {
        var page = ArtifactNames.NormalPattern(yaml.Text(node, "html")).TrimEnd('/');
        if (page.Length == 0) return null;
        var extension = Path.GetExtension(page);
        if (ArtifactNames.Refuse(page) is null && extension is "" or ".html" or ".htm") return page;
        yaml.Problem(node, "'html' must be a page or its folder in the workspace, such as coverage/index.html");
        return null;
    }

    private static double? Percent(YamlKeys yaml, YamlNode node, string key)
    {
        if (node is YamlScalarNode { Value: { } text }
            && double.TryParse(text.TrimEnd('%', ' '), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent)
            && percent <= 100) return percent;
        yaml.Problem(node, $"'{key}' must be a number of percent, from 0 to 100");
        return null;
    }
}
