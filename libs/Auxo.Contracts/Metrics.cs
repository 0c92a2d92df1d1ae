namespace Auxo.Contracts;

/// <summary>What a deployment was for.</summary>
public enum DeploymentKind
{
    /// <summary>It brings what was planned.</summary>
    Planned,

    /// <summary>It brings a repair in a hurry.</summary>
    Hotfix,

    /// <summary>It goes back to what was live before.</summary>
    Rollback,
}

/// <summary>Something was brought to where it serves people, or the attempt failed. The same id again is the same deployment.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="DeploymentId">Its name at whoever deploys, unique in the repository; at most 128 characters.</param>
/// <param name="Environment">Where to, such as <c>production</c>; only production counts in DORA.</param>
/// <param name="Commit">What is live afterwards.</param>
/// <param name="Patches">The patches it brings; empty lets the history of the default branch say it.</param>
/// <param name="Succeeded">False for an attempt that never went live.</param>
/// <param name="Kind">What for.</param>
/// <param name="RolloutId">The same for the parts of one rollout (several clusters), which count once.</param>
/// <param name="Remediates">The failure that it repairs; makes it rework whatever its kind.</param>
/// <param name="At">When it was done.</param>
public sealed record DeploymentReported(
    Rid Rid, string DeploymentId, string Environment, CommitId Commit, IReadOnlyList<PatchId> Patches, bool Succeeded,
    DeploymentKind Kind, string? RolloutId,
    string? Remediates, DateTimeOffset At);

/// <summary>What is live needs somebody at once. The same id again is the same failure, and may say more about it.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="FailureId">Its name at whoever noticed, unique in the repository; at most 128 characters.</param>
/// <param name="DeploymentId">The deployment that caused it; null when none did (an outage of somebody else) or nobody knows yet.</param>
/// <param name="Title">One line for people.</param>
/// <param name="StartedAt">When it began, where that is known to be earlier than its detection.</param>
/// <param name="At">When it was noticed.</param>
public sealed record FailureDetected(
    Rid Rid, string FailureId, string? DeploymentId, string? Title, DateTimeOffset? StartedAt, DateTimeOffset At);

/// <summary>People are served again.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="FailureId">Which failure.</param>
/// <param name="By">The deployment or the person that did it.</param>
/// <param name="At">When.</param>
public sealed record FailureRecovered(Rid Rid, string FailureId, string? By, DateTimeOffset At);

/// <summary>A failure that seemed over is not; the time in between does not count.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="FailureId">Which failure.</param>
/// <param name="At">When it was back.</param>
public sealed record FailureReopened(Rid Rid, string FailureId, DateTimeOffset At);

/// <summary>It was none.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="FailureId">Which failure.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="At">When that was found.</param>
public sealed record FailureDismissed(Rid Rid, string FailureId, string? Reason, DateTimeOffset At);

/// <summary>A private repository is not as private as it should be. It is told once for each thing that is wrong.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="RepositoryName">Its name.</param>
/// <param name="Node">The name in the mesh of the node that saw it.</param>
/// <param name="Text">What is wrong.</param>
/// <param name="At">When it was reported.</param>
public sealed record PrivacyViolated(Rid Rid, string RepositoryName, string Node, string Text, DateTimeOffset At);

/// <summary>No node sees anything wrong with the privacy of a repository any more.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="RepositoryName">Its name.</param>
/// <param name="At">When that was reported.</param>
public sealed record PrivacyRestored(Rid Rid, string RepositoryName, DateTimeOffset At);

/// <summary>The health of a repository moved: into another band, or by so much that people want to know.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="RepositoryName">Its name, for people.</param>
/// <param name="Score">Points now, from 0 to 100.</param>
/// <param name="Before">Points when it was last told, from 0 to 100.</param>
/// <param name="Band">What these points are called, such as <c>Critical</c>.</param>
/// <param name="BandBefore">What the points before were called.</param>
/// <param name="TopFixes">What would win most points back, each one line, the most first.</param>
/// <param name="At">When it was computed.</param>
public sealed record HealthChanged(
    Rid Rid, string RepositoryName, int Score, int Before, string Band, string BandBefore, IReadOnlyList<string> TopFixes,
    DateTimeOffset At);

/// <summary>A report was made, and is for whoever wants to read it.</summary>
/// <param name="ReportId">Its id; the same again is the same report.</param>
/// <param name="Kind"><c>daily</c>, <c>weekly</c>, <c>security</c> or <c>audit</c>.</param>
/// <param name="Title">One line for people.</param>
/// <param name="Day">The day that it is about.</param>
/// <param name="Markdown">The report as Markdown.</param>
/// <param name="Html">The report as the body of a mail; words from outside are escaped in it.</param>
/// <param name="Text">The report as plain text.</param>
/// <param name="NeedsAttention">Whether something in it waits for somebody.</param>
/// <param name="At">When it was made.</param>
public sealed record ReportPublished(
    string ReportId, string Kind, string Title, DateOnly Day, string Markdown, string Html, string Text, bool NeedsAttention,
    DateTimeOffset At);

/// <summary>A rule of Auxo's own alerts holds, and has held for long enough.</summary>
/// <param name="AlertId">This alert, from its begin to its end.</param>
/// <param name="Rule">The rule's name, such as <c>DiskFull</c>.</param>
/// <param name="Severity"><c>info</c>, <c>warning</c> or <c>critical</c>.</param>
/// <param name="Summary">One line for people.</param>
/// <param name="Description">What else is known; null for nothing.</param>
/// <param name="RunbookUrl">Where it is written what to do; null when there is no such place.</param>
/// <param name="Rid">The repository; null when it is about none.</param>
/// <param name="RepositoryName">Its name, for people.</param>
/// <param name="At">Since when it is told.</param>
public sealed record AlertRaised(
    string AlertId, string Rule, string Severity, string Summary, string? Description, string? RunbookUrl, Rid? Rid,
    string? RepositoryName, DateTimeOffset At);

/// <summary>An alert of Auxo's own is over.</summary>
/// <param name="AlertId">Which one.</param>
/// <param name="Rule">The rule's name.</param>
/// <param name="Summary">One line for people.</param>
/// <param name="Rid">The repository; null when it was about none.</param>
/// <param name="RepositoryName">Its name, for people.</param>
/// <param name="At">Since when.</param>
public sealed record AlertCleared(string AlertId, string Rule, string Summary, Rid? Rid, string? RepositoryName, DateTimeOffset At);
