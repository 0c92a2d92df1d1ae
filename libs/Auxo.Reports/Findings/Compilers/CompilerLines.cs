using System.Globalization;
using System.Text.RegularExpressions;

using Auxo.Reports.Reading;

namespace Auxo.Reports.Findings.Compilers;

/// <summary>Lines as compilers print them (<c>-f gcc</c>), and as yamllint does (<c>-f parsable</c>).</summary>
internal static class CompilerLines
{
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
    private static readonly Regex GccLine = new(
        @"^(?<path>[^:]+):(?<line>[0-9]{1,9}):(?<column>[0-9]{1,9}): (?<level>fatal error|error|warning|note|style|info): "
            + @"(?<message>.*?)( \[(?<rule>[^\]\s]+)\])?$", Linear);
    private static readonly Regex YamllintLine = new(
        @"^(?<path>[^:]+):(?<line>[0-9]{1,9}):(?<column>[0-9]{1,9}): \[(?<level>error|warning)\] (?<message>.*?)( \((?<rule>[^()\s]+)\))?$",
        Linear);

    public static readonly ReportFormat Gcc = new("gcc", ReportKind.Findings,
        static g => g.Lines.FirstOrDefault(static line => line.Length > 0) is { } first && GccLine.IsMatch(first),
        static (format, content) => Read(format, content, GccLine));

    public static readonly ReportFormat Yamllint = new("yamllint-parsable", ReportKind.Findings,
        static g => g.Lines.FirstOrDefault(static line => line.Length > 0) is { } first && YamllintLine.IsMatch(first),
        static (format, content) => Read(format, content, YamllintLine));

    /// <summary>A number that a line names; null when it does not.</summary>
    internal static int? Number(Match line, string part)
        => line.Groups[part] is { Success: true } found ? int.Parse(found.ValueSpan, CultureInfo.InvariantCulture) : null;

    private static FindingsReport Read(ReportFormat format, ReadOnlyMemory<byte> content, Regex pattern)
    {
        var list = new FindingList();
        foreach (var (_, line) in Words.Lines(content))
        {
            // What stands between is code with a mark below it, or a summary.
            if (pattern.Match(line) is { Success: true } found) list.Add(found.Groups["rule"].Value, found.Groups["level"].Value,
                found.Groups["path"].Value, Number(found, "line"), Number(found, "column"), found.Groups["message"].Value);
        }

        return list.Report(format);
    }
}
