using Auxo.Contracts;
using Auxo.Ingest.Recording;
using Auxo.Ingest.Scanning;
using Auxo.Ingest.Tracking;
using Auxo.Radicle;

namespace Auxo.Ingest.Backfilling;

/// <summary>
/// Lives through the past of a repository: at each moment at which something happened, <see cref="Observe"/> is asked what is new, with
/// what stood in the storage then. So what comes out is what would have been told, by the code that tells it.
/// </summary>
public static class Replay
{
    /// <summary>Between two heads of the same second: each was seen in a look of its own.</summary>
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(1);

    /// <summary>The messages, in order of time.</summary>
    /// <param name="repository">As it is now.</param>
    /// <param name="heads">The heads that the default branch had.</param>
    /// <param name="patches">The patches as they are now, with the time of their first commit.</param>
    /// <param name="until">When it was followed: what is later was told.</param>
    public static IEnumerable<object> Of(
        Repository repository, PastHeads heads, IReadOnlyList<PatchSnapshot> patches, DateTimeOffset until)
    {
        var lives = patches.Select(p => new Life(p, heads)).Where(l => l.Revisions.Count > 0).ToList();
        var seen = SeenAt(heads, lives, until);
        var moments = seen.Select((at, head) => (At: at, Order: 1, Head: head, Life: (Life?)null))
            .Concat(lives.SelectMany(life => life.Revisions.Select(r => (r.At, Order: 0, Head: -1, Life: (Life?)life))))
            .Concat(lives.Where(static l => l.Merge is not null && l.MergedWith is null)
                .Select(static l => (At: Max(l.Merge!.At, l.Revisions[0].At), Order: 2, Head: -1, Life: (Life?)l)))
            .Where(m => m.At < until).OrderBy(static m => m.At).ThenBy(static m => m.Order);
        var contained = lives.SelectMany(static l => l.Heads.Select(head => (head, l))).ToLookup(static c => c.head, static c => c.l);
        var known = repository with { Tips = [] };
        foreach (var (at, _, head, life) in moments)
        {
            List<Life> looked = life is not null ? [life] : [.. contained[head].Distinct()];
            var snapshot = new RepositorySnapshot(
                known.Name, known.DefaultBranch, known.Delegates, head < 0 ? [] : [Branch(known, heads.All[head], looked, at)],
                [.. looked.Select(l => l.At(at)).OfType<PatchSnapshot>()], []);
            var before = new KnownRepository(known, looked.Where(static l => l.Known is not null)
                .ToDictionary(static l => l.Patch.Id, static l => l.Known!));
            var changes = Observe.Decide(before, snapshot, DetectedBy.Sweep, at);
            var after = KnownRepositories.After(before, changes);
            known = after.Repository;
            foreach (var l in looked) l.Known = after.Patches.GetValueOrDefault(l.Patch.Id);
            foreach (var message in changes.SelectMany(static c => c.Messages)) yield return message;
        }
    }

    private static BranchSnapshot Branch(Repository known, PastHead head, List<Life> looked, DateTimeOffset at)
        => new(known.DefaultBranch, head.Commit, head.Title, null, head.At,
            // At the first sight nothing is new.
            head.Old is null ? [] : [.. looked.SelectMany(l => l.ContainedIn(head, at))], head.Brought);

    /// <summary>
    /// When each head was seen: when it was committed, but after those before it, after the merges that it holds, and before it was
    /// followed.
    /// </summary>
    private static DateTimeOffset[] SeenAt(PastHeads heads, List<Life> lives, DateTimeOffset until)
    {
        var seen = heads.All.Select(static h => h.At).ToArray();
        foreach (var life in lives.Where(static l => l is { Merge: not null, MergedWith: not null }))
            seen[life.MergedWith!.Value] = Max(seen[life.MergedWith.Value], life.Merge!.At);
        for (var i = 1; i < seen.Length; i++) seen[i] = Max(seen[i], seen[i - 1] + Apart);
        for (var i = seen.Length - 1; i >= 0; i--)
        {
            var limit = i == seen.Length - 1 ? until - Apart : seen[i + 1] - Apart;
            if (seen[i] > limit) seen[i] = limit;
        }

        return seen;
    }

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    /// <summary>One patch, and what is known of it at the moment.</summary>
    private sealed class Life
    {
        public Life(PatchSnapshot patch, PastHeads heads)
        {
            Patch = patch;
            var at = DateTimeOffset.MinValue;
            var revisions = new List<(RevisionSnapshot Revision, DateTimeOffset At)>();
            foreach (var revision in patch.Revisions.Where(static r => r.HeadHere))
                // Nobody revises what is not there: of clocks that differ the later one counts.
                revisions.Add((revision, at = Max(at, revision.At)));
            Revisions = revisions;
            Merge = patch.Merge is { Signed: true } signed ? signed : null;
            MergedWith = Merge is null ? null : heads.BroughtBy(Merge.Commit);
            var places = revisions.Select(r => (r.Revision, Place: heads.BroughtBy(r.Revision.Head)))
                .Where(static r => r.Place is not null);
            _places = places.ToLookup(r => heads.All[r.Place!.Value].Commit, static r => r.Revision);
            Heads = [.. places.Select(static r => r.Place!.Value).Concat(MergedWith is { } with ? [with] : [])];
        }

        private readonly ILookup<CommitId, RevisionSnapshot> _places;

        public PatchSnapshot Patch { get; }

        public List<(RevisionSnapshot Revision, DateTimeOffset At)> Revisions { get; }

        /// <summary>The merge that delegates signed.</summary>
        public MergeSnapshot? Merge { get; }

        /// <summary>The head that brought it; null when none did.</summary>
        public int? MergedWith { get; }

        /// <summary>The heads that brought its commits.</summary>
        public IReadOnlyList<int> Heads { get; }

        public Patch? Known { get; set; }

        /// <summary>As it stood at a moment; null when it was not there.</summary>
        public PatchSnapshot? At(DateTimeOffset moment)
        {
            var revisions = Revisions.Where(r => r.At <= moment).Select(static r => r.Revision).ToList();
            return revisions.Count == 0 ? null : Patch with
            {
                Revisions = revisions, Status = PatchStatus.Open, Merge = Merge?.At <= moment ? Merge : null, Needs = PatchNeeds.None,
            };
        }

        /// <summary>Its revisions that a head brought.</summary>
        public IEnumerable<(PatchId, RevisionId)> ContainedIn(PastHead head, DateTimeOffset moment)
        {
            var there = Revisions.Where(r => r.At <= moment).Select(static r => r.Revision).ToHashSet();
            return _places[head.Commit].Where(there.Contains).Select(r => (Patch.Id, r.Id));
        }
    }
}
