using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

using Auxo.Contracts;
using Auxo.Notify.Verdicts;

namespace Auxo.Notify.Notifications;

/// <summary>How much it matters.</summary>
public enum Level
{
    /// <summary>Good to know.</summary>
    Info,

    /// <summary>Somebody has something to do.</summary>
    Warning,

    /// <summary>Somebody has something to do now.</summary>
    Critical,
}

/// <summary>What is sent, before it is put into a channel's words. Stored as it is and the same for every attempt.</summary>
/// <param name="Id">See <see cref="NotificationId"/>; what other programs send has ids by the names that they give it.</param>
/// <param name="Type">See <see cref="NotificationTypes"/>.</param>
/// <param name="Level">How much it matters.</param>
/// <param name="Title">One line.</param>
/// <param name="Text">Further lines; may be empty.</param>
/// <param name="At">When it happened.</param>
/// <param name="Repository">What it is about; null when about none.</param>
/// <param name="Url">Where to read on.</param>
/// <param name="Build">Of a build.</param>
/// <param name="Patch">Of a patch, or of a build of one.</param>
/// <param name="Alert">Of an alert.</param>
/// <param name="Payload">What another program sent, as it sent it.</param>
/// <param name="Failure">Of a failure of what is live.</param>
/// <param name="Health">Of the health of a repository.</param>
/// <param name="Report">Of a report.</param>
/// <param name="Owners">Whose the changed files are, as the repository says; null when nobody knows.</param>
/// <param name="Security">Of new findings.</param>
public sealed record Notification(
    Guid Id, string Type, Level Level, string Title, string Text, DateTimeOffset At,
    RepositoryFacts? Repository = null, string? Url = null, BuildFacts? Build = null,
    PatchFacts? Patch = null, AlertFacts? Alert = null, [property: JsonPropertyName("told")] JsonObject? Payload = null,
    FailureFacts? Failure = null, HealthFacts? Health = null, ReportFacts? Report = null, IReadOnlyList<string>? Owners = null,
    SecurityFacts? Security = null)
{
    /// <summary>Who did what it tells of; null where nobody did, as with a scan of every night.</summary>
    [JsonIgnore]
    public string? Author => Build is { } build ? build.Trigger == BuildTrigger.Schedule ? null : build.Author : Patch?.Author;

    /// <summary>
    /// One line that can stand in a header, a log and a terminal: no control characters, at most <paramref name="max"/>
    /// characters.
    /// </summary>
    public static string Line(string? text, int max = 200)
        => Cut(string.Concat((text ?? "").Select(static c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c)).Trim(), max);

    /// <summary>Several lines, without other control characters.</summary>
    public static string Lines(string? text, int max = 4000)
        => Cut(string.Concat((text ?? "").Where(static c => !char.IsControl(c) || c is '\n')), max);

    /// <summary>Never cuts a character of several code units in half, and lets no half one pass.</summary>
    private static string Cut(string text, int max)
    {
        var cut = new StringBuilder(Math.Min(text.Length, max));
        foreach (var rune in text.EnumerateRunes())
        {
            if (cut.Length + rune.Utf16SequenceLength > max - 1 && text.Length > max) return cut.Append('…').ToString();
            cut.Append(rune.ToString());
        }

        return cut.ToString();
    }
}

/// <summary>A repository.</summary>
public sealed record RepositoryFacts(string Rid, string Name);

/// <summary>A build's end.</summary>
/// <param name="Id">Its id.</param>
/// <param name="ShortId">What people type.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reason">Why, when the outcome does not say it.</param>
/// <param name="Trigger">Why it was built.</param>
/// <param name="Ref">Branch, tag or patch.</param>
/// <param name="Commit">Exactly this one.</param>
/// <param name="Author">Who signed it.</param>
/// <param name="DurationSeconds">From the first step to the end; null when none began.</param>
/// <param name="Steps">In the order of the plan.</param>
/// <param name="Findings">The first few.</param>
/// <param name="Change">What it says beside the verdict before it; null for a pass after a pass, and for what is no verdict.</param>
/// <param name="Schedule">The schedule that began it; null for every other build.</param>
public sealed record BuildFacts(
    Guid Id, string ShortId, Outcome Outcome, string? Reason, BuildTrigger Trigger, string Ref, string Commit,
    string? Author, double? DurationSeconds,
    IReadOnlyList<StepFacts> Steps, IReadOnlyList<FindingFacts> Findings, Transition? Change = null,
    string? Schedule = null);

/// <summary>A step of a build.</summary>
public sealed record StepFacts(string Name, Outcome Outcome, bool Blocks, double DurationSeconds, string Summary);

/// <summary>A finding of a build.</summary>
public sealed record FindingFacts(string Check, string Rule, Severity Severity, string? Path, int? Line, string Message, bool Blocks);

/// <summary>A patch.</summary>
public sealed record PatchFacts(string Id, string? RevisionId, string? Title, string? Author, string? Commit);

