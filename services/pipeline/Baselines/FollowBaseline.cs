namespace Auxo.Pipeline.Baselines;

/// <summary>What a build of the default branch saw.</summary>
/// <param name="BuildId">The build.</param>
/// <param name="Commit">What it built.</param>
/// <param name="Ruling">With which programs, rules and settings the checks were made.</param>
/// <param name="Troubled">The checks that could not be made.</param>
/// <param name="Found">All that the others found.</param>
public sealed record Measurement(
    Guid BuildId, CommitId Commit, string Ruling, IReadOnlyList<string> Troubled, IReadOnlyList<Sighting> Found);

/// <summary>
/// What a build of the default branch does to the baseline: the first one sets it; a later one takes out what it does not find any
/// more, so that it never comes back as known.
/// </summary>
public static class FollowBaseline
{
    /// <summary>
    /// True when the checks see otherwise than when the baseline was set or last changed: then what stood in the default branch
    /// before this commit has to be looked at again in the new way, or a newer tool would make everything new.
    /// </summary>
    public static bool NeedsAnotherLook(Baseline? baseline, Measurement seen)
        => baseline is { TakenAt: not null }
            && (baseline.Ruling != seen.Ruling || baseline.Unmeasured.Except(seen.Troubled, StringComparer.Ordinal).Any());

    /// <summary>Decides.</summary>
    /// <param name="baseline">As it stands; null when there is none.</param>
    /// <param name="seen">What the build saw.</param>
    /// <param name="before">What the same checks see in the commit before; empty when nobody had to look.</param>
    /// <param name="now">The time.</param>
    /// <returns>What happens to the baseline (null for nothing), and which findings are known.</returns>
    public static (BaselineEvent? Event, Comparison Known) Decide(
        Baseline? baseline, Measurement seen, IReadOnlyList<Sighting> before, DateTimeOffset now)
    {
        if (baseline?.TakenAt is null)
        {
            var all = Comparison.AsFiles(seen.Found, Comparison.Of(seen.Found, baseline?.Files ?? []).Left.Where(static e => e.Awaited));
            var taken = new BaselineEvent.Taken(seen.BuildId, seen.Commit, seen.Ruling, seen.Troubled, all, now);
            return (taken, Comparison.Of(seen.Found, all));
        }

        var known = Comparison.Joined(baseline.Files, before);
        var compared = Comparison.Of(seen.Found, known);
        // What no check looked at now may still be there, and what was accepted may still be on its way.
        var unread = seen.Found.Select(static sighting => sighting.Mark.HidesRestOf).Where(static file => file is not null).ToHashSet();
        var kept = compared.Left.Where(entry => entry.Awaited || seen.Troubled.Contains(entry.Sighting.Mark.Check, StringComparer.Ordinal)
            || entry.Sighting.Mark.HidesRestOf is null && unread.Contains((entry.Sighting.Mark.Check, entry.Sighting.Mark.Path)));
        var changed = Comparison.Changed(baseline.Files, Comparison.AsFiles(compared.Known, kept));
        var changedRuling = baseline.Ruling != seen.Ruling;
        var unmeasured = seen.Troubled
            .Where(check => changedRuling || baseline.Unmeasured.Contains(check, StringComparer.Ordinal)).ToList();
        var isSame = changed.Count == 0 && !changedRuling && unmeasured.SequenceEqual(baseline.Unmeasured, StringComparer.Ordinal);
        return (isSame ? null : new BaselineEvent.Followed(seen.BuildId, seen.Commit, seen.Ruling, unmeasured, changed, now), compared);
    }
}
