using Auxo.Contracts;
using Auxo.Ingest.Scanning;
using Auxo.Ingest.Tracking;

namespace Auxo.Ingest.Recording;

/// <summary>What Auxo knows of a repository and its patches.</summary>
public sealed record KnownRepository(Repository Repository, IReadOnlyDictionary<PatchId, Patch> Patches);

/// <summary>What one scan adds to one stream, and what it tells of it.</summary>
public sealed record StreamChange(string Key, PatchId? Patch, Events Events, OutgoingMessages Messages);

/// <summary>
/// The one decision behind every webhook, node event and sweep: what is known and what stands there now give the new events and
/// the messages. A scan with nothing changed gives nothing.
/// </summary>
public static class Observe
{
    /// <summary>What is new.</summary>
    public static IReadOnlyList<StreamChange> Decide(
        KnownRepository known, RepositorySnapshot now, DetectedBy detectedBy, DateTimeOffset seenAt)
    {
        var scan = ScanOf(known.Repository, now, detectedBy, seenAt);
        var changes = new List<StreamChange>();
        Add(changes, Repository.StreamKey(scan.Rid), null, DecideRepository(known.Repository, now, scan));
        var contained = ContainedPatches(now);
        var links = new LinkedNow(now.Patches, known.Patches, contained.Keys, scan);
        foreach (var patch in now.Patches)
        {
            var merged = patch.Merge is null && contained.TryGetValue(patch.Id, out var by) ? patch with { Merge = by } : patch;
            Add(changes, Patch.StreamKey(scan.Rid, patch.Id), patch.Id, ObservePatch.Decide(
                known.Patches.GetValueOrDefault(patch.Id), merged, scan, links));
        }

        return changes;
    }

    /// <summary>What a repository starts from when it is tracked: its branches become facts, its patches are only recorded.</summary>
    public static IReadOnlyList<StreamChange> Baseline(
        Repository? before, IReadOnlyDictionary<PatchId, Patch> patches, RepositoryEvent.Tracked tracked, RepositorySnapshot now)
    {
        var repository = (before ?? new Repository()).Apply(tracked);
        var scan = ScanOf(repository, now, DetectedBy.Track, tracked.At);
        var (events, messages) = DecideRepository(repository, now, scan);
        var changes = new List<StreamChange>
        {
            new(
                Repository.StreamKey(scan.Rid), null, [tracked, .. events],
                [new RepositoryTracked(scan.Rid, tracked.Name, tracked.DefaultBranch, tracked.Source, tracked.Delegates, tracked.At),
                    .. before is null ? [] : repository.TrustChangesSince(before, tracked.At), .. messages]),
        };
        foreach (var patch in now.Patches)
            Add(changes, Patch.StreamKey(scan.Rid, patch.Id), patch.Id, (
                ObservePatch.Baseline(patches.GetValueOrDefault(patch.Id), patch, scan), []));
        return changes;
    }

    private static (Events Events, OutgoingMessages Messages) DecideRepository(Repository known, RepositorySnapshot now, Scan scan)
    {
        Events events = [];
        OutgoingMessages messages = [];
        if (known.Name != now.Name || known.DefaultBranch != now.DefaultBranch || !known.Delegates.SequenceEqual(now.Delegates))
        {
            var redefined = new RepositoryEvent.Redefined(now.Name, now.DefaultBranch, now.Delegates, scan.SeenAt);
            events.Add(redefined);
            messages.AddRange(known.Apply(redefined).TrustChangesSince(known, scan.SeenAt));
        }

        foreach (var branch in now.Branches.Where(b => known.Tip(b.Name)?.Commit != b.Head))
        {
            var old = known.Tip(branch.Name)?.Commit;
            var at = scan.Clamp(branch.At);
            IReadOnlyList<PatchId> patches = [.. branch.Contains.Select(c => c.Patch).Distinct()];
            events.Add(new RepositoryEvent.BranchAdvanced(
                branch.Name, old, branch.Head, branch.Title, branch.Author, patches, scan.DetectedBy, at, scan.SeenAt));
            messages.Add(branch.Name == now.DefaultBranch
                ? new DefaultBranchAdvanced(
                    scan.Rid, scan.RepositoryName, branch.Name, old, branch.Head, branch.Author, branch.Title, patches,
                    scan.Source, at, scan.SeenAt, branch.Brought)
                : new BranchAdvanced(scan.Rid, scan.RepositoryName, branch.Name, old, branch.Head, branch.Author,
                    branch.Title, scan.Source, at, scan.SeenAt));
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

    private static Scan ScanOf(Repository known, RepositorySnapshot now, DetectedBy detectedBy, DateTimeOffset seenAt)
        => new(
            known.Rid, now.Name, known.Source, now.Canonical, new HashSet<Did>([.. now.Delegates, .. known.Trusted]),
            detectedBy, seenAt);

    private static void Add(List<StreamChange> changes, string key, PatchId? patch, (Events Events, OutgoingMessages Messages) decided)
    {
        if (decided.Events.Count > 0 || decided.Messages.Count > 0) changes.Add(
            new StreamChange(key, patch, decided.Events, decided.Messages));
    }
}
