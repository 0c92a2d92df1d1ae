using Auxo.Contracts;
using Auxo.Git;
using Auxo.Ingest.Commits;
using Auxo.Ingest.Recording;
using Auxo.Ingest.Tracking;
using Auxo.Radicle;

namespace Auxo.Ingest.Scanning;

/// <summary>A repository in Radicle's storage. What comes out of it was signed by whom it names.</summary>
public sealed class RadicleSource(RadicleRepository repository) : RepositorySource(repository.Path)
{
    private const int MaxOthers = 50;

    /// <summary>The reader, for those who write comments.</summary>
    public RadicleRepository Repository { get; } = repository;

    /// <summary>
    /// The node tells of a push when all of it is done, and of a push that no peer wants it tells nothing. So what a push of this machine
    /// writes is watched: the signature of its refs, and the canonical branches. What others push comes through the node.
    /// </summary>
    public override async Task<IDisposable> ListenAsync(Action changed, CancellationToken ct)
    {
        var refs = System.IO.Path.Combine(Path, "refs");
        List<RefsPlace> places = [new RefsPlace(System.IO.Path.Combine(refs, "heads"), "*", IsDeep: true)];
        if (await OwnAsync(ct) is { } own)
            places.Add(new RefsPlace(System.IO.Path.Combine(refs, "namespaces", own.Nid, "refs", "rad"), "sigrefs"));
        return new RefsWatcher(places, changed);
    }

    /// <summary>Whose profile the storage belongs to; null when it does not say.</summary>
    private async Task<Did?> OwnAsync(CancellationToken ct)
    {
        try
        {
            return RadicleHome.OfRepository(Path) is { } home ? await RadProgram.OwnerAsync(home, ct) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The profile is somebody else's: his pushes come by the node's events and by the sweep.
            return null;
        }
    }

