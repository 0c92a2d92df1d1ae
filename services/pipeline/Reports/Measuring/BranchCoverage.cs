using Auxo.Pipeline.Builds;

namespace Auxo.Pipeline.Reports.Measuring;

/// <summary>What a build of the default branch tells of its coverage.</summary>
internal static class BranchCoverage
{
    /// <summary>
    /// The message; null when the build is none of the default branch's newest head, has not passed or measured no line. A run that
    /// failed left out what it did not come to, and would show as a dip.
    /// </summary>
    /// <param name="build">As it ends.</param>
    /// <param name="outcome">How.</param>
    /// <param name="now">When.</param>
    public static CoverageMeasured? Of(Build build, Outcome outcome, DateTimeOffset now)
    {
        if (build.Subject.Trigger != BuildTrigger.Branch || build.Canonical != build.Subject.Commit) return null;
        if (outcome != Outcome.Passed) return null;
        var steps = build.Coverage.Where(static coverage => coverage.Lines.Total > 0).ToList();
        if (steps.Count == 0) return null;
        var changed = steps.Select(static coverage => coverage.Changed).OfType<LineCount>().ToList();
        var languages = steps.SelectMany(static coverage => coverage.Languages
                ?? [new CoveredPart(Language.Other, coverage.Lines, coverage.FileCount)])
            .GroupBy(static part => part.Name, StringComparer.Ordinal)
            .Select(static group => new LanguageCoverage(
                group.Key, group.Sum(static part => part.Lines.Total), group.Sum(static part => part.Lines.Covered)))
            .OrderByDescending(static language => language.Lines).ThenBy(static language => language.Language, StringComparer.Ordinal);
        return new CoverageMeasured(
            build.Subject.Rid, build.Subject.RepositoryName, build.BuildId, build.Subject.Commit,
            steps.Sum(static coverage => coverage.Lines.Total), steps.Sum(static coverage => coverage.Lines.Covered),
            changed.Count == 0 ? null : changed.Sum(static count => count.Total),
            changed.Count == 0 ? null : changed.Sum(static count => count.Covered), [.. languages], now);
    }
}