/// <summary>An alert.</summary>
/// <param name="Name">The rule.</param>
/// <param name="Labels">What distinguishes it from others of the rule.</param>
/// <param name="StartsAt">Since when.</param>
/// <param name="EndsAt">Until when; null while it lasts.</param>
/// <param name="Values">What was measured, where the sender says it.</param>
public sealed record AlertFacts(
    string Name, IReadOnlyDictionary<string, string> Labels, DateTimeOffset StartsAt, DateTimeOffset? EndsAt,
    IReadOnlyDictionary<string, string>? Values = null);

/// <summary>A failure of what is live.</summary>
/// <param name="Id">Its name at whoever noticed.</param>
/// <param name="DeploymentId">The deployment that caused it; null when none did, or nobody knows yet.</param>
/// <param name="StartedAt">When it began, where that is known.</param>
/// <param name="RecoveredBy">The deployment or the person that ended it.</param>
public sealed record FailureFacts(string Id, string? DeploymentId = null, DateTimeOffset? StartedAt = null, string? RecoveredBy = null);

/// <summary>The health of a repository.</summary>
/// <param name="Score">Points now, from 0 to 100.</param>
/// <param name="Before">Points when it was last told.</param>
/// <param name="Band">What these points are called.</param>
/// <param name="BandBefore">What the points before were called.</param>
public sealed record HealthFacts(int Score, int Before, string Band, string BandBefore);

/// <summary>New severe findings.</summary>
/// <param name="Count">How many.</param>
/// <param name="Critical">How many of those that are named are critical.</param>
/// <param name="High">How many of those that are named are high.</param>
public sealed record SecurityFacts(int Count, int Critical, int High);

/// <summary>A report.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind"><c>daily</c>, <c>weekly</c>, <c>security</c> or <c>audit</c>; a digest is one too.</param>
/// <param name="Day">The day that it is about.</param>
/// <param name="Html">As the body of a mail; null when there is none, or one that no mail should have.</param>
public sealed record ReportFacts(string Id, string Kind, DateOnly Day, string? Html);

/// <summary>What notifications are called, and so what routes and receivers can choose by. Names never change.</summary>
public static class NotificationTypes
{
    /// <summary>The beginning of what other programs send: <c>note.message</c>, <c>note.build.failed</c>.</summary>
    public const string ReceivedPrefix = "note.";

    /// <summary>The check of a channel; no route leads to it.</summary>
    public const string Test = "test";

    /// <summary>A schedule was not built when it should have been.</summary>
    public const string ScheduleMissed = "schedule.missed";

    /// <summary>A patch was merged whose exact result had not passed.</summary>
    public const string MergedWithoutPass = "patch.merged_without_pass";

    /// <summary>A private repository is not as private as it should be.</summary>
    public const string Exposed = "repository.exposed";

    /// <summary>Nobody sees anything wrong with its privacy any more.</summary>
    public const string PrivateAgain = "repository.private_again";

    /// <summary>A new patch changes files that have owners.</summary>
    public const string ReviewWanted = "patch.review_wanted";

    /// <summary>A default branch has severe findings that it had not before.</summary>
    public const string SecurityFound = "security.found";

    /// <summary>The health of a repository fell to the worst band.</summary>
    public const string HealthCritical = "health.critical";

    /// <summary>The health of a repository moved in another way.</summary>
    public const string HealthChanged = "health.changed";

    /// <summary>An alert began.</summary>
    public const string AlertRaised = "alert.raised";

    /// <summary>An alert is over.</summary>
    public const string AlertCleared = "alert.cleared";

    /// <summary>The beginning of reports: <c>report.daily</c>.</summary>
    public const string ReportPrefix = "report.";

    /// <summary>The kinds of reports.</summary>
    public static IReadOnlyList<string> ReportKinds { get; } = ["daily", "weekly", "security", "audit"];

    /// <summary>All that Auxo itself sends.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Enum.GetValues<Outcome>().Select(Of), "patch.opened", "patch.revised", "patch.merged", "patch.archived",
        "failure.detected", "failure.recovered", AlertRaised,
        AlertCleared, ScheduleMissed, MergedWithoutPass, ReviewWanted, Exposed, PrivateAgain, SecurityFound, HealthCritical,
        HealthChanged, .. ReportKinds.Select(static kind => ReportPrefix + kind),
    ];

    /// <summary>How much one of those matters, where its sender says nothing else.</summary>
    public static Level UsualLevel(string type) => type switch
    {
        "build.failed" or "build.errored" or "build.timed_out" or AlertRaised or ScheduleMissed or SecurityFound => Level.Warning,
        "failure.detected" or MergedWithoutPass or Exposed or HealthCritical => Level.Critical,
        _ => Level.Info,
    };

    /// <summary>Of a build that ended so.</summary>
    public static string Of(Outcome outcome) => "build." + Words.Of(outcome);
}

/// <summary>Enums as they stand in JSON and in texts.</summary>
internal static class Words
{
    public static string Of<T>(T value)
        where T : struct, Enum
        => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