    /// <inheritdoc/>
    public override async Task<string?> StampAsync(CancellationToken ct)
    {
        try
        {
            return await Repository.StampAsync(ct);
        }
        catch (Exception e) when (e is CobFormatException or GitException or IOException)
        {
            throw new SourceUnreadableException($"{Path} cannot be read: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public override async Task<RepositorySnapshot> ReadAsync(KnownRepository known, CancellationToken ct)
    {
        try
        {
            var identity = await Repository.ReadIdentityAsync(ct);
            var reading = await Repository.ReadPatchesAsync(ct);
            var problems = reading.Broken.Select(b
                => new TipProblem("patch", b.Id.Value, null, WhyNotBuilt.Unreadable(b.Reason))).ToList();
            var branches = await BranchAsync(identity, known, reading.Patches, problems, ct);
            var ahead = await MergedAheadAsync(branches, known, reading.Patches, ct);
            var patches = new List<PatchSnapshot>(reading.Patches.Count);
            foreach (var patch in reading.Patches) patches.Add(
                await PatchAsync(patch, known.Patches.GetValueOrDefault(patch.Id), ahead, problems, ct));
            return new RepositorySnapshot(identity.Name, identity.DefaultBranch ?? "", identity.Delegates, branches, patches, problems)
            {
                IsPrivate = identity.Document.IsPrivate,
            };
        }
        catch (Exception e) when (e is CobFormatException or GitException or IOException)
        {
            throw new SourceUnreadableException($"{Path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>
    /// Those of delegates and trusted people, whose pushes somebody waits for; what the default branch contains is built already.
    /// </summary>
    public override async Task<IReadOnlyList<TipProblem>> OtherBranchesAsync(Repository known, CancellationToken ct)
    {
        try
        {
            var trusted = new HashSet<Did>([.. known.Delegates, .. known.Trusted]);
            var others = (await Repository.BranchesAsync(ct)).Where(b => b.Name != known.DefaultBranch && trusted.Contains(b.Owner))
                .Select(static b => (b.Name, b.Head)).Distinct().ToList();
            if (others.Count == 0) return [];
            IReadOnlyList<CommitId> built = await Repository.CanonicalHeadAsync(ct) is { } head
                ? await Repository.ContainedAsync(head, [.. others.Select(static b => b.Head).Distinct()], ct)
                : [];
            return [.. others.Where(b => !built.Contains(b.Head)).OrderBy(static b => b.Name, StringComparer.Ordinal).Take(MaxOthers)
                .Select(static b => new TipProblem("branch", b.Name, b.Head, WhyNotBuilt.OtherBranch))];
        }
        catch (Exception e) when (e is CobFormatException or GitException or IOException)
        {
            throw new SourceUnreadableException($"{Path} cannot be read: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public override async Task<bool> HasCommitAsync(CommitId commit, CancellationToken ct)
    {
        try
        {
            return await Repository.ReadCommitAsync(commit, ct) is not null;
        }
        catch (CobFormatException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => Repository.DisposeAsync();

    private async Task<IReadOnlyList<BranchSnapshot>> BranchAsync(
        RadicleIdentity identity, KnownRepository known, IReadOnlyList<RadiclePatch> patches,
        List<TipProblem> problems, CancellationToken ct)
    {
        if (identity.DefaultBranch is not { } branch)
        {
            problems.Add(new TipProblem("branch", "", null, WhyNotBuilt.NoProject));
            return [];
        }

        if (await Repository.CanonicalHeadAsync(ct) is not { } head)
        {
            problems.Add(new TipProblem("branch", branch, null, WhyNotBuilt.NoCanonicalHead(branch)));
            return [];
        }

        var old = known.Repository.Tip(branch)?.Commit;
        if (old == head) return [new BranchSnapshot(branch, head, "", null, default, [])];
        if (await Repository.ReadCommitAsync(head, ct) is not { } commit)
        {
            problems.Add(new TipProblem("branch", branch, head, WhyNotBuilt.NoHead(head, branch)));
            return [];
        }

        var pushers = await Repository.DelegatesAtAsync(head, ct);
        var contained = await NewlyContainedAsync(old, head, patches, ct);
        return [new BranchSnapshot(
            branch, head, commit.Title, pushers.Count > 0 ? pushers[0] : null, commit.CommittedAt, contained,
            await BroughtReader.ReadAsync(Path, old, head, ct))];
    }

    /// <summary>
    /// The patches that the new head contains and the old one did not. At the first sight of a branch there is no old one, and
    /// nothing is new.
    /// </summary>
    private async Task<IReadOnlyList<(PatchId, RevisionId)>> NewlyContainedAsync(
        CommitId? old, CommitId head, IReadOnlyList<RadiclePatch> patches, CancellationToken ct)
    {
        if (old is not { } before) return [];
        var revisions = patches.SelectMany(p => p.Revisions.Where(r => !r.Redacted).Select(r => (p.Id, Revision: r))).ToList();
        var heads = revisions.Select(r => r.Revision.Head).ToHashSet();
        var contained = (await Repository.ContainedAsync(head, heads, ct)).ToHashSet();
        contained.ExceptWith(await Repository.ContainedAsync(before, contained.ToArray(), ct));
        return [.. revisions.Where(r => contained.Contains(r.Revision.Head)).Select(r => (r.Id, r.Revision.Id))];
    }

    /// <summary>The commits of merges that nobody was told of yet and that the default branch does not contain.</summary>
    private async Task<IReadOnlySet<CommitId>> MergedAheadAsync(
        IReadOnlyList<BranchSnapshot> branches, KnownRepository known, IReadOnlyList<RadiclePatch> patches, CancellationToken ct)
    {
        // At the first sight of a repository nobody is told of its merges.
        if (branches is not [{ Head: var head, Name: var branch }] || known.Repository.Tip(branch) is null) return new HashSet<CommitId>();
        var merged = patches.Where(p => known.Patches.GetValueOrDefault(p.Id)?.MergedAs is null)
            .Select(static p => p.State is { Status: PatchStatus.Merged, Commit: { } commit } ? commit : (CommitId?)null)
            .OfType<CommitId>().ToHashSet();
        if (merged.Count > 0) merged.ExceptWith(await Repository.ContainedAsync(head, merged, ct));
        return merged;
    }

    private async Task<PatchSnapshot> PatchAsync(
        RadiclePatch patch, Patch? known, IReadOnlySet<CommitId> ahead, List<TipProblem> problems, CancellationToken ct)
    {
        var standing = patch.Revisions.Where(r => !r.Redacted).ToList();
        var anythingNew = standing.Exists(r => known?.Find(r.Id) is null or { Disposition: RevisionDisposition.Deferred });
        var revisions = new List<RevisionSnapshot>(standing.Count);
        DateTimeOffset? earliest = null;
        foreach (var revision in standing)
        {
            var here = known?.Find(revision.Id) is { IsSettled: true } || await HasCommitAsync(revision.Head, ct);
            if (!here)
                problems.Add(new TipProblem("patch", patch.Id.Value, revision.Head, WhyNotBuilt.NoCommit(revision.Head, revision.Id)));
            if (anythingNew && here && await Repository.EarliestAuthoredAtAsync(revision.Base, revision.Head, ct) is { } authored
                && !(earliest <= authored)) earliest = authored;
            revisions.Add(new RevisionSnapshot(
                revision.Id, revision.Author, revision.AuthorAlias, revision.Base, revision.Head, revision.At, here));
        }

        return new PatchSnapshot(
            patch.Id, patch.Title, patch.Author, patch.State.Status, patch.OpenedAt, revisions, Merge(patch, ahead), earliest)
        {
            Needs = patch.State.Status is PatchStatus.Open or PatchStatus.Draft ? DependsOn.Of(patch) : PatchNeeds.None,
        };
    }

    private static MergeSnapshot? Merge(RadiclePatch patch, IReadOnlySet<CommitId> ahead)
    {
        if (patch.State is not { Status: PatchStatus.Merged, Commit: { } commit } state) return null;
        var by = patch.Merges.Where(m => m.Commit == commit && m.Revision == state.Revision).OrderBy(m => m.At).FirstOrDefault();
        return new MergeSnapshot(state.Revision, commit, by?.Delegate, by?.At ?? patch.OpenedAt, Signed: true)
        {
            IsInBranch = !ahead.Contains(commit),
        };
    }
}
