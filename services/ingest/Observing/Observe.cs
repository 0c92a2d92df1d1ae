using Auxo.Contracts;
using Auxo.Ingest.Patches;
using Auxo.Ingest.Repositories;

namespace Auxo.Ingest.Observing;

/// <summary>What Auxo knows of a repository and its patches.</summary>
public sealed record KnownRepository(Repository Repository, IReadOnlyDictionary<PatchId, Patch> Patches);

/// <summary>What one look adds to one stream; the stream's key is also the group of its messages.</summary>
public sealed record StreamChange(string Key, PatchId? Patch, Events Events, OutgoingMessages Messages);

/// <summary>
/// The one decision behind every webhook, node event and sweep: what is known and what stands there now give the new events and
/// the messages. Looking again with nothing changed gives nothing.
/// </summary>
public static class Observe
{
    /// <summary>What is new.</summary>
    public static IReadOnlyList<StreamChange> Decide(KnownRepository known, RepositorySnapshot now, Via via, DateTimeOffset seenAt)
    {
        var look = LookOf(known.Repository, now, via, seenAt);
        var changes = new List<StreamChange>();
        Add(changes, Repository.StreamKey(look.Rid), null, DecideRepository(known.Repository, now, look));
        var contained = ContainedPatches(now);
        foreach (var patch in now.Patches)
        {
            var merged = patch.Merge is null && contained.TryGetValue(patch.Id, out var by) ? patch with { Merge = by } : patch;
            Add(changes, Patch.StreamKey(look.Rid, patch.Id), patch.Id, ObservePatch.Decide(
                known.Patches.GetValueOrDefault(patch.Id), merged, look));
        }

        return changes;
    }

    /// <summary>What a repository starts from when it is tracked: its branches become facts, its patches are only recorded.</summary>
    public static IReadOnlyList<StreamChange> Baseline(
        Repository? before, IReadOnlyDictionary<PatchId, Patch> patches, RepositoryEvent.Tracked tracked, RepositorySnapshot now)
    {
        var repository = (before ?? new Repository()).Apply(tracked);
        var look = LookOf(repository, now, Via.Track, tracked.At);
        var (events, messages) = DecideRepository(repository, now, look);
        var changes = new List<StreamChange>
        {
            new(
                Repository.StreamKey(look.Rid), null, [tracked, .. events],
                [new RepositoryTracked(look.Rid, tracked.Name, tracked.DefaultBranch, tracked.Source, tracked.Delegates, tracked.At),
                    .. messages]),
        };
        foreach (var patch in now.Patches)
            Add(changes, Patch.StreamKey(look.Rid, patch.Id), patch.Id, (
                ObservePatch.Baseline(patches.GetValueOrDefault(patch.Id), patch, look), []));
        return changes;
    }

    private static (Events Events, OutgoingMessages Messages) DecideRepository(Repository known, RepositorySnapshot now, Look look)
    {
        Events events = [];
        OutgoingMessages messages = [];
        if (known.Name != now.Name || known.DefaultBranch != now.DefaultBranch || !known.Delegates.SequenceEqual(now.Delegates))
            events.Add(new RepositoryEvent.Redefined(now.Name, now.DefaultBranch, now.Delegates, look.SeenAt));

        foreach (var branch in now.Branches.Where(b => known.Tip(b.Name)?.Commit != b.Head))
        {
            var old = known.Tip(branch.Name)?.Commit;
            var at = look.Clamp(branch.At);
            IReadOnlyList<PatchId> patches = [.. branch.Contains.Select(c => c.Patch).Distinct()];
            events.Add(new RepositoryEvent.BranchAdvanced(
                branch.Name, old, branch.Head, branch.Title, branch.Author, patches, look.Via, at, look.SeenAt));
            messages.Add(branch.Name == now.DefaultBranch
                ? new DefaultBranchAdvanced(
                    look.Rid, look.RepositoryName, branch.Name, old, branch.Head, branch.Author, branch.Title, patches,
                    look.Source, at, look.SeenAt)
                : new BranchAdvanced(look.Rid, look.RepositoryName, branch.Name, old, branch.Head, branch.Author,
                    branch.Title, look.Source, at, look.SeenAt));
        }

        return (events, messages);
    }

    /// <summary>Merges that no delegate signed: the default branch contains the patch's commit all the same.</summary>
    private static Dictionary<PatchId, MergeSnapshot> ContainedPatches(RepositorySnapshot now)
    {
        var found = new Dictionary<PatchId, MergeSnapshot>();
        foreach (var branch in now.Branches.Where(b => b.Name == now.DefaultBranch))
        {
            foreach (var (patch, revision) in branch.Contains) found[patch] = new MergeSnapshot(
                revision, branch.Head, branch.Author, branch.At, Signed: false);
        }

        return found;
    }

    private static Look LookOf(Repository known, RepositorySnapshot now, Via via, DateTimeOffset seenAt)
        => new(known.Rid, now.Name, known.Source, now.Canonical, new HashSet<Did>([.. now.Delegates, .. known.Trusted]), via, seenAt);

    private static void Add(List<StreamChange> changes, string key, PatchId? patch, (Events Events, OutgoingMessages Messages) decided)
    {
        if (decided.Events.Count > 0 || decided.Messages.Count > 0) changes.Add(
            new StreamChange(key, patch, decided.Events, decided.Messages));
    }
}
