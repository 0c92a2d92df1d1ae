using System.Text.Json.Serialization;

namespace Auxo.Api.Numbers;

/// <summary>What takes points away from a score.</summary>
public sealed record LostPoints(string Name, int Count, double Points, double Most);

/// <summary>How well a repository stands; <c>Value</c> is null while no security check has looked.</summary>
public sealed record SecurityScore(int? Value, string Formula, IReadOnlyList<LostPoints> Lost);

/// <summary>How many findings there are of a severity, a check, an age or an owner.</summary>
public sealed record SecurityRow(
    string Name, int Open, int Critical, int High, int Medium, int Low, int Info, int Overdue, int Accepted, int FalseAlarms);

/// <summary>How findings of one severity were mended in the time that is looked at.</summary>
public sealed record SecurityPace(
    [property: JsonConverter(typeof(Word))] string Severity, int New, int Fixed, double? MedianFixSeconds, double? OldestOpenSeconds,
    int? DueDays);

/// <summary>What was there at the end of a day, or of seven days.</summary>
public sealed record SecurityDay(DateOnly Day, int Critical, int High, int Medium, int Low, int New, int Fixed)
{
    /// <summary>All of them.</summary>
    [JsonIgnore]
    public int There => Critical + High + Medium + Low;
}

/// <summary>An open finding and until when it is to be mended.</summary>
public sealed record DueFinding(TrackedFinding Finding, IReadOnlyList<string> Owners, DateOnly Due, bool IsOverdue);

/// <summary>What stands in a default branch that may let somebody in, and how it came and went.</summary>
public sealed record SecurityReport(
    string Rid, string Name, DateTimeOffset From, DateTimeOffset To, SecurityScore Score, IReadOnlyList<SecurityRow> Severities,
    IReadOnlyList<SecurityRow> Checks, IReadOnlyList<SecurityRow> Ages, IReadOnlyList<SecurityRow> Owners,
    IReadOnlyList<SecurityPace> Pace, IReadOnlyList<SecurityDay> Days, IReadOnlyList<DueFinding> Due, IReadOnlyList<FindingCheck> Looks)
{
    /// <summary>The days from the first on which something was there or went; before it there is nothing to see.</summary>
    [JsonIgnore]
    public IReadOnlyList<SecurityDay> SinceFirst => [.. Days.SkipWhile(static day => day.There + day.New + day.Fixed == 0)];
}

/// <summary>One of many repositories.</summary>
public sealed record SecuritySummary(string Rid, string Name, int? Score, SecurityRow Total, DateTimeOffset? LookedAt);

/// <summary>All repositories, by name.</summary>
public sealed record SecurityList(IReadOnlyList<SecuritySummary> Items, string Formula);
