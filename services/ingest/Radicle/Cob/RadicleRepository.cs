using System.Collections.Concurrent;

using Auxo.Contracts;
using Auxo.Git;

namespace Auxo.Ingest.Radicle.Cob;

/// <summary>A folder is no repository in Radicle's layout.</summary>
public sealed class NotRadicleException(string path, string reason) : Exception($"{path} is no Radicle repository: {reason}");

/// <summary>Patches, and what could not be read.</summary>
/// <param name="Patches">In no particular order.</param>
/// <param name="Broken">Patches whose operations make no patch, and why.</param>
public sealed record PatchesReading(IReadOnlyList<RadiclePatch> Patches, IReadOnlyList<(PatchId Id, string Reason)> Broken);

/// <summary>
/// Reads one repository of Radicle's storage with git alone and believes only what is signed: the signed refs of each namespace say where its tips
/// are, each operation carries its author's signature, and the identity follows from the repository's id. Safe for concurrent use. Once warm, reading
/// a patch starts no process.
/// </summary>
public sealed class RadicleRepository : IAsyncDisposable
{
    private const int MaxAncestryAnswers = 20_000;
    private const int MaxIdentities = 16;
    private readonly CobStore _store;
    private readonly Namespaces _namespaces;
    private readonly OperationCache<SignedRefs> _signedRefs = new(512);
    private readonly ConcurrentDictionary<(CommitId Head, CommitId Commit), bool> _ancestry = new();
    private readonly ConcurrentDictionary<string, RadicleIdentity> _identities = new(StringComparer.Ordinal);

