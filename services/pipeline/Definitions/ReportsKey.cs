using System.Globalization;

using Auxo.Pipeline.Artifacts;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;

using YamlDotNet.RepresentationModel;

namespace Auxo.Pipeline.Definitions;

/// <summary>Reads the key <c>reports</c> of a step: <c>off</c>, patterns, or a mapping of what they are about.</summary>
internal static class ReportsKey
{
    private const string Known = "tests, coverage, findings, gate";

    /// <summary>Reads it; what is wrong goes to <paramref name="problem"/>.</summary>
    public static StepReports Read(YamlNode node, Action<YamlNode, string> problem)
    {
        if (node is YamlScalarNode { Value: "off" or "false" }) return StepReports.Default with { Wanted = false };
        if (node is not YamlMappingNode map) return new StepReports(Patterns(node, "reports", problem));

        var (files, reports) = (new List<string>(), StepReports.Default);
        foreach (var (key, value) in map.Children)
        {
            switch ((key as YamlScalarNode)?.Value)
            {
                case "tests":
                    files.AddRange(Patterns(value, "tests", problem));
                    reports = reports with { NeedsTests = true };
                    break;
                case "findings":
                    files.AddRange(Patterns(value, "findings", problem));
                    break;
                case "coverage" when value is YamlMappingNode coverage:
                    reports = Coverage(coverage, files, reports with { NeedsCoverage = true }, problem);
                    break;
                case "coverage":
                    files.AddRange(Patterns(value, "coverage", problem));
                    reports = reports with { NeedsCoverage = true };
                    break;
                case "gate":
                    reports = reports with { Gate = Gate(value, problem) };
                    break;
                case var unknown:
                    problem(key, $"unknown key '{PlainText.OneLine(unknown ?? "", 60)}' in 'reports'; known are {Known}");
                    break;
            }
        }

        return reports with { Files = files };
    }

    private static StepReports Coverage(YamlMappingNode map, List<string> files, StepReports reports, Action<YamlNode, string> problem)
    {
        foreach (var (key, value) in map.Children)
        {
            switch ((key as YamlScalarNode)?.Value)
            {
                case "files":
                    files.AddRange(Patterns(value, "files", problem));
                    break;
                case "warn":
                    reports = reports with { Warn = Percent(value, "warn", problem) };
                    break;
                case "block":
                    reports = reports with { Block = Percent(value, "block", problem) };
                    break;
                case var unknown:
                    problem(key, $"unknown key '{PlainText.OneLine(unknown ?? "", 60)}' in 'coverage'; known are files, warn, block");
                    break;
            }
        }

        return reports;
    }

    private static double? Percent(YamlNode node, string key, Action<YamlNode, string> problem)
    {
        if (node is YamlScalarNode { Value: { } text }
            && double.TryParse(text.TrimEnd('%', ' '), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent)
            && percent <= 100) return percent;
        problem(node, $"'{key}' must be a number of percent, from 0 to 100");
        return null;
    }

    private static Gate Gate(YamlNode node, Action<YamlNode, string> problem)
    {
        switch ((node as YamlScalarNode)?.Value)
        {
            case "block": return Checks.Gate.Block;
            case "warn": return Checks.Gate.Warn;
            case "off": return Checks.Gate.Off;
            default:
                problem(node, "'gate' must be block, warn or off");
                return Checks.Gate.Warn;
        }
    }

    private static List<string> Patterns(YamlNode node, string key, Action<YamlNode, string> problem)
    {
        var patterns = new List<string>();
        foreach (var item in node is YamlSequenceNode { Children.Count: > 0 } list ? list.Children : (IEnumerable<YamlNode>)[node])
        {
            if (item is not YamlScalarNode { Value: { Length: > 0 } text } || text.Contains('\0', StringComparison.Ordinal))
            {
                problem(item, $"'{key}' must be a path with '*' where it varies, or a list of such");
                continue;
            }

            var pattern = ArtifactNames.NormalPattern(text);
            if (ArtifactNames.RefusePattern(pattern) is { } wrong)
                problem(item, $"the report '{PlainText.OneLine(text, 80)}' {wrong}");
            else
                patterns.Add(pattern);
        }

        return patterns;
    }
}
