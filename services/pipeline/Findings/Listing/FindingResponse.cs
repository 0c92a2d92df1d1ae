namespace Auxo.Pipeline.Findings.Listing;

/// <summary>When something happened to a finding.</summary>
/// <param name="At">When the build that saw it ended.</param>
/// <param name="Commit">What it had built.</param>
/// <param name="BuildId">The build.</param>
/// <param name="By">The author of that commit, by git; null when it need not be the cause, or is not known.</param>
public sealed record FindingMoment(DateTimeOffset At, CommitId Commit, Guid BuildId, string? By);

/// <summary>A finding of a default branch and its life.</summary>
/// <param name="Id">16 hex digits, unique in the repository; it stays when the line moves or the file is renamed.</param>
/// <param name="Check">The check.</param>
/// <param name="Rule">Its rule.</param>
/// <param name="Severity">How bad.</param>
/// <param name="Path">The file; null for the whole tree.</param>
/// <param name="Line">Where it was last seen, from 1; null for the whole file.</param>
/// <param name="Message">One line for people.</param>
/// <param name="State">Where it stands today.</param>
/// <param name="Opened">When it was first seen.</param>
/// <param name="WasThere">True when the commit it was first seen in need not be its cause: it may be older.</param>
/// <param name="Reopened">When it last came back; null when it never did.</param>
/// <param name="Reopenings">How often it came back.</param>
/// <param name="Fixed">When it was last fixed; it stays when the finding comes back.</param>
/// <param name="FixedHow">Why it is not there any more.</param>
/// <param name="Accepted">Its entry in <c>.auxo/suppressions.yaml</c>, in force or over; null for none.</param>
public sealed record FindingResponse(
    string Id, string Check, string Rule, Severity Severity, string? Path, int? Line, string Message,
    FindingState State, FindingMoment Opened, bool WasThere, FindingMoment? Reopened, int Reopenings,
    FindingMoment? Fixed, FindingEnd? FixedHow, FindingAcceptance? Accepted)
{
    internal static FindingResponse Of(TrackedFinding row, DateOnly today)
        => new(
            row.Id, row.CheckName, row.Rule, row.Severity, row.Path.Length == 0 ? null : row.Path, row.Line,
            row.Message, row.On(today),
            new FindingMoment(row.OpenedAt, CommitId.Parse(row.OpenedCommit), row.OpenedBuild, row.OpenedBy),
            row.WasThere,
            row is { ReopenedCommit: { } again, ReopenedBuild: { } by }
                ? new FindingMoment(row.OpenSince, CommitId.Parse(again), by, row.ReopenedBy) : null,
            row.Reopenings,
            row is { FixedAt: { } at, FixedCommit: { } commit, FixedBuild: { } build }
                ? new FindingMoment(at, CommitId.Parse(commit), build, row.FixedBy) : null,
            row.FixedHow,
            row is { AcceptedBy: { } who, AcceptedReason: { } why }
                ? new FindingAcceptance(row.AcceptedUntil, who, why, row.FalseAlarm)
                : null);
}

/// <summary>How many findings of one severity a repository has.</summary>
/// <param name="Severity">How bad.</param>
/// <param name="Open">Open ones.</param>
/// <param name="Accepted">Those that somebody has accepted for now.</param>
/// <param name="FalseAlarms">Those that are none, as somebody says.</param>
public sealed record FindingCount(Severity Severity, int Open, int Accepted, int FalseAlarms = 0);

/// <summary>When a check last looked at the default branch.</summary>
/// <param name="Check">The check.</param>
/// <param name="Look">The end of the build in which it did.</param>
/// <param name="IsOff">True when the pipeline file switches it off since.</param>
public sealed record FindingCheck(string Check, FindingMoment Look, bool IsOff)
{
    internal static FindingCheck Of(string check, CheckLook look)
        => new(check, new FindingMoment(look.At, look.Commit, look.BuildId, By: null), look.IsOff);
}

/// <summary>A page of a repository's findings, and what they come to.</summary>
/// <param name="Items">The worst first, and of these the newest; fixed ones by the day, newest first.</param>
/// <param name="Next">Give it as <c>after</c> for the next page; null at the end.</param>
/// <param name="Counts">What is not fixed, by severity, the worst first, whatever was asked for.</param>
/// <param name="FixedLately">How many were fixed in the last 30 days.</param>
/// <param name="Checks">When each check last looked: what one could not look for since may be there or not.</param>
public sealed record FindingPage(
    IReadOnlyList<FindingResponse> Items, string? Next, IReadOnlyList<FindingCount> Counts, int FixedLately,
    IReadOnlyList<FindingCheck> Checks);
