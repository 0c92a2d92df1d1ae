using System.Collections.Concurrent;

using Auxo.Contracts;
using Auxo.Git;

namespace Auxo.Radicle;

/// <summary>A folder is no repository in Radicle's layout.</summary>
public sealed class NotRadicleException(string path, string reason) : Exception($"{path} is no Radicle repository: {reason}");

/// <summary>Patches, and what could not be read.</summary>
/// <param name="Patches">In no particular order.</param>
/// <param name="Broken">Patches whose operations make no patch, and why.</param>
public sealed record PatchesReading(IReadOnlyList<RadiclePatch> Patches, IReadOnlyList<(PatchId Id, string Reason)> Broken);

/// <summary>
/// Reads one repository of Radicle's storage with git alone and believes only what is signed: the signed refs of each namespace
/// say where its tips are, each operation carries its author's signature, and the identity follows from the repository's id.
/// Safe for concurrent use. Once warm, reading a patch starts no process.
/// </summary>
public sealed class RadicleRepository : IAsyncDisposable
{
    private const int MaxPatches = 50_000;

    /// <summary>So many patches are read and put together at a time: their operations are in memory meanwhile.</summary>
    private const int PatchesAtOnce = 500;

    private const int MostJobs = 50_000;
    private readonly ConcurrentDictionary<CommitId, IReadOnlyList<CommitId>> _jobParents = new();
    private readonly CobStore _store;
    private readonly TrustedRefsReader _trusted;
    private readonly Ancestry _ancestry;
    private readonly CommitHistory _history;
    private readonly ConcurrentDictionary<CommitId, (string Key, RadiclePatch Patch)> _patches = new();

    private RadicleRepository(string path)
    {
        Path = path;
        _store = new CobStore(new GitObjects(path));
        _trusted = new TrustedRefsReader(path, _store);
        _ancestry = new Ancestry(_store);
        _history = new CommitHistory(_store);
    }

    /// <summary>The bare repository's path.</summary>
    public string Path { get; }

    /// <summary>The repository's id, computed from its first identity document.</summary>
    public Rid Rid { get; private set; }

    /// <summary>For further objects; one reader serves everything.</summary>
    public GitObjects Objects => _store.Objects;