    private RadicleRepository(string path)
    {
        Path = path;
        _store = new CobStore(new GitObjects(path));
        _namespaces = new Namespaces(path);
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
        catch (Exception e) when (e is CobFormatException or NotRadicleException)
        {
            await repository.DisposeAsync();
            throw e as NotRadicleException ?? new NotRadicleException(path, e.Message);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _store.Objects.DisposeAsync();

    /// <summary>The identity that holds now.</summary>
    /// <exception cref="CobFormatException">It is damaged.</exception>
    public async Task<RadicleIdentity> ReadIdentityAsync(CancellationToken cancellationToken)
        => (await ReadSignedAsync(cancellationToken)).Identity;

    /// <summary>A patch; null when nobody who signed has it.</summary>
    /// <exception cref="CobFormatException">Its operations make no patch.</exception>
    public async Task<RadiclePatch?> ReadPatchAsync(PatchId id, CancellationToken cancellationToken)
    {
        var (identity, signed) = await ReadSignedAsync(cancellationToken);
        return await ReadPatchAsync(CommitId.Parse(id.Value), identity, signed, alsoTip: null, cancellationToken);
    }

    /// <summary>
    /// A patch with what <paramref name="own"/> has written but not signed yet, as an interrupted <c>rad</c> leaves it; the next signature of that key
    /// makes it valid. Null when there is no such patch.
    /// </summary>
    /// <exception cref="CobFormatException">Its operations make no patch.</exception>
    public async Task<RadiclePatch?> ReadPatchWithUnsignedAsync(PatchId id, Did own, CancellationToken cancellationToken)
    {
        var (identity, signed) = await ReadSignedAsync(cancellationToken);
        var tip = await _store.CommitAsync($"refs/namespaces/{own.Nid}/refs/cobs/{CobTypes.Patch}/{id}", cancellationToken);
        return await ReadPatchAsync(CommitId.Parse(id.Value), identity, signed, tip?.Id, cancellationToken);
    }

    /// <summary>All patches. A broken one is reported and stops nothing.</summary>
    public async Task<PatchesReading> ReadPatchesAsync(CancellationToken cancellationToken)
    {
        var (identity, signed) = await ReadSignedAsync(cancellationToken);
        var patches = new List<RadiclePatch>();
        var broken = new List<(PatchId, string)>();
        foreach (var id in Ids(signed, CobTypes.Patch))
        {
            try
            {
                if (await ReadPatchAsync(id, identity, signed, alsoTip: null, cancellationToken) is { } patch) patches.Add(patch);
            }
            catch (CobFormatException e)
            {
                broken.Add((PatchId.Parse(id.Value), e.Message));
            }
        }

        return new PatchesReading(patches, broken);
    }

    /// <summary>An issue; null when nobody who signed has it.</summary>
    /// <exception cref="CobFormatException">Its operations make no issue.</exception>
    public async Task<RadicleIssue?> ReadIssueAsync(CommitId id, CancellationToken cancellationToken)
    {
        var (identity, signed) = await ReadSignedAsync(cancellationToken);
        return await LoadAsync(id, CobTypes.Issue, signed, cancellationToken) is { Count: > 0 } operations
            ? IssueFold.Fold(id, operations, new PatchContext(identity.Accepted, new HashSet<(Did, CommitId)>()))
            : null;
    }

    /// <summary>A job; null when nobody who signed has it.</summary>
    /// <exception cref="CobFormatException">Its operations make no job.</exception>
    public async Task<RadicleJob?> ReadJobAsync(CommitId id, CancellationToken cancellationToken)
    {
        var (_, signed) = await ReadSignedAsync(cancellationToken);
        return await LoadAsync(id, CobTypes.Job, signed, cancellationToken) is { Count: > 0 } operations ? RadicleJob.Fold(id, operations) : null;
    }

    /// <summary>The ids of all objects of a type that somebody signed, such as <see cref="CobTypes.Job"/>.</summary>
    public async Task<IReadOnlyList<CommitId>> ListAsync(string typeName, CancellationToken cancellationToken)
        => Ids((await ReadSignedAsync(cancellationToken)).Signed, typeName);

    /// <summary>The operations of an object, broken ones left out; for those who look closer.</summary>
    public async Task<IReadOnlyList<CobOperation>> ReadOperationsAsync(string typeName, CommitId id, CancellationToken cancellationToken)
        => await LoadAsync(id, typeName, (await ReadSignedAsync(cancellationToken)).Signed, cancellationToken) ?? [];

    /// <summary>The canonical default branch's head, as the node computed it from its delegates' branches; null when there is none.</summary>
    public async Task<CommitId?> CanonicalHeadAsync(CancellationToken cancellationToken)
        => (await ReadIdentityAsync(cancellationToken)).DefaultBranch is { } branch
            ? (await _store.CommitAsync($"refs/heads/{branch}", cancellationToken))?.Id
            : null;

    /// <summary>A commit of the code; null when it is not here.</summary>
    /// <exception cref="CobFormatException">It is damaged.</exception>
    public async Task<CommitObject?> ReadCommitAsync(CommitId id, CancellationToken cancellationToken)
        => (await _store.CommitAsync(id.Value, cancellationToken))?.Commit;

    /// <summary>All refs, and which of them are believed. Starts one process.</summary>
    public async Task<RadicleRefs> ReadRefsAsync(CancellationToken cancellationToken)
    {
        var listed = await GitTree.RefsAsync(Path, "refs/", cancellationToken);
        var all = listed.ToDictionary(r => r.Key, r => CommitId.Parse(r.Value), StringComparer.Ordinal);
        var (_, signed, problems) = await ReadSignedWithProblemsAsync(cancellationToken);
        return new RadicleRefs(all, signed.ToDictionary(s => s.Owner), [.. problems, .. RefAudit.Unsigned(all, signed)]);
    }

    /// <summary>What the owner of a namespace changed with one signature; the node's event names the commit.</summary>
    /// <returns>Null when the commit is not here or not signed by the owner.</returns>
    public async Task<IReadOnlyList<RefChange>?> ReadChangesAsync(Did owner, CommitId signedRefs, CancellationToken cancellationToken)
    {
        try
        {
            if (await ReadSignedRefsAsync(owner, signedRefs.Value, cancellationToken) is not { } now) return null;
            var parent = (await _store.CommitAsync(signedRefs.Value, cancellationToken))?.Commit.Parents is [var p, ..] ? p : default(CommitId?);
            return now.ChangesSince(parent is { } id ? await ReadSignedRefsAsync(owner, id.Value, cancellationToken) : null);
        }
        catch (CobFormatException)
        {
            return null;
        }
    }

    private async Task<RadiclePatch?> ReadPatchAsync(
        CommitId id, RadicleIdentity identity, IReadOnlyList<SignedRefs> signed, CommitId? alsoTip, CancellationToken cancellationToken)
    {
        if (await LoadAsync(id, CobTypes.Patch, signed, cancellationToken, alsoTip) is not { Count: > 0 } operations) return null;
        var merged = await TrueMergesAsync(PatchFold.ClaimedMerges(operations), identity, signed, cancellationToken);
        return PatchFold.Fold(id, operations, new PatchContext(identity.Accepted, merged));
    }

    private async Task<IReadOnlyList<CobOperation>?> LoadAsync(
        CommitId id, string typeName, IReadOnlyList<SignedRefs> signed, CancellationToken cancellationToken, CommitId? alsoTip = null)
    {
        var name = $"refs/cobs/{typeName}/{id}";
        var tips = signed.Select(s => s.Refs.TryGetValue(name, out var tip) ? tip : default(CommitId?)).Append(alsoTip).OfType<CommitId>().Distinct().ToList();
        return tips.Count == 0 ? null : (await _store.LoadAsync(tips, cancellationToken)).Operations;
    }

    private static List<CommitId> Ids(IReadOnlyList<SignedRefs> signed, string typeName)
    {
        var prefix = $"refs/cobs/{typeName}/";
        return [.. signed.SelectMany(s => s.Refs.Keys).Where(r => r.StartsWith(prefix, StringComparison.Ordinal))
            .Select(r => CommitId.TryParse(r[prefix.Length..], provider: null, out var id) ? id : default(CommitId?)).OfType<CommitId>().Distinct()];
    }

    /// <summary>Those of the claimed merges whose commit is contained in that delegate's default branch as he signed it.</summary>
    private async Task<IReadOnlySet<(Did, CommitId)>> TrueMergesAsync(
        IReadOnlySet<(Did Delegate, CommitId Commit)> claims, RadicleIdentity identity, IReadOnlyList<SignedRefs> signed, CancellationToken cancellationToken)
    {
        var found = new HashSet<(Did, CommitId)>();
        foreach (var group in claims.Where(c => identity.Accepted.Values.Any(d => d.IsDelegate(c.Delegate))).GroupBy(c => c.Delegate))
        {
            var refs = signed.FirstOrDefault(s => s.Owner == group.Key)?.Refs;
            if (refs is null || !refs.TryGetValue($"refs/heads/{identity.DefaultBranch}", out var head)) continue;
            foreach (var (who, commit) in group)
            {
                if (await IsAncestorAsync(commit, head, cancellationToken)) found.Add((who, commit));
            }
        }

        return found;
    }

    private async Task<bool> IsAncestorAsync(CommitId commit, CommitId head, CancellationToken cancellationToken)
    {
        if (commit == head) return true;
        if (_ancestry.TryGetValue((head, commit), out var known)) return known;
        if (await _store.Objects.ReadAsync(commit.Value, cancellationToken) is not { Type: "commit" }) return false;
        if (await _store.Objects.ReadAsync(head.Value, cancellationToken) is not { Type: "commit" }) return false;
        bool answer;
        try
        {
            await GitCommand.RunAsync(Path, ["merge-base", "--is-ancestor", commit.Value, head.Value], cancellationToken);
            answer = true;
        }
        catch (GitException e) when (e.ExitCode == 1)
        {
            answer = false;
        }

        if (_ancestry.Count >= MaxAncestryAnswers) _ancestry.Clear();
        _ancestry[(head, commit)] = answer;
        return answer;
    }

    private async Task<(RadicleIdentity Identity, IReadOnlyList<SignedRefs> Signed)> ReadSignedAsync(CancellationToken cancellationToken)
    {
        var (identity, signed, _) = await ReadSignedWithProblemsAsync(cancellationToken);
        return (identity, signed);
    }

    private async Task<(RadicleIdentity Identity, IReadOnlyList<SignedRefs> Signed, List<RefProblem> Problems)> ReadSignedWithProblemsAsync(
        CancellationToken cancellationToken)
    {
        var signed = new List<SignedRefs>();
        var problems = new List<RefProblem>();
        foreach (var owner in await _namespaces.ListAsync(cancellationToken))
        {
            var name = $"refs/namespaces/{owner.Nid}/refs/rad/sigrefs";
            try
            {
                if (await ReadSignedRefsAsync(owner, name, cancellationToken) is { } refs) signed.Add(refs);
                else problems.Add(new RefProblem(name, "There is none."));
            }
            catch (CobFormatException e)
            {
                problems.Add(new RefProblem(name, e.Message));
            }
        }

        var identity = await ReadIdentityAsync(signed, cancellationToken);
        foreach (var grafted in signed.Where(s => s.Refs.TryGetValue("refs/rad/root", out var root) && root != identity.Root).ToList())
        {
            signed.Remove(grafted);
            problems.Add(new RefProblem($"refs/namespaces/{grafted.Owner.Nid}/refs/rad/sigrefs", "It was signed for another repository."));
        }

        return (identity, signed, problems);
    }

    private async Task<SignedRefs?> ReadSignedRefsAsync(Did owner, string name, CancellationToken cancellationToken)
    {
        if (await _store.CommitAsync(name, cancellationToken) is not var (id, commit)) return null;
        if (_signedRefs.TryGet(id, out var known) && known!.Owner == owner) return known;
        var refs = await _store.ReadAsync($"{id}:refs", "blob", SignedRefs.MaxBytes, cancellationToken);
        var signature = await _store.ReadAsync($"{id}:signature", "blob", 64, cancellationToken);
        if (refs is null || signature is null) throw new CobFormatException("The commit holds no signed refs.");
        var read = SignedRefs.Read(owner, id, commit, refs.Data.Span, signature.Data.Span);
        _signedRefs.Add(id, read);
        return read;
    }

    private async Task<RadicleIdentity> ReadIdentityAsync(IReadOnlyList<SignedRefs> signed, CancellationToken cancellationToken)
    {
        var (canonical, _) = await _store.CommitAsync("refs/rad/id", cancellationToken)
            ?? throw new CobFormatException("it has no refs/rad/id, so it is not in Radicle's layout.");

        // From the node's own ref first, then with what the delegates found there have written: nobody else has a say.
        var trunk = await FoldIdentityAsync([canonical], knownRoot: null, cancellationToken);
        var name = $"refs/cobs/{CobTypes.Identity}/{trunk.Root}";
        CommitId[] tips = [canonical, .. signed.Where(s => trunk.Accepted.Values.Any(d => d.IsDelegate(s.Owner)))
            .Select(s => s.Refs.TryGetValue(name, out var tip) ? tip : canonical).Where(t => t != canonical).Distinct()];
        return tips.Length == 1 ? trunk : await FoldIdentityAsync(tips, trunk.Root, cancellationToken);
    }

    private async Task<RadicleIdentity> FoldIdentityAsync(CommitId[] tips, CommitId? knownRoot, CancellationToken cancellationToken)
    {
        var key = string.Join(' ', tips.Select(t => t.Value).Order(StringComparer.Ordinal));
        if (_identities.TryGetValue(key, out var known)) return known;
        var operations = (await _store.LoadAsync(tips, cancellationToken)).Operations;
        var root = knownRoot ?? (operations.Where(o => o.Parents.Count == 0).ToList() is [var only]
            ? only.Id
            : throw new CobFormatException("the operations of its identity do not lead to one first one."));
        var documents = await _store.DocumentsAsync(IdentityFold.ProposedBlobs(operations), cancellationToken);
        var identity = IdentityFold.Fold(root, operations, documents);
        if (_identities.Count >= MaxIdentities) _identities.Clear();
        _identities[key] = identity;
        return identity;
    }
}
