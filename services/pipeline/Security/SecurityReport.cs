using Auxo.Pipeline.Findings.Listing;

namespace Auxo.Pipeline.Security;

/// <summary>How many findings there are of one kind.</summary>
/// <param name="Name">The severity, the check, the age or the owner.</param>
/// <param name="Open">Open ones.</param>
/// <param name="Critical">Of them critical.</param>
/// <param name="High">Of them high.</param>
/// <param name="Medium">Of them medium.</param>
/// <param name="Low">Of them low.</param>
/// <param name="Info">Of them worth knowing only.</param>
/// <param name="Overdue">Of them past their due date.</param>
/// <param name="Accepted">Beside them, accepted for now.</param>
/// <param name="FalseAlarms">Beside them, said to be none.</param>
public sealed record SecurityRow(
    string Name, int Open, int Critical, int High, int Medium, int Low, int Info, int Overdue, int Accepted, int FalseAlarms);

/// <summary>How findings of one severity are mended.</summary>
/// <param name="Severity">How bad.</param>
/// <param name="New">Opened or open again in this time.</param>
/// <param name="Fixed">Fixed in this time.</param>
/// <param name="MedianFixSeconds">How long those fixed had been open, half of them less; null for none.</param>
/// <param name="OldestOpenSeconds">For how long the oldest open one has been open; null for none.</param>
/// <param name="DueDays">How many days it has; null for no due date.</param>
public sealed record SecurityPace(
    Severity Severity, int New, int Fixed, double? MedianFixSeconds, double? OldestOpenSeconds, int? DueDays);

/// <summary>How it was at the end of a day, or of a week of days.</summary>
/// <param name="Day">Its last day, in UTC; of the newest, today.</param>
/// <param name="Critical">Not fixed by then, accepted ones too: who accepted what is known for today only.</param>
/// <param name="High">See <paramref name="Critical"/>.</param>
/// <param name="Medium">See <paramref name="Critical"/>.</param>
/// <param name="Low">See <paramref name="Critical"/>.</param>
/// <param name="New">Opened or open again in it.</param>
/// <param name="Fixed">Fixed in it.</param>
public sealed record SecurityDay(DateOnly Day, int Critical, int High, int Medium, int Low, int New, int Fixed);

/// <summary>An open finding that has a due date.</summary>
/// <param name="Finding">The finding.</param>
/// <param name="Owners">Who owns its file, by the CODEOWNERS of the default branch.</param>
/// <param name="Due">The last day on which it is in time, in UTC.</param>
/// <param name="IsOverdue">True from the next day on.</param>
public sealed record DueFinding(FindingResponse Finding, IReadOnlyList<string> Owners, DateOnly Due, bool IsOverdue);

/// <summary>What stands in a repository's default branch that may let somebody in, and how it came and went.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="Name">For people.</param>
/// <param name="From">The beginning of the time that is looked at.</param>
/// <param name="To">Now.</param>
/// <param name="Score">How well it stands.</param>
/// <param name="Severities">By severity, the worst first; only those that there are.</param>
/// <param name="Checks">By check.</param>
/// <param name="Ages">By age, the youngest first.</param>
/// <param name="Owners">By owner, those with the most first; a finding with several counts for each.</param>
/// <param name="Pace">How they are mended.</param>
/// <param name="Days">The end of each day, or of each seven days when it is more than 92 days.</param>
/// <param name="Due">The open ones that are due first, at most 20.</param>
/// <param name="Looks">When each security check last looked.</param>
public sealed record SecurityReport(
    Rid Rid, string Name, DateTimeOffset From, DateTimeOffset To, SecurityScore Score, IReadOnlyList<SecurityRow> Severities,
    IReadOnlyList<SecurityRow> Checks, IReadOnlyList<SecurityRow> Ages, IReadOnlyList<SecurityRow> Owners,
    IReadOnlyList<SecurityPace> Pace, IReadOnlyList<SecurityDay> Days, IReadOnlyList<DueFinding> Due,
    IReadOnlyList<FindingCheck> Looks);

/// <summary>One of many repositories.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="Name">For people.</param>
/// <param name="Score">0 to 100; null while no security check has looked.</param>
/// <param name="Total">All of its findings.</param>
/// <param name="LookedAt">When a security check last looked; null for never.</param>
public sealed record SecuritySummary(Rid Rid, string Name, int? Score, SecurityRow Total, DateTimeOffset? LookedAt);

/// <summary>All repositories that are followed.</summary>
/// <param name="Items">By name.</param>
/// <param name="Formula">How the scores are worked out.</param>
public sealed record SecurityList(IReadOnlyList<SecuritySummary> Items, string Formula);
