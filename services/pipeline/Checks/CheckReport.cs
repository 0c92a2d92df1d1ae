using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Suppressing;

namespace Auxo.Pipeline.Checks;

/// <summary>One thing a check saw, before the gate table has judged it.</summary>
/// <param name="Rule">Stable over time.</param>
/// <param name="Severity">How bad in general.</param>
/// <param name="Path">File in the repository; null for the whole tree.</param>
/// <param name="Line">From 1; null for the whole file.</param>
/// <param name="Message">One line for people; never the secret itself.</param>
/// <param name="Level">The tool's own word, such as <c>style</c>; the gate table may name it.</param>
public sealed record Observation(string Rule, Severity Severity, string? Path, int? Line, string Message, string? Level = null)
{
    /// <summary>A note in the log, and no finding: a comment in the line allows it, or it says what was left out.</summary>
    public bool IsAllowed { get; init; }

    /// <summary>
    /// What is found where it is not the line: what the same secret has wherever it stands, the target of a link; else null. It never
    /// leaves this process.
    /// </summary>
    public string? Mark { get; init; }

    /// <summary>The package that it is about; null when it is about none.</summary>
    public string? Package { get; init; }

    /// <summary>The entry by which somebody accepted it; null when nobody did.</summary>
    public Suppression? Acceptance { get; init; }

    /// <summary>Who accepted it, until when and why: it is shown, and blocks nothing. Null when nobody did.</summary>
    public string? Accepted => Acceptance?.Words;

    /// <summary>True when it stands in a commit on the way and not in the tree.</summary>
    public bool IsGone { get; init; }

    /// <summary>Why it is not accepted although somebody did accept it; null when nobody did, or it is.</summary>
    public string? NoLongerAccepted { get; init; }

    /// <summary>It stands in the default branch: it is shown, and blocks nothing unless its check says otherwise.</summary>
    public bool IsKnown { get; init; }
}

/// <summary>What one check has to say.</summary>
/// <param name="Observations">All that it saw.</param>
/// <param name="Notes">Lines for its log: what it looked at, what it left out and why.</param>
public sealed record CheckReport(IReadOnlyList<Observation> Observations, IReadOnlyList<string> Notes)
{
    /// <summary>
    /// Set when the check could not do its work: <see cref="Outcome.Skipped"/>, <see cref="Outcome.Errored"/> or
    /// <see cref="Outcome.TimedOut"/>.
    /// </summary>
    public Outcome? Trouble { get; init; }

    /// <summary>Why, when there was trouble.</summary>
    public string? Reason { get; init; }

    /// <summary>The rule of a file that a tool failed on.</summary>
    public const string NotJudged = "not-judged";

    /// <summary>
    /// The rule of a text that no check reads for its size. Unlike <see cref="NotJudged"/> it hides nothing: a secret that is found once
    /// the file is smaller is news.
    /// </summary>
    public const string TooLargeRule = "too-large";

    /// <summary>The rule of what is said about the data of a check, and not about the repository.</summary>
    public const string OldData = "old-data";

    /// <summary>True for the rule of a finding behind which its check saw nothing of the file: it could not read on.</summary>
    public static bool HidesRest(string rule) => rule is NotJudged or "parse-error" or "SC1072" or "SC1088" or "SC1089";

    /// <summary>A tool failed on one file; the others are judged all the same.</summary>
    /// <param name="words">What the tool said.</param>
    public static Observation ToolFailed(string words)
        => new(NotJudged, Severity.Medium, null, null, $"not judged: {PlainText.OneLine(words)}", Level: "not-judged");

    /// <summary>A text that is too large for the checks: nobody should take it for one that was looked at.</summary>
    /// <param name="file">The file; another content of it is another finding.</param>
    public static Observation TooLarge(GitTreeEntry file)
        => new(TooLargeRule, Severity.Low, file.Name, null,
            $"not looked at: it is larger than {SourceTree.MaxTextWords}, so no check reads it, not even that for secrets")
        {
            Mark = file.Oid,
        };

    /// <summary>The check was not made; the reason is shown, so it is never a silent pass.</summary>
    public static CheckReport Skipped(string reason) => new([], []) { Trouble = Outcome.Skipped, Reason = reason };

    /// <summary>The check could not be made: something is wrong with Auxo or its surroundings.</summary>
    public static CheckReport Errored(string reason) => new([], []) { Trouble = Outcome.Errored, Reason = reason };
}

/// <summary>What one check saw, before it is judged.</summary>
/// <param name="Check">The check.</param>
/// <param name="Report">What it has to say.</param>
/// <param name="Duration">Wall time.</param>
public sealed record CheckRun(string Check, CheckReport Report, TimeSpan Duration);

/// <summary>One check's contribution to the build.</summary>
/// <param name="Step">Its row in the verdict.</param>
/// <param name="Findings">What it found and the gate table lets through, new before known, worst first.</param>
/// <param name="Log">Its whole log.</param>
public sealed record CheckResult(StepResult Step, IReadOnlyList<Finding> Findings, string Log);
