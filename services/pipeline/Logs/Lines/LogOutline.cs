using System.Text.RegularExpressions;

using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Logs.Lines;

/// <summary>Lines that belong together under a title.</summary>
/// <param name="From">The line with the title.</param>
/// <param name="To">The last of them; null for all that follow.</param>
/// <param name="Title">For people.</param>
/// <param name="IsFolded">Whether the log asks for it to be folded away.</param>
public sealed record LogGroup(long From, long? To, string Title, bool IsFolded);

/// <summary>What a log says of its own form, in the words of GitHub, GitLab or Buildkite, and where it first speaks of an error.</summary>
/// <param name="Groups">By their first lines.</param>
/// <param name="FirstError">The first line that looks like one; null when none does.</param>
public sealed partial record LogOutline(IReadOnlyList<LogGroup> Groups, long? FirstError)
{
    private const int MostGroups = 2000;

    /// <summary>A line that matters has one of these.</summary>
    internal static readonly IReadOnlyList<string> Words =
    [
        "::group::", "::endgroup::", "##[group]", "##[endgroup]", "section_start:", "section_end:", "--- ", "+++ ", "~~~ ",
        "error", "fatal", "panic", "fail", "exception", "traceback", "not ok", "segmentation fault",
    ];

    /// <summary>Reads the lines that may matter.</summary>
    internal static LogOutline Of(IEnumerable<FoundLine> lines)
    {
        var groups = new List<LogGroup>();
        var open = new Stack<int>();
        long? error = null;
        int? chapter = null, before = null;
        foreach (var (number, text) in lines)
        {
            if (Begin().Match(text) is { Success: true } begin)
            {
                open.Push(groups.Count);
                groups.Add(new LogGroup(number, null, Title(begin), IsFolded: !begin.Groups["section"].Success
                    || begin.Groups["options"].Value.Contains("collapsed=true", StringComparison.Ordinal)));
            }
            else if (End().IsMatch(text))
            {
                if (open.TryPop(out var at)) groups[at] = groups[at] with { To = number };
            }
            else if (Chapter().Match(text) is { Success: true } begins && !NoChapter().IsMatch(text))
            {
                // A change of a file begins the same way, with a second such line: the chapter before goes on.
                if (begins.Groups["sign"].Value == "+++" && chapter is { } first && groups[first].From == number - 1)
                {
                    groups.RemoveAt(first);
                    chapter = before;
                    if (before is { } again) groups[again] = groups[again] with { To = null };
                    continue;
                }

                if (chapter is { } ended) groups[ended] = groups[ended] with { To = number - 1 };
                before = chapter;
                chapter = groups.Count;
                groups.Add(new LogGroup(number, null, Title(begins), IsFolded: false));
            }
            else if (error is null && !IsCommand(text) && Wrong().IsMatch(text) && !NothingWrong().IsMatch(text))
            {
                error = number;
            }

            if (groups.Count == MostGroups) break;
        }

        return new LogOutline(groups, error);
    }

    private static string Title(Match begin) => PlainText.OneLine(begin.Groups["title"].Value, 200);

    [GeneratedRegex(
        @"^(::group::|##\[group\]|(?<section>section_start:)\d+:[\w.-]+(?<options>\[[^\]]*\])?\r?)(?<title>.*)\z",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Begin();

    [GeneratedRegex(@"^(::endgroup::|##\[endgroup\]|section_end:)", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex End();

    [GeneratedRegex(@"^(?<sign>---|\+\+\+|~~~) (?<title>\S.*)\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Chapter();

    /// <summary>What begins as a chapter of Buildkite's does: results of Go's tests, and Auxo's own lines.</summary>
    [GeneratedRegex(@"^--- (FAIL|PASS|SKIP|BENCH|Auxo|the log is cut)\b", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex NoChapter();

    [GeneratedRegex(
        @"(^|[^\w./=-])(error|fatal|panic|fail(ed|ure)?|traceback|not ok|segmentation fault)($|[^\w./=-]|\.($|\W))"
            + @"|\w(error|exception):|^-+ FAIL\b",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Wrong();

    [GeneratedRegex(
        @"\b(0|no|without) (errors?|fail(ed|ures?)?)\b|\b(errors?|fail(ed|ures?)?)\s*[:=]\s*0\b",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex NothingWrong();

    /// <summary>The commands themselves are printed, too.</summary>
    private static bool IsCommand(string text) => text is ['$' or '>' or '+', ' ', ..];
}
