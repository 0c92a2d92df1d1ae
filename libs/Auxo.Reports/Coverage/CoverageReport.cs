namespace Auxo.Reports.Coverage;

/// <summary>Which lines of which files ran.</summary>
/// <param name="Format">How it was written.</param>
/// <param name="Files">Each once, in the order of the report.</param>
public sealed record CoverageReport(ReportFormat Format, IReadOnlyList<FileCoverage> Files) : Report(Format)
{
    /// <summary>The folders that paths may be relative to, as the report names them.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>What is counted: <c>lines</c>, or <c>statements</c> where the format knows no lines.</summary>
    public string Unit { get; init; } = "lines";

    /// <summary>Lines, or what <see cref="Unit"/> says.</summary>
    public Ratio Lines => Files.Aggregate(default(Ratio), static (sum, file) => sum + file.Lines);

    /// <summary>Branches; of nothing when the report has none.</summary>
    public Ratio Branches => Files.Aggregate(default(Ratio), static (sum, file) => sum + file.Branches);

    /// <summary>False when nothing was measured, which is neither 0 % nor 100 %.</summary>
    public bool HasData => Lines.Total > 0;
}

/// <summary>A file of a coverage report.</summary>
/// <param name="Path">As the tool wrote it.</param>
/// <param name="Lines">How many of its lines ran.</param>
/// <param name="Branches">How many of its branches were taken.</param>
/// <param name="Hits">How often each line ran; empty where the format has only sums.</param>
public sealed record FileCoverage(string Path, Ratio Lines, Ratio Branches, IReadOnlyDictionary<int, long> Hits);

/// <summary>So many of so many.</summary>
/// <param name="Covered">Of them ran.</param>
/// <param name="Total">All.</param>
public readonly record struct Ratio(long Covered, long Total)
{
    /// <summary>From 0 to 100; null of nothing.</summary>
    public double? Percent => Total == 0 ? null : 100.0 * Covered / Total;

    /// <summary>Both together.</summary>
    public static Ratio operator +(Ratio one, Ratio other) => new(one.Covered + other.Covered, one.Total + other.Total);
}
