using Auxo.Contracts;
using Auxo.Git;

namespace Auxo.Radicle;

/// <summary>An operation that may name those before it.</summary>
/// <param name="written">The ids of the operations before it in the same change.</param>
public delegate NewOperation PlannedOperation(IReadOnlyList<CommitId> written);

/// <summary>Operations that are to be added to one object.</summary>
/// <param name="TypeName">Such as <see cref="CobTypes.Patch"/>.</param>
/// <param name="Object">The object; null for a new one, whose id is that of the first operation.</param>
/// <param name="After">What they build on: the newest operations that count.</param>
/// <param name="Operations">Each builds on the one before it.</param>
public sealed record CobChange(
    string TypeName, CommitId? Object, IReadOnlyList<CommitId> After, IReadOnlyList<PlannedOperation> Operations);

/// <summary>Where the refs of a key were when its write was planned.</summary>
/// <param name="Own">The refs of its namespace, by their names in it.</param>
public sealed record OwnRefs(IReadOnlyDictionary<string, string> Own)
{
    /// <summary>The key's newest operation of an object; null when it has written none.</summary>
    public CommitId? Tip(string typeName, CommitId id)
        => Own.TryGetValue($"refs/cobs/{typeName}/{id}", out var tip) ? CommitId.Parse(tip) : null;
}

/// <summary>What came of writing.</summary>
public abstract record CobWrite
{
    private CobWrite()
    {
    }

    /// <summary>It stands there, signed.</summary>
    /// <param name="Ids">The new operations, per change and in its order.</param>
    public sealed record Written(IReadOnlyList<IReadOnlyList<CommitId>> Ids) : CobWrite;

    /// <summary>Another program wrote at the same time, or holds a lock: nothing was changed. Plan anew.</summary>
    public sealed record Overtaken(string Reason) : CobWrite;
}

/// <summary>
/// Writes operations with git alone: objects first, then the refs of the objects and the new signature in one transaction that compares
/// with what was read before. So nothing that another program wrote meanwhile is dropped, and a crash leaves all or nothing.
/// </summary>
public static class CobWriter
{
    /// <summary>Reads where the refs of a key are now. To be read before anything that is planned.</summary>
    public static async Task<OwnRefs> ReadOwnAsync(RadicleRepository storage, Did own, CancellationToken ct)
    {
        var prefix = $"refs/namespaces/{own.Nid}/";
        var refs = await GitTree.RefsAsync(storage.Path, prefix, ct);
        return new OwnRefs(refs.ToDictionary(r => r.Key[prefix.Length..], static r => r.Value, StringComparer.Ordinal));
    }

    /// <summary>Writes the changes, and a new signature. Without changes only what stands there unsigned is signed.</summary>
    /// <param name="storage">The repository.</param>
    /// <param name="home">The profile whose key signs.</param>
    /// <param name="key">Its key.</param>
    /// <param name="own">The key's refs, read before the changes were planned.</param>
    /// <param name="changes">What is wanted.</param>
    /// <param name="now">The time of the operations.</param>
    /// <param name="ct">Gives up before anything is changed.</param>
    /// <exception cref="GitException">The storage cannot be written.</exception>
    public static async Task<CobWrite> WriteAsync(
        RadicleRepository storage, RadicleHome home, SigningKey key, OwnRefs own, IReadOnlyList<CobChange> changes, DateTimeOffset now,
        CancellationToken ct)
    {
        var basis = await storage.ReadBasisAsync(key.Owner, ct);
        var (objects, by) = (new NewObjects(), new Writer(key, await home.AliasAsync(ct) ?? key.Owner.Nid[..8]));
        var (refs, moves) = (new Dictionary<string, string>(own.Own, StringComparer.Ordinal), new List<RefMove>());
        var ids = new List<IReadOnlyList<CommitId>>();
        foreach (var change in changes)
        {
            var written = Chain(objects, by, change, basis.Resource, now);
            ids.Add(written);
            Move($"refs/cobs/{change.TypeName}/{change.Object ?? written[0]}", written[^1].Value);
        }

        if (!refs.ContainsKey("refs/rad/root")) Move("refs/rad/root", basis.Root.Value);
        Move(NewSignedRefs.Name, NewSignedRefs.AddTo(
            objects, key, refs, own.Own.GetValueOrDefault(NewSignedRefs.Name), basis.Level, now));
        await objects.StoreAsync(storage.Path, ct);
        // From here on it is finished, whoever is in a hurry: git ends with all or nothing by itself.
        return await RefMoves.TryAsync(storage.Path, moves, CancellationToken.None) is { } reason
            ? new CobWrite.Overtaken(reason)
            : new CobWrite.Written(ids);

        void Move(string name, string to)
        {
            moves.Add(new RefMove($"refs/namespaces/{key.Owner.Nid}/{name}", to, own.Own.GetValueOrDefault(name)));
            refs[name] = to;
        }
    }

    private static List<CommitId> Chain(NewObjects objects, Writer by, CobChange change, CommitId resource, DateTimeOffset now)
    {
        var ids = new List<CommitId>();
        foreach (var operation in change.Operations)
            ids.Add(operation(ids).AddTo(objects, change.TypeName, by, ids.Count == 0 ? change.After : [ids[^1]], resource, now));
        return ids;
    }
}

/// <summary>What every write builds on.</summary>
/// <param name="Root">The first identity.</param>
/// <param name="Resource">The identity that holds.</param>
/// <param name="Level">How much signatures of refs cover in this storage.</param>
internal sealed record WritingBasis(CommitId Root, CommitId Resource, SignedRefsLevel Level);
