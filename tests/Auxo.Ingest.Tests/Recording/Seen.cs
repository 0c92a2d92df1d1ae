using System.Security.Cryptography;
using System.Text;

using Auxo.Contracts;
using Auxo.Ingest.Recording;
using Auxo.Ingest.Scanning;
using Auxo.Ingest.Tracking;
using Auxo.Radicle;

namespace Auxo.Ingest.Tests.Recording;

/// <summary>Words for tests of decisions: people, commits, patches, and a world that remembers what was decided.</summary>
internal static class Seen
{
    public static readonly Did Alice = Did.Parse("did:key:z6MktULudTtAsAhRegYPiZ6631RV3viv12qd4GQF8z1xB22S");
    public static readonly Did Bob = Did.Parse("did:key:z6MkqGC3nWZhYieEVTVDKW5v588CiGfsDSmRVG9ZwwWTvLSK");
    public static readonly Did Carol = Did.Parse("did:key:z6Mkg49NtQR2LyYRDCQFK4w1VVHqhypZSSRo7HsyuN7SV7v5");
    public static readonly Rid Rid = Rid.Parse("rad:z3FncxVBpRsxNgBiagEzr4ZRcGhW7");
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static CommitId Commit(string name)
#pragma warning disable CA5350 // git's object ids are SHA-1
        => CommitId.Parse(Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(name))));
#pragma warning restore CA5350

    public static RevisionSnapshot Revision(string name, Did by, bool here = true)
        => new(RevisionId.Parse(Commit(name).Value), by, null, Commit("base"), Commit("head of " + name), Noon.AddMinutes(-5), here);

    public static PatchSnapshot Patch(string name, Did by, PatchStatus status, params RevisionSnapshot[] revisions)
        => new(PatchId.Parse(Commit(name).Value), name, by, status, Noon.AddMinutes(-10), revisions, null, Noon.AddMinutes(-30));

    public static PatchSnapshot Merged(this PatchSnapshot patch)
        => patch with { Status = PatchStatus.Merged, Merge = new MergeSnapshot(
            patch.Revisions[^1].Id, patch.Revisions[^1].Head, Alice, Noon.AddMinutes(-1), Signed: true) };

    public static RepositorySnapshot Repository(string head, params PatchSnapshot[] patches)
        => new("demo", "main", [Alice], [new BranchSnapshot("main", Commit(head), head, Alice, Noon.AddMinutes(-2), [])], patches, []);
}

/// <summary>Remembers what the decisions add, as the event store does.</summary>
internal sealed class World
{
    private Repository _repository = new();
    private Dictionary<PatchId, Patch> _patches = [];

    /// <summary>All messages so far.</summary>
    public List<object> Messages { get; } = [];

    public KnownRepository Known => new(_repository, _patches);

    public static World Tracking(RepositorySnapshot now, params Did[] trusted)
    {
        var world = new World();
        var tracked = new RepositoryEvent.Tracked(
            Seen.Rid, now.Name, RepositoryKind.Radicle, RepositoryLocator.OfFolder("/storage"),
            now.DefaultBranch, [], now.Delegates, trusted, Seen.Noon);
        world.Keep(Observe.Baseline(null, world._patches, tracked, now));
        return world;
    }

    /// <summary>One scan; returns the messages that it sends.</summary>
    public IReadOnlyList<object> Scan(RepositorySnapshot now, DetectedBy detectedBy = DetectedBy.Sweep)
        => Keep(Observe.Decide(Known, now, detectedBy, Seen.Noon));

    public Patch? Find(PatchSnapshot patch) => _patches.GetValueOrDefault(patch.Id);

    private List<object> Keep(IReadOnlyList<StreamChange> changes)
    {
        _patches = new Dictionary<PatchId, Patch>(_patches);
        foreach (var change in changes)
        {
            foreach (var e in change.Events)
            {
                if (e is RepositoryEvent r) _repository = _repository.Apply(r);
                else _patches[change.Patch!.Value] = (_patches.GetValueOrDefault(change.Patch.Value) ?? new Patch()).Apply((PatchEvent)e);
            }
        }

        var sent = changes.SelectMany(c => c.Messages).ToList();
        Messages.AddRange(sent);
        return sent;
    }
}
