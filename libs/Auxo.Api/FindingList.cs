using System.Text.Json.Serialization;

namespace Auxo.Api;

/// <summary>When a check last looked at the default branch, and whether it is switched off since.</summary>
public sealed record FindingCheck(string Check, FindingMoment Look, bool IsOff);

/// <summary>A page of a repository's findings, and what all of them come to.</summary>
public sealed record FindingList(
    IReadOnlyList<TrackedFinding> Items, string? Next, IReadOnlyList<FindingCount> Counts, int FixedLately,
    IReadOnlyList<FindingCheck> Checks)
{
    /// <summary>
    /// The checks that could not look at the newest commit. A scan makes some of them once more at the same commit: the
    /// others know it, too, but for <c>dependencies</c>, whose advisories change from day to day.
    /// </summary>
    [JsonIgnore]
    public IEnumerable<FindingCheck> Behind
        => Checks.MaxBy(static check => check.Look.At)?.Look is not { } newest ? []
            : Checks.Where(check => !check.IsOff && (check.Look.Commit != newest.Commit
                || check.Check == "dependencies" && newest.At - check.Look.At > TimeSpan.FromDays(1)));
}
