using System.Text.Json.Serialization;

namespace Auxo.Api.Numbers;

/// <summary>How much of one language ran.</summary>
public sealed record LanguageCoverage(string Language, long Lines, long Covered);

/// <summary>A day on which coverage was measured.</summary>
public sealed record CoverageDay(DateOnly Day, DateTimeOffset At, long Lines, long Covered, long ChangedLines, long ChangedCovered)
{
    /// <summary>0 to 100; null of nothing.</summary>
    [JsonIgnore]
    public double? Percent => Lines == 0 ? null : 100.0 * Covered / Lines;
}

/// <summary>Coverage of a default branch and its trend; files and folders are in the build.</summary>
public sealed record CoverageReport(
    string Rid, string Name, DateTimeOffset From, DateTimeOffset To, string BuildId, string Commit, DateTimeOffset At, long Lines,
    long Covered, double Percent, double? PercentBefore, long ChangedLines, double? ChangedPercent,
    IReadOnlyList<LanguageCoverage> Languages, IReadOnlyList<CoverageDay> Days);

/// <summary>The files of a language or a folder together.</summary>
public sealed record CoveredPart(string Name, LineCount Lines, int Files);
