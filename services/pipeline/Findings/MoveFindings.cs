using Auxo.Pipeline.Baselines;

namespace Auxo.Pipeline.Findings;

/// <summary>What a build of a default branch does to the record.</summary>
/// <param name="Event">What happened.</param>
/// <param name="Rows">The findings that are new on record or not as they were.</param>
public sealed record FindingsMove(FindingsEvent.Moved Event, IReadOnlyList<TrackedFinding> Rows)
{
    /// <summary>
    /// The severe ones that are open now and were not: not what a first look finds, nor what is known or accepted.
    /// </summary>
    public IReadOnlyList<TrackedFinding> Severe { get; init; } = [];
}

/// <summary>
/// Moves the record of a default branch's findings. A check that could not look fixes nothing; a build that was queued before
/// the newest one that looked changes nothing of that check, however late it ends.
/// </summary>
public static class MoveFindings
{
    /// <summary>Decides.</summary>
    /// <param name="record">Which builds have moved it; null when none has.</param>
    /// <param name="known">All findings on record.</param>
    /// <param name="look">What the build saw.</param>
    /// <param name="now">The time.</param>
    /// <param name="most">So many findings are followed.</param>
    /// <returns>Null when the build says nothing new.</returns>
    public static FindingsMove? Decide(
        FindingsRecord? record, IReadOnlyList<TrackedFinding> known, FindingLook look, DateTimeOffset now,
        int most = FindingLook.Most)
    {
        var looked = look.Looked.Where(IsNewer).ToHashSet(StringComparer.Ordinal);
        var off = look.Off.Where(IsNewer).ToHashSet(StringComparer.Ordinal);
        if (looked.Count == 0 && off.Count == 0) return null;

        var seen = look.Findings.Where(finding => looked.Contains(finding.Mark.Check)).ToList();
        var sightings = seen.ConvertAll(static finding => new Sighting(finding.Mark, finding.Blob));
        var asked = known.ToLookup(finding => looked.Contains(finding.CheckName) ? finding.IsFixed : (bool?)null);
        var match = FindingMatch.Of(sightings, asked[false]);
        var all = FindingMatch.Of(sightings, asked[true], renamed: false, match);

        var (rows, severe) = (new List<TrackedFinding>(), new List<TrackedFinding>());
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var taken = known.Select(static finding => finding.Id).ToHashSet(StringComparer.Ordinal);
        var (opened, reopened, count) = (0, 0, known.Count(static finding => !finding.IsFixed));
        for (var i = 0; i < seen.Count; i++)
        {
            var before = all[i];
            // A look that is cut short takes out nothing, so it must not bring in more and more.
            var comes = before is null or { IsFixed: true };
            if (comes && look.Cut.Count > 0 && count + opened + reopened >= most) continue;
            if (before is null) opened++;
            else if (comes) reopened++;
            var after = before is null ? Opened(seen[i]) : comes ? Reopened(before, seen[i]) : before.At(seen[i]);
            if (after != before) rows.Add(after);
            if (comes && IsNews(before, seen[i], after)) severe.Add(after);
        }

        var touched = FindingLook.ByCheck(look.Touched);
        var unread = look.Unread.ToHashSet();
        var gone = match.Unmet(asked[false])
            .Where(finding => !look.Cut.Contains(finding.CheckName, StringComparer.Ordinal) && !IsHidden(finding))
            .Select(finding => Fixed(finding, End(finding)))
            .Concat(known.Where(finding => !finding.IsFixed && off.Contains(finding.CheckName))
                .Select(finding => Fixed(finding, FindingEnd.SwitchedOff))).ToList();
        return new FindingsMove(
            new FindingsEvent.Moved(
                look.BuildId, look.Commit, look.QueuedAt, [.. look.Looked.Where(looked.Contains)],
                [.. look.Off.Where(off.Contains)], opened, reopened, gone.Count,
                count + opened + reopened - gone.Count, now),
            [.. rows, .. gone])
        {
            Severe = severe,
        };

        // An advisory of today is news although no file has changed; what a tool loses and finds again is none.
        bool IsNews(TrackedFinding? before, SeenFinding finding, TrackedFinding after)
            => finding is { Severity: >= Severity.High, IsKnown: false } && HasLooked(finding)
                && before?.FixedHow is null or FindingEnd.Changed && after.On(today) == FindingState.Open;

        bool HasLooked(SeenFinding finding)
            => record?.Looks.GetValueOrDefault(finding.Mark.Check) is { IsOff: false };

        bool IsNewer(string check)
            => record?.Looks.GetValueOrDefault(check) is not { } last
                || (last.QueuedAt, last.BuildId).CompareTo((look.QueuedAt, look.BuildId)) < 0;

        TrackedFinding Opened(SeenFinding finding)
        {
            // What the first look of a check finds, or the first after it was off, may have stood there for years.
            var wasThere = finding.WasThere || !HasLooked(finding);
            var since = finding.Since ?? new KnownSince(now, look.Commit, look.BuildId);
            var (id, number) = (TrackedFinding.IdOf(finding.Mark, 0), 0);
            while (!taken.Add(id)) id = TrackedFinding.IdOf(finding.Mark, ++number);
            return new TrackedFinding
            {
                Rid = look.Rid.Value, Id = id,
                CheckName = "", Rule = "", Path = "", Content = "", Blob = "", Message = "",
                WasThere = wasThere, OpenedAt = since.At, OpenSince = since.At, OpenedCommit = since.Commit.Value,
                OpenedBuild = since.BuildId, OpenedBy = wasThere ? null : look.By,
            }.At(finding);
        }

        TrackedFinding Reopened(TrackedFinding before, SeenFinding finding) => before.At(finding) with
        {
            IsFixed = false, OpenSince = now, Reopenings = before.Reopenings + 1, ReopenedCommit = look.Commit.Value,
            ReopenedBuild = look.BuildId,
            ReopenedBy = finding.WasThere || before.FixedHow != FindingEnd.Changed ? null : look.By,
        };

        TrackedFinding Fixed(TrackedFinding before, FindingEnd how) => before with
        {
            IsFixed = true, FixedAt = now, FixedCommit = look.Commit.Value, FixedBuild = look.BuildId, FixedHow = how,
            FixedBy = how == FindingEnd.SeenOtherwise ? null : look.By,
        };

        bool IsHidden(TrackedFinding finding)
            => finding.Mark.HidesRestOf is null && unread.Contains(new UnreadFile(finding.CheckName, finding.Path));

        FindingEnd End(TrackedFinding finding)
            => !touched.TryGetValue(finding.CheckName, out var files)
                || (finding.Path.Length == 0 ? files.Count > 0 : files.Contains(finding.Path))
                ? FindingEnd.Changed
                : FindingEnd.SeenOtherwise;
    }
}
