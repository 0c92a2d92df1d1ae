using System.Collections.Concurrent;

using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>What is believed about a storage at one moment.</summary>
/// <param name="Canonical">The node's own identity ref.</param>
/// <param name="Identity">The identity that holds.</param>
/// <param name="Signed">The namespaces whose owners signed for this repository.</param>
/// <param name="Problems">The namespaces that are not believed.</param>
internal sealed record TrustedRefs(
    CommitId Canonical, RadicleIdentity Identity, IReadOnlyList<SignedRefs> Signed, IReadOnlyList<RefProblem> Problems)
{
    /// <summary>The default branches of all who ever decided, by owner: merges are judged by them.</summary>
    public IReadOnlyDictionary<Did, CommitId> DelegateHeads { get; } = Heads(Identity, Signed);

    /// <summary>The signed tips of an object.</summary>
    public IEnumerable<CommitId> Tips(string typeName, CommitId id)
    {
        var name = $"refs/cobs/{typeName}/{id}";
        return Signed.Select(s => s.Refs.TryGetValue(name, out var tip) ? tip : default(CommitId?)).OfType<CommitId>().Distinct();
    }

    /// <summary>The ids of all objects of a type.</summary>
    public IReadOnlyList<CommitId> Ids(string typeName)
    {
        var prefix = $"refs/cobs/{typeName}/";
        return [.. Signed.SelectMany(s => s.Refs.Keys).Where(r => r.StartsWith(prefix, StringComparison.Ordinal))
            .Select(r => CommitId.TryParse(r[prefix.Length..], provider: null, out var id) ? id : default(CommitId?))
                .OfType<CommitId>().Distinct()];
    }

    private static Dictionary<Did, CommitId> Heads(RadicleIdentity identity, IReadOnlyList<SignedRefs> signed)
    {
        var delegates = identity.Accepted.Values.SelectMany(d => d.Delegates).ToHashSet();
        var branch = $"refs/heads/{identity.DefaultBranch}";
        return signed.Where(s => delegates.Contains(s.Owner) && s.Refs.ContainsKey(branch)).ToDictionary(s => s.Owner, s => s.Refs[branch]);
    }
}

/// <summary>Reads and verifies the signed refs and the identity; what did not change is not read again.</summary>
internal sealed class TrustedRefsReader(string repository, CobStore store)
{
    private const string IdentityRef = "refs/rad/id";
    private const int MaxIdentities = 16;
    private readonly Namespaces _namespaces = new(repository);
    private readonly OperationCache<SignedRefs> _signedRefs = new(512);
    private readonly ConcurrentDictionary<string, RadicleIdentity> _identities = new(StringComparer.Ordinal);
    private TrustedRefs? _last;

    /// <summary>The identity as it was when the node's own ref was last seen to change.</summary>
    /// <exception cref="CobFormatException">It is damaged.</exception>
    public async Task<RadicleIdentity> IdentityAsync(CancellationToken cancellationToken)
        => _last is { } last && LooseRef.Read(repository, IdentityRef) == last.Canonical
            ? last.Identity
            : (await ReadAsync(cancellationToken)).Identity;

    /// <summary>Everything that is believed now.</summary>
    /// <exception cref="CobFormatException">The identity is damaged.</exception>
    public async Task<TrustedRefs> ReadAsync(CancellationToken cancellationToken)
    {
        var signed = new List<SignedRefs>();
        var problems = new List<RefProblem>();
        foreach (var owner in await _namespaces.ListAsync(cancellationToken))
        {
            var name = $"refs/namespaces/{owner.Nid}/refs/rad/sigrefs";
            try
            {
                if (await SignedAsync(owner, name, cancellationToken) is { } refs) signed.Add(refs);
                else problems.Add(new RefProblem(name, "There is none."));
            }
            catch (CobFormatException e)
            {
                problems.Add(new RefProblem(name, e.Message));
            }
        }

        var (canonical, identity) = await ReadIdentityAsync(signed, cancellationToken);
        foreach (var grafted in signed.Where(s => s.Refs.TryGetValue("refs/rad/root", out var root) && root != identity.Root).ToList())
        {
            signed.Remove(grafted);
            problems.Add(new RefProblem($"refs/namespaces/{grafted.Owner.Nid}/refs/rad/sigrefs", "It was signed for another repository."));
        }

        return _last = new TrustedRefs(canonical, identity, signed, problems);
    }

    /// <summary>The signed refs of a namespace at a ref or commit; null when it is not here.</summary>
    /// <exception cref="CobFormatException">They are damaged, or not signed by the owner.</exception>
    public async Task<SignedRefs?> SignedAsync(Did owner, string name, CancellationToken cancellationToken)
    {
        if (LooseRef.Read(repository, name) is { } loose && _signedRefs.TryGet(loose, out var seen) && seen!.Owner == owner) return seen;
        if (await store.CommitAsync(name, cancellationToken) is not var (id, commit)) return null;
        if (_signedRefs.TryGet(id, out var known) && known!.Owner == owner) return known;
        var refs = await store.ReadAsync($"{id}:refs", "blob", SignedRefs.MaxBytes, cancellationToken);
        var signature = await store.ReadAsync($"{id}:signature", "blob", 64, cancellationToken);
        if (refs is null || signature is null) throw new CobFormatException("The commit holds no signed refs.");
        var read = SignedRefs.Read(owner, id, commit, refs.Data.Span, signature.Data.Span);
        _signedRefs.Add(id, read);
        return read;
    }

    private async Task<(CommitId Canonical, RadicleIdentity Identity)> ReadIdentityAsync(
        IReadOnlyList<SignedRefs> signed, CancellationToken cancellationToken)
    {
        var canonical = LooseRef.Read(repository, IdentityRef) ?? (await store.CommitAsync(IdentityRef, cancellationToken))?.Id
            ?? throw new CobFormatException($"it has no {IdentityRef}, so it is not in Radicle's layout.");

        // From the node's own ref first, then with what the delegates found there have written: nobody else has a say.
        var trunk = await FoldAsync([canonical], knownRoot: null, cancellationToken);
        var name = $"refs/cobs/{CobTypes.Identity}/{trunk.Root}";
        CommitId[] tips = [canonical, .. signed.Where(s => trunk.Accepted.Values.Any(d => d.IsDelegate(s.Owner)))
            .Select(s => s.Refs.TryGetValue(name, out var tip) ? tip : canonical).Where(t => t != canonical).Distinct()];
        return (canonical, tips.Length == 1 ? trunk : await FoldAsync(tips, trunk.Root, cancellationToken));
    }

    private async Task<RadicleIdentity> FoldAsync(CommitId[] tips, CommitId? knownRoot, CancellationToken cancellationToken)
    {
        var key = string.Join(' ', tips.Select(t => t.Value).Order(StringComparer.Ordinal));
        if (_identities.TryGetValue(key, out var known)) return known;
        var operations = (await store.LoadAsync(tips, cancellationToken)).Operations;
        var root = knownRoot ?? (operations.Where(o => o.Parents.Count == 0).ToList() is [var only]
            ? only.Id
            : throw new CobFormatException("the operations of its identity do not lead to one first one."));
        var documents = await store.DocumentsAsync(IdentityFold.ProposedBlobs(operations), cancellationToken);
        var identity = IdentityFold.Fold(root, operations, documents);
        if (_identities.Count >= MaxIdentities) _identities.Clear();
        _identities[key] = identity;
        return identity;
    }
}
