using System.Text.Json;

using Auxo.Contracts;
using Auxo.Ingest.Radicle.Cob;

namespace Auxo.Ingest.Radicle.Node;

/// <summary>What a node tells its subscribers, as far as it concerns repositories. None of it is proof: read the storage before acting.</summary>
public abstract record NodeEvent
{
    private NodeEvent()
    {
    }

    /// <summary>Refs came from a peer; the objects are here.</summary>
    /// <param name="Rid">The repository.</param>
    /// <param name="From">The peer.</param>
    /// <param name="Changes">What changed; never empty.</param>
    public sealed record RefsFetched(Rid Rid, Did From, IReadOnlyList<RefChange> Changes) : NodeEvent;

    /// <summary>Somebody on this machine wrote and told the peers. What changed, <see cref="RadicleRepository.ReadChangesAsync"/> says.</summary>
    /// <param name="Rid">The repository.</param>
    /// <param name="Owner">Whose namespace.</param>
    /// <param name="SignedRefs">The new commit of the signed refs.</param>
    public sealed record LocalRefsAnnounced(Rid Rid, Did Owner, CommitId SignedRefs) : NodeEvent;

    /// <summary>The node looked at a canonical ref after a fetch. It comes with an unchanged target, too.</summary>
    /// <param name="Rid">The repository.</param>
    /// <param name="Name">Full name, such as <c>refs/heads/main</c>.</param>
    /// <param name="Target">Where it is.</param>
    public sealed record CanonicalRefUpdated(Rid Rid, string Name, CommitId Target) : NodeEvent;

    /// <summary>An event that concerns nobody here, or of a type that did not exist when this was written.</summary>
    public sealed record Ignored(string Type) : NodeEvent;

    /// <summary>A line that is no event as we know it.</summary>
    public sealed record Garbled(string Reason) : NodeEvent;

    /// <summary>Reads a line. It never throws: a node must not be able to stop us.</summary>
    public static NodeEvent Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            var json = CobJson.Object(CobJson.Parse(line));
            return CobJson.Text(json, "type") switch
            {
                "refsFetched" => Fetched(json),
                "localRefsAnnounced" => new LocalRefsAnnounced(
                    ReadRid(json), CobJson.Did(CobJson.Member(CobJson.Member(json, "refs"), "remote")), CobJson.Oid(CobJson.Member(json, "refs"), "at")),
                "canonicalRefUpdated" => new CanonicalRefUpdated(ReadRid(json), CobJson.Text(json, "refname"), CobJson.Oid(json, "target")),
                var other => new Ignored(other),
            };
        }
        catch (CobFormatException e)
        {
            return new Garbled(e.Message);
        }
    }

    private static NodeEvent Fetched(JsonElement json)
    {
        var changes = CobJson.List(CobJson.Member(json, "updated"), Change).OfType<RefChange>().ToList();
        return changes.Count == 0
            ? new Ignored("refsFetched without changes")
            : new RefsFetched(ReadRid(json), CobJson.Did(CobJson.Member(json, "remote")), changes);
    }

    /// <summary>Null for a ref that did not change, which most of them did not, or that is in nobody's namespace.</summary>
    private static RefChange? Change(JsonElement update)
    {
        if (CobJson.Optional(update, "created") is { } created) return Ref(created, null, CobJson.Oid(created, "oid"));
        if (CobJson.Optional(update, "updated") is { } updated) return Ref(updated, CobJson.Oid(updated, "old"), CobJson.Oid(updated, "new"));
        if (CobJson.Optional(update, "deleted") is { } deleted) return Ref(deleted, CobJson.Oid(deleted, "oid"), null);
        return null;
    }

    private static RefChange? Ref(JsonElement update, CommitId? old, CommitId? @new)
    {
        const string prefix = "refs/namespaces/";
        var name = CobJson.Text(update, "name");
        return name.StartsWith(prefix, StringComparison.Ordinal) && name.IndexOf('/', prefix.Length) is > 0 and var slash
            && Did.TryParse(name[prefix.Length..slash], provider: null, out var owner)
                ? new RefChange(owner, name[(slash + 1)..], old, @new)
                : null;
    }

    private static Rid ReadRid(JsonElement json)
        => Rid.TryParse(CobJson.Text(json, "rid"), provider: null, out var rid) ? rid : throw new CobFormatException("The event names no repository.");
}