    /// <summary>Opens a repository, such as <c>$RAD_HOME/storage/z3Fnc…</c>.</summary>
    /// <exception cref="NotRadicleException">It has no readable identity, or is not the repository that its folder's name says.</exception>
    public static async Task<RadicleRepository> OpenAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(System.IO.Path.Combine(path, "HEAD"))) throw new NotRadicleException(path, "it is no bare git repository.");
        var repository = new RadicleRepository(path);
        try
        {
            repository.Rid = (await repository.ReadIdentityAsync(cancellationToken)).Rid;
            var folder = System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(path));
            if (Rid.TryParse(folder, provider: null, out var named) && named != repository.Rid)
                throw new NotRadicleException(path, $"its content is that of {repository.Rid}.");
            return repository;
        }
        catch (Exception e)
        {
            await repository.DisposeAsync();
            if (e is CobFormatException or GitException) throw new NotRadicleException(path, e.Message);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _store.Objects.DisposeAsync();

    /// <summary>The identity that holds now.</summary>
    /// <exception cref="CobFormatException">It is damaged.</exception>
    public async Task<RadicleIdentity> ReadIdentityAsync(CancellationToken cancellationToken)
        => (await _trusted.ReadAsync(cancellationToken)).Identity;

    /// <summary>
    /// A text that stays the same for as long as nobody signs anything new, nobody's signature comes or goes, and no canonical branch
    /// moves. Starts no process once it is warm.
    /// </summary>
    /// <exception cref="CobFormatException">The identity is damaged.</exception>
    public async Task<string> StampAsync(CancellationToken cancellationToken)
    {
        var trusted = await _trusted.ReadAsync(cancellationToken);
        return string.Join(' ', [
            trusted.Canonical.Value, (await CanonicalHeadAsync(cancellationToken))?.Value ?? "none",
            .. trusted.Signed.Select(static signed => $"{signed.Owner.Nid}={signed.At}").Order(StringComparer.Ordinal),
            .. trusted.Problems.Select(static problem => $"{problem.Name}!{problem.Reason}").Order(StringComparer.Ordinal)]);
    }

    /// <summary>A patch; null when nobody who signed has it.</summary>
    /// <exception cref="CobFormatException">Its operations make no patch.</exception>
    public async Task<RadiclePatch?> ReadPatchAsync(PatchId id, CancellationToken cancellationToken)
        => One(await ReadPatchesAsync(
            [CommitId.Parse(id.Value)], await _trusted.ReadAsync(cancellationToken), alsoTip: null, cancellationToken));

    /// <summary>
    /// A patch with what <paramref name="own"/> has written but not signed yet, as an interrupted <c>rad</c> leaves it; the
    /// next signature of that key makes it valid. Null when there is no such patch.
    /// </summary>
    /// <exception cref="CobFormatException">Its operations make no patch.</exception>
    public async Task<RadiclePatch?> ReadPatchWithUnsignedAsync(PatchId id, Did own, CancellationToken cancellationToken)
    {
        var tip = await _store.CommitAsync($"refs/namespaces/{own.Nid}/refs/cobs/{CobTypes.Patch}/{id}", cancellationToken);
        return One(await ReadPatchesAsync(
            [CommitId.Parse(id.Value)], await _trusted.ReadAsync(cancellationToken), tip?.Id, cancellationToken));
    }

    /// <summary>All patches. A broken one is reported and stops nothing.</summary>
    public async Task<PatchesReading> ReadPatchesAsync(CancellationToken cancellationToken)
    {
        var trusted = await _trusted.ReadAsync(cancellationToken);
        return await ReadPatchesAsync(trusted.Ids(CobTypes.Patch), trusted, alsoTip: null, cancellationToken);
    }

    /// <summary>A job; null when nobody who signed has it.</summary>
    /// <exception cref="CobFormatException">Its operations make no job.</exception>
    public async Task<RadicleJob?> ReadJobAsync(CommitId id, CancellationToken cancellationToken)
        => await LoadAsync(id, CobTypes.Job, await _trusted.ReadAsync(cancellationToken), cancellationToken) is { Count: > 0 } operations
            ? RadicleJob.Fold(id, operations)
            : null;

    /// <summary>
    /// The jobs of a commit. A job's id is its first operation, which has the commit among its parents, so of other jobs nothing more
    /// is read.
    /// </summary>
    public async Task<IReadOnlyList<RadicleJob>> ReadJobsOfAsync(CommitId commit, CancellationToken cancellationToken)
    {
        var jobs = new List<RadicleJob>();
        foreach (var id in await ListAsync(CobTypes.Job, cancellationToken))
        {
            try
            {
                if ((await FirstParentsAsync(id, cancellationToken)).Contains(commit)
                    && await ReadJobAsync(id, cancellationToken) is { } job && job.Commit == commit) jobs.Add(job);
            }
            catch (CobFormatException)
            {
                // Anybody may write a broken one; it is none of this commit's.
            }
        }

        return jobs;
    }

    private async Task<IReadOnlyList<CommitId>> FirstParentsAsync(CommitId job, CancellationToken cancellationToken)
    {
        if (_jobParents.TryGetValue(job, out var known)) return known;
        if (await ReadCommitAsync(job, cancellationToken) is not { } first) return [];
        if (_jobParents.Count > MostJobs) _jobParents.Clear();
        return _jobParents[job] = first.Parents;
    }

    /// <summary>The ids of all objects of a type that somebody signed, such as <see cref="CobTypes.Job"/>.</summary>
    public async Task<IReadOnlyList<CommitId>> ListAsync(string typeName, CancellationToken cancellationToken)
        => (await _trusted.ReadAsync(cancellationToken)).Ids(typeName);

    /// <summary>The operations of an object, unreadable ones left out; for those who look closer.</summary>
    internal async Task<IReadOnlyList<CobOperation>> ReadOperationsAsync(string typeName, CommitId id, CancellationToken cancellationToken)
        => await LoadAsync(id, typeName, await _trusted.ReadAsync(cancellationToken), cancellationToken);

    /// <summary>What everything that is written builds on.</summary>
    internal async Task<WritingBasis> ReadBasisAsync(Did own, CancellationToken cancellationToken)
    {
        var trusted = await _trusted.ReadAsync(cancellationToken);
        var level = trusted.Signed.FirstOrDefault(signed => signed.Owner == own)?.Level
            ?? trusted.Signed.Select(static signed => signed.Level).DefaultIfEmpty(SignedRefsLevel.Root).Max();
        return new WritingBasis(trusted.Identity.Root, trusted.Canonical, level);
    }

    /// <summary>
    /// The newest operations of an object that count: what the next one builds on. One that builds on a dropped operation would be dropped
    /// with it.
    /// </summary>
    /// <param name="typeName">Such as <see cref="CobTypes.Patch"/>.</param>
    /// <param name="id">The object.</param>
    /// <param name="ownTip">What the writer's key has there, signed or not.</param>
    /// <param name="dropped">What does not count.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    internal async Task<IReadOnlyList<CommitId>> ReadNewestAsync(
        string typeName, CommitId id, CommitId? ownTip, IReadOnlyList<DroppedOperation> dropped, CancellationToken cancellationToken)
    {
        var tips = (await _trusted.ReadAsync(cancellationToken)).Tips(typeName, id);
        var load = await _store.LoadAsync(ownTip is { } tip ? tips.Append(tip).Distinct() : tips, cancellationToken);
        var refused = dropped.Select(static operation => operation.Id).ToHashSet();
        var standing = load.Operations.Where(operation => !refused.Contains(operation.Id)).ToList();
        var before = standing.SelectMany(static operation => operation.Parents).ToHashSet();
        return [.. standing.Select(static operation => operation.Id).Where(operation => !before.Contains(operation))
            .OrderBy(static operation => operation.Value, StringComparer.Ordinal)];
    }

    /// <summary>
    /// The canonical default branch's head, as the node computed it from its delegates' branches; null when there is none.
    /// </summary>
    public async Task<CommitId?> CanonicalHeadAsync(CancellationToken cancellationToken)
        => (await _trusted.IdentityAsync(cancellationToken)).DefaultBranch is { } branch
            ? LooseRef.Read(Path, $"refs/heads/{branch}") ?? (await _store.CommitAsync($"refs/heads/{branch}", cancellationToken))?.Id
            : null;

    /// <summary>A commit of the code; null when it is not here.</summary>
    /// <exception cref="CobFormatException">It is damaged.</exception>
    public async Task<CommitObject?> ReadCommitAsync(CommitId id, CancellationToken cancellationToken)
        => (await _store.CommitAsync(id.Value, cancellationToken))?.Commit;

    /// <summary>
    /// The earliest author time among the commits after <paramref name="base"/> up to <paramref name="head"/>; null when there
    /// are none here.
    /// </summary>
    /// <exception cref="CobFormatException">A commit is damaged.</exception>
    public Task<DateTimeOffset?> EarliestAuthoredAtAsync(CommitId @base, CommitId head, CancellationToken cancellationToken)
        => _history.EarliestAuthoredAtAsync(@base, head, cancellationToken);

    /// <summary>
    /// Those of <paramref name="commits"/> that <paramref name="head"/> contains, itself included. Answers are remembered.
    /// </summary>
    public Task<IReadOnlyList<CommitId>> ContainedAsync(
        CommitId head, IReadOnlyCollection<CommitId> commits, CancellationToken cancellationToken)
        => _ancestry.ContainedAsync(head, commits, cancellationToken);

    /// <summary>The delegates whose signed default branch is at this commit: for the canonical head, who pushed it.</summary>
    public async Task<IReadOnlyList<Did>> DelegatesAtAsync(CommitId head, CancellationToken cancellationToken)
    {
        var trusted = await _trusted.ReadAsync(cancellationToken);
        return [.. trusted.Identity.Delegates.Where(d => trusted.DelegateHeads.TryGetValue(d, out var at) && at == head)];
    }

    /// <summary>The branches of all namespaces as their owners signed them, without those that <c>rad</c> keeps for patches.</summary>
    public async Task<IReadOnlyList<(Did Owner, string Name, CommitId Head)>> BranchesAsync(CancellationToken cancellationToken)
    {
        const string heads = "refs/heads/", patches = heads + "patches/";
        return [
            .. from signed in (await _trusted.ReadAsync(cancellationToken)).Signed
               from branch in signed.Refs
               where branch.Key.StartsWith(heads, StringComparison.Ordinal) && !branch.Key.StartsWith(patches, StringComparison.Ordinal)
               select (signed.Owner, branch.Key[heads.Length..], branch.Value)];
    }

    /// <summary>All refs, and which of them are believed. Starts one process.</summary>
    public async Task<RadicleRefs> ReadRefsAsync(CancellationToken cancellationToken)
    {
        var listed = await GitTree.RefsAsync(Path, "refs/", cancellationToken);
        var all = listed.ToDictionary(r => r.Key, r => CommitId.Parse(r.Value), StringComparer.Ordinal);
        var trusted = await _trusted.ReadAsync(cancellationToken);
        return new RadicleRefs(all, trusted.Signed.ToDictionary(s => s.Owner),
            [.. trusted.Problems, .. RefAudit.Unsigned(all, trusted.Signed)]);
    }

    /// <summary>What the owner of a namespace changed with one signature; the node's event names the commit.</summary>
    /// <returns>Null when the commit is not here or not signed by the owner.</returns>
    public async Task<IReadOnlyList<RefChange>?> ReadChangesAsync(Did owner, CommitId signedRefs, CancellationToken cancellationToken)
    {
        try
        {
            if (await _trusted.SignedAsync(owner, signedRefs.Value, cancellationToken) is not { } now) return null;
            var parent = (await _store.CommitAsync(signedRefs.Value, cancellationToken))?.Commit.Parents is [var p, ..]
                ? p
                : default(CommitId?);
            return now.ChangesSince(parent is { } id ? await _trusted.SignedAsync(owner, id.Value, cancellationToken) : null);
        }
        catch (CobFormatException)
        {
            return null;
        }
    }

    private async Task<PatchesReading> ReadPatchesAsync(
        IReadOnlyList<CommitId> ids, TrustedRefs trusted, CommitId? alsoTip, CancellationToken cancellationToken)
    {
        var patches = new List<RadiclePatch>();
        var broken = new List<(PatchId, string)>();
        var unread = new List<(CommitId Id, string Key, CommitId[] Tips)>();
        var basis = string.Join(' ', trusted.DelegateHeads.Values.Append(trusted.Identity.Current)
            .Select(c => c.Value).Order(StringComparer.Ordinal));
        foreach (var id in ids)
        {
            CommitId[] tips = [.. trusted.Tips(CobTypes.Patch, id), .. alsoTip is { } tip ? [tip] : Array.Empty<CommitId>()];
            if (tips.Length == 0) continue;
            var key = basis + " " + string.Join(' ', tips.Select(t => t.Value).Order(StringComparer.Ordinal));
            if (_patches.TryGetValue(id, out var known) && known.Key == key) patches.Add(known.Patch);
            else unread.Add((id, key, tips));
        }

        if (_patches.Count > MaxPatches) _patches.Clear();
        foreach (var part in unread.Chunk(PatchesAtOnce)) await ReadPatchesAsync(part, trusted, patches, broken, cancellationToken);
        return new PatchesReading(patches, broken);
    }

    private async Task ReadPatchesAsync(
        (CommitId Id, string Key, CommitId[] Tips)[] unread, TrustedRefs trusted, List<RadiclePatch> patches,
        List<(PatchId, string)> broken, CancellationToken cancellationToken)
    {
        // For one, asking one after the other is as quick.
        if (unread.Length > 1) await _store.ReadAheadAsync(unread.SelectMany(static patch => patch.Tips), cancellationToken);
        var open = new List<(CommitId Id, string Key, CobLoad Load)>();
        foreach (var (id, key, tips) in unread)
        {
            var load = await _store.LoadAsync(tips, cancellationToken);
            if (load.Operations.Count > 0) open.Add((id, key, load));
        }

        if (open.Count == 0) return;
        var merged = await TrueMergesAsync(open.SelectMany(o => PatchFold.ClaimedMerges(o.Load.Operations)), trusted, cancellationToken);
        var context = new PatchContext(trusted.Identity.Accepted, merged);
        foreach (var (id, key, load) in open)
        {
            try
            {
                var patch = PatchFold.Fold(id, load.Operations, context);
                patches.Add(patch);

                // What could not be read may be here the next time.
                if (load.Problems.Count == 0) _patches[id] = (key, patch);
            }
            catch (CobFormatException e)
            {
                broken.Add((PatchId.Parse(id.Value), e.Message));
            }
        }
    }

    private static RadiclePatch? One(PatchesReading reading)
        => reading.Broken is [var (_, reason)] ? throw new CobFormatException(reason) : reading.Patches is [var patch] ? patch : null;

    private async Task<IReadOnlyList<CobOperation>> LoadAsync(
        CommitId id, string typeName, TrustedRefs trusted, CancellationToken cancellationToken)
        => (await _store.LoadAsync(trusted.Tips(typeName, id), cancellationToken)).Operations;

    /// <summary>Those of the claimed merges whose commit is contained in that delegate's default branch as he signed it.</summary>
    private async Task<IReadOnlySet<(Did, CommitId)>> TrueMergesAsync(
        IEnumerable<(Did Delegate, CommitId Commit)> claims, TrustedRefs trusted, CancellationToken cancellationToken)
    {
        var found = new HashSet<(Did, CommitId)>();
        foreach (var group in claims.Where(c => trusted.DelegateHeads.ContainsKey(c.Delegate))
            .Distinct().GroupBy(c => c.Delegate, c => c.Commit))
        {
            foreach (var commit in await _ancestry.ContainedAsync(trusted.DelegateHeads[group.Key], [.. group],
                cancellationToken)) found.Add((group.Key, commit));
        }

        return found;
    }
}
