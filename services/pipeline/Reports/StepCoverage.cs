using Auxo.Pipeline.Reports.Measuring;

namespace Auxo.Pipeline.Reports;

/// <summary>What the reports of one step say of its coverage.</summary>
/// <param name="Step">The step.</param>
/// <param name="Unit"><c>lines</c>, or <c>statements</c> of a tool that counts those.</param>
/// <param name="Lines">All files together; of nothing when no coverage was reported, which is not 0 %.</param>
/// <param name="Branches">All files together; of nothing when branches were not measured.</param>
/// <param name="Changed">The lines that this change wrote and that are measured; null when it is not known what changed.</param>
/// <param name="Before">Lines of the default branch's newest passed build; null when it reported none.</param>
/// <param name="Files">The first files, those with the most lines that did not run first.</param>
/// <param name="FileCount">How many files there are.</param>
public sealed record StepCoverage(
    string Step, string Unit, LineCount Lines, LineCount Branches, LineCount? Changed, LineCount? Before,
    IReadOnlyList<CoveredFile> Files, int FileCount)
{
    /// <summary>Files beyond these are only counted.</summary>
    public const int Most = 100;

    /// <summary>All files by language, the most lines first; null in records of earlier versions.</summary>
    public IReadOnlyList<CoveredPart>? Languages { get; init; }

    /// <summary>All files by folder, in the order of their names; null in records of earlier versions.</summary>
    public IReadOnlyList<CoveredPart>? Folders { get; init; }

    /// <summary>The first pages that a tool wrote for people, by which they are kept; null for none.</summary>
    public IReadOnlyList<string>? Pages { get; init; }

    /// <summary>Of a step that wrote pages and no report that can be counted.</summary>
    internal static StepCoverage OfPages(string step)
        => new(step, "lines", new LineCount(0, 0), new LineCount(0, 0), Changed: null, Before: null, [], 0);
}

/// <summary>A file and how much of it ran.</summary>
/// <param name="Path">In the repository; as the tool wrote it when it is in none or it is not clear which.</param>
/// <param name="Lines">Its lines.</param>
/// <param name="Missed">The first changed lines that did not run, from 1.</param>
public sealed record CoveredFile(string Path, LineCount Lines, IReadOnlyList<int> Missed);

/// <summary>So many of so many.</summary>
/// <param name="Covered">Of them ran.</param>
/// <param name="Total">All.</param>
public sealed record LineCount(long Covered, long Total)
{
    /// <summary>From 0 to 100; null of nothing.</summary>
    public double? Percent() => Total == 0 ? null : 100.0 * Covered / Total;
}
