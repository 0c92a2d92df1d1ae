using Auxo.Pipeline.Builds;

namespace Auxo.Pipeline.Schedules.Scans;

/// <summary>Findings that block, as two runs are compared: lines move, and texts of advisories are changed.</summary>
/// <param name="Check">Who found them.</param>
/// <param name="Rule">The rule, or the advisory.</param>
/// <param name="Path">In which file; null for none.</param>
/// <param name="Count">How many.</param>
public sealed record OpenFinding(string Check, string Rule, string? Path, int Count);

/// <summary>A run of a scan beside what was told before it.</summary>
/// <param name="Before">The run before; null for the first.</param>
/// <param name="OutcomeBefore">Its verdict.</param>
/// <param name="OpenBefore">How many rows of findings were open after it.</param>
/// <param name="New">
/// How many findings block that neither the run before nor the newest build of the branch had: who heard of those has
/// heard it all.
/// </param>
/// <param name="Open">All that block, for the next run.</param>
public sealed record ScanComparison(
    Guid? Before, Outcome? OutcomeBefore, int OpenBefore, int New, IReadOnlyList<OpenFinding> Open)
{
    /// <summary>With more, those that are left out count as new in the next run.</summary>
    public const int MostOpen = 2000;

    /// <summary>What of it stands in the verdict's line.</summary>
    public string Words => New == 0 ? "nothing new" : $"{New} new";

    /// <summary>Compares.</summary>
    /// <param name="before">The run before; null for the first.</param>
    /// <param name="push">The newest build of the branch; null when there is none.</param>
    /// <param name="found">All that this run found.</param>
    /// <param name="troubled">The checks that could not be made: what they had found before is open still.</param>
    public static ScanComparison Of(
        Build? before, Build? push, IReadOnlyCollection<Finding> found, IReadOnlyCollection<string> troubled)
    {
        var last = before?.Compared?.Open ?? [];
        var known = last.Concat(Count(push?.Findings ?? [])).GroupBy(Key).ToDictionary(static group => group.Key,
            static group => group.Max(static open => open.Count));
        var open = Count(found);
        var fresh = open.Sum(finding => Math.Max(0, finding.Count - known.GetValueOrDefault(Key(finding))));
        return new ScanComparison(
            before?.BuildId, before?.Outcome, last.Count, fresh,
            [.. open.Concat(last.Where(finding => troubled.Contains(finding.Check))).Take(MostOpen)]);
    }

    /// <summary>
    /// True when nobody need hear of a run that ended so: nothing of what it found is new; or it passed and nothing is
    /// mended by that, since nothing was open, or what was could not be looked at.
    /// </summary>
    public bool IsOldNews(Outcome outcome)
        => outcome == Outcome.Passed
            ? Open.Count > 0 || OutcomeBefore is null || OutcomeBefore == Outcome.Passed && OpenBefore == 0
            : outcome == Outcome.Failed && New == 0;

    private static (string Check, string Rule, string? Path) Key(OpenFinding finding)
        => (finding.Check, finding.Rule, finding.Path);

    private static List<OpenFinding> Count(IEnumerable<Finding> findings)
        => [.. findings.Where(static finding => finding.Blocks)
            .GroupBy(static finding => (finding.Check, finding.Rule, finding.Path))
            .Select(static group => new OpenFinding(group.Key.Check, group.Key.Rule, group.Key.Path, group.Count()))];
}
