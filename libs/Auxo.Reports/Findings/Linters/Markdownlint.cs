using System.Text.RegularExpressions;

using Auxo.Reports.Findings.Compilers;
using Auxo.Reports.Reading;

namespace Auxo.Reports.Findings.Linters;

/// <summary>What markdownlint-cli2 writes: JSON, or lines on its standard error.</summary>
internal static class Markdownlint
{
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
    private static readonly Regex Line = new(
        @"^(?<path>[^:]+):(?<line>[0-9]{1,9})(:(?<column>[0-9]{1,9}))? ((?<level>error|warning) )?(?<rule>MD[0-9]+\S*) (?<message>.*)$",
        Linear);

    public static readonly ReportFormat Json = new("markdownlint-json", ReportKind.Findings,
        static g => g.IsList && g.Has("fileName", "lineNumber", "ruleNames"), ReadJson);

    public static readonly ReportFormat Text = new("markdownlint", ReportKind.Findings,
        static g => g.Lines.FirstOrDefault(static line => line.Length > 0) is { } first && Line.IsMatch(first), ReadText);

    private static FindingsReport ReadJson(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        using var json = JsonText.Parse(content);
        var list = new FindingList();
        foreach (var found in json.RootElement.EnumerateArray())
        {
            var (words, detail) = (found.Get("ruleDescription").Text(), found.Get("errorDetail").Text());
            list.Add(string.Join('/', found.Get("ruleNames").Each().Select(static name => ((System.Text.Json.JsonElement?)name).Text())),
                found.Get("severity").Text() ?? "error", found.Get("fileName").Text(), found.Get("lineNumber").Number(),
                found.Get("errorRange").Each().Select(static at => ((System.Text.Json.JsonElement?)at).Number()).FirstOrDefault(),
                string.IsNullOrEmpty(detail) ? words : $"{words} ({detail})");
        }

        return list.Report(format);
    }

    private static FindingsReport ReadText(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        var list = new FindingList();
        foreach (var (_, line) in Words.Lines(content))
        {
            if (Line.Match(line) is { Success: true } found) list.Add(found.Groups["rule"].Value, found.Groups["level"].Value,
                found.Groups["path"].Value, CompilerLines.Number(found, "line"), CompilerLines.Number(found, "column"),
                found.Groups["message"].Value);
        }

        return list.Report(format);
    }
}
