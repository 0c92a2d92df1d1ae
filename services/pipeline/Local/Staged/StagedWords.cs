using System.Globalization;
using System.Text;

using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Local.Staged;

/// <summary>What is printed of a look at what is staged; it is read at the moment of a commit, so it is short.</summary>
internal static class StagedWords
{
    /// <summary>A list with hundreds of lines is scrolled past.</summary>
    private const int MostFindings = 50;

    private const string Red = "31", Yellow = "33", Green = "32", Dim = "2";

    /// <summary>The findings with file and line, those that block first, and what follows from them.</summary>
    /// <param name="answer">What was found.</param>
    /// <param name="colour">True for a terminal.</param>
    public static string Of(StagedAnswer answer, bool colour)
    {
        var text = new StringBuilder();
        var shown = answer.Findings.Where(static finding => !finding.Known).OrderByDescending(static finding => finding.Blocks)
            .ThenBy(static finding => finding.Path, StringComparer.Ordinal).ThenBy(static finding => finding.Line).ToList();
        foreach (var finding in shown.Take(MostFindings))
        {
            var where = finding.Path is null ? "" : PlainText.OneLine(finding.Path) + (finding.Line is { } line ? $":{line}" : "") + ": ";
            text.Append(finding.Blocks ? In(Red, "✗") : In(Yellow, "!")).Append(' ').Append(where)
                .Append(PlainText.OneLine(finding.Message)).Append(In(Dim, $" [{finding.Check}.{finding.Rule}]")).Append('\n');
        }

        if (shown.Count > MostFindings) text.Append(CultureInfo.InvariantCulture, $"  and {shown.Count - MostFindings} more\n");
        foreach (var check in answer.Checks.Where(static check => check.Outcome is Outcome.Skipped or Outcome.Errored or Outcome.TimedOut))
        {
            text.Append(check.Outcome != Outcome.Skipped && check.Blocks ? In(Red, "✗") : In(Yellow, "!"))
                .Append(' ').Append(check.Step).Append(" was not checked: ").Append(check.Summary).Append('\n');
        }

        return text.Append(Verdict(answer, shown.Count(static finding => finding.Blocks), shown.Count)).ToString();

        string Verdict(StagedAnswer of, int blocking, int all)
        {
            var known = of.Findings.Count - all;
            var before = known == 0 ? "" : $", {known} known from before";
            var files = Words(of.Files, "staged file");
            if (!of.Refused)
                return of.Files == 0 ? "Nothing is staged that could be checked.\n"
                    : $"{In(Green, "✓")} {files}: {(all == 0 ? "nothing found" : Words(all, "warning"))}{before}\n";
            var warnings = all > blocking ? $", {Words(all - blocking, "warning")}" : "";
            var what = blocking > 0 ? Words(blocking, "error") : "a check broke";
            return $"\n{In(Red, "✗")} {what}{warnings} in {files}{before}. Mend it and stage it again: git add\n"
                + "  Or commit all the same, which CI sees: git commit --no-verify\n";
        }

        string In(string code, string part) => colour ? $"\e[{code}m{part}\e[0m" : part;
    }

    private static string Words(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";
}
