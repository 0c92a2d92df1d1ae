using Auxo.Pipeline.Findings;

namespace Auxo.Pipeline.Security;

/// <summary>Findings that count alike.</summary>
/// <param name="Check">The check.</param>
/// <param name="Severity">How bad.</param>
/// <param name="State">Where they stand.</param>
/// <param name="Since">The day since which they are open, in UTC.</param>
/// <param name="Count">How many.</param>
public sealed record FindingGroup(string Check, Severity Severity, FindingState State, DateOnly Since, int Count);

/// <summary>Counts a repository's findings for everybody who keeps numbers.</summary>
public static class CountFindings
{
    /// <summary>The message.</summary>
    /// <param name="rid">The repository.</param>
    /// <param name="name">Its name, for people.</param>
    /// <param name="record">When each check looked.</param>
    /// <param name="scanned">The checks that a nightly scan makes.</param>
    /// <param name="groups">All that is not fixed.</param>
    /// <param name="due">When it is overdue.</param>
    /// <param name="now">The time.</param>
    public static FindingsCounted Of(
        Rid rid, string name, FindingsRecord record, IReadOnlyCollection<string> scanned, IEnumerable<FindingGroup> groups, DueDates due,
        DateTimeOffset now)
    {
        var counts = Counts(groups, due, DateOnly.FromDateTime(now.UtcDateTime));
        var checks = record.Looks.OrderBy(static look => look.Key, StringComparer.Ordinal)
            .Select(look => new CheckLooked(look.Key, look.Value.At, look.Value.IsOff, scanned.Contains(look.Key))).ToList();
        return new FindingsCounted(
            rid, name, counts, checks, SecurityScore.Of(counts, HasLooked(record)).Value, now);
    }

    /// <summary>The counts alone, the checks by name, the worst first.</summary>
    public static IReadOnlyList<CountedFindings> Counts(IEnumerable<FindingGroup> groups, DueDates due, DateOnly today)
        => [.. groups.GroupBy(static group => (group.Check, group.Severity))
            .OrderBy(static group => group.Key.Check, StringComparer.Ordinal).ThenByDescending(static group => group.Key.Severity)
            .Select(group => new CountedFindings(
                group.Key.Check, group.Key.Severity, Sum(group, FindingState.Open), Sum(group, FindingState.Accepted),
                Sum(group, FindingState.FalseAlarm),
                group.Where(one => one.State == FindingState.Open && due.Of(one.Severity, one.Since) < today)
                    .Sum(static one => one.Count)))];

    /// <summary>The groups of findings that are at hand, of which none need be fixed.</summary>
    public static IEnumerable<FindingGroup> Groups(IEnumerable<TrackedFinding> findings, DateOnly today)
        => findings.Where(static finding => !finding.IsFixed)
            .GroupBy(finding => (
                finding.CheckName, finding.Severity, State: finding.On(today), Since: DateOnly.FromDateTime(finding.OpenSince.UtcDateTime)))
            .Select(static group => new FindingGroup(
                group.Key.CheckName, group.Key.Severity, group.Key.State, group.Key.Since, group.Count()));

    /// <summary>True once a security check has looked that is not off.</summary>
    public static bool HasLooked(FindingsRecord? record)
        => record?.Looks.Any(static look => SecurityChecks.Has(look.Key) && !look.Value.IsOff) is true;

    private static int Sum(IEnumerable<FindingGroup> groups, FindingState state)
        => groups.Where(group => group.State == state).Sum(static group => group.Count);
}
