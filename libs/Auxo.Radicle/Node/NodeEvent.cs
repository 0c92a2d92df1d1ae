using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>
/// What a node tells its subscribers, as far as it concerns repositories. None of it is proof: read the storage before acting.
/// </summary>
public abstract partial record NodeEvent
{
    private NodeEvent()
    {
    }

    /// <summary>Refs came from a peer; the objects are here.</summary>
    /// <param name="Rid">The repository.</param>
    /// <param name="From">The peer.</param>
    /// <param name="Changes">What changed; never empty.</param>
    public sealed record RefsFetched(Rid Rid, Did From, IReadOnlyList<RefChange> Changes) : NodeEvent;

    /// <summary>
    /// Somebody on this machine wrote and announced it to the peers. What changed, <see cref="RadicleRepository.ReadChangesAsync"/> says.
    /// </summary>
    /// <param name="Rid">The repository.</param>
    /// <param name="Owner">Whose namespace.</param>
    /// <param name="SignedRefs">The new commit of the signed refs.</param>
    /// <param name="At">How the node dated it, which is how others see it; null when it did not say.</param>
    public sealed record LocalRefsAnnounced(Rid Rid, Did Owner, CommitId SignedRefs, DateTimeOffset? At) : NodeEvent;

    /// <summary>A node announced itself, its repositories or its refs.</summary>
    /// <param name="By">Who.</param>
    /// <param name="At">How it dated that; it may have been on its way for long.</param>
    public sealed record Announced(Did By, DateTimeOffset At) : NodeEvent;

    /// <summary>The node hung up on a peer, because it passed on an announcement from the future.</summary>
    /// <param name="Peer">Who passed it on; it need not be its own.</param>
    /// <param name="At">How that was dated.</param>
    public sealed record PeerRefused(Did Peer, DateTimeOffset At) : NodeEvent;

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
                    ReadRid(json), CobJson.Did(CobJson.Member(CobJson.Member(json, "refs"), "remote")),
                    CobJson.Oid(CobJson.Member(json, "refs"), "at"),
                    CobJson.Optional(json, "timestamp") is null ? null : Date(json)),
                "canonicalRefUpdated" => new CanonicalRefUpdated(ReadRid(json), CobJson.Text(json, "refname"), CobJson.Oid(json, "target")),
                "nodeAnnounced" or "inventoryAnnounced" or "refsAnnounced"
                    => new Announced(CobJson.Did(CobJson.Member(json, "nid")), Date(json)),
                "peerDisconnected" => Disconnected(json),
                var other => new Ignored(other),
            };
        }
        catch (CobFormatException e)
        {
            return new Garbled(e.Message);
        }
    }

    private static NodeEvent Disconnected(JsonElement json)
        => FromTheFuture().Match(CobJson.OptionalText(json, "reason") ?? "") is { Success: true } match
            && Date(match.Groups["at"].Value) is { } at
            ? new PeerRefused(CobJson.Did(CobJson.Member(json, "nid")), at)
            : new Ignored("peerDisconnected for another reason");

    private static DateTimeOffset Date(JsonElement json)
        => Date(CobJson.Member(json, "timestamp").GetRawText())
            ?? throw new CobFormatException("The member 'timestamp' is no time in milliseconds.");

    private static DateTimeOffset? Date(string milliseconds)
        => long.TryParse(milliseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var since)
            && since <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(since)
            : null;

    /// <summary>The words of radicle-node 1.x; in other words it is a peer that went, as others do.</summary>
    [GeneratedRegex("^invalid announcement timestamp: (?<at>[0-9]+) ", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex FromTheFuture();

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
        if (CobJson.Optional(update, "updated") is { } updated) return Ref(
            updated, CobJson.Oid(updated, "old"), CobJson.Oid(updated, "new"));
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
        => Rid.TryParse(CobJson.Text(json, "rid"), provider: null, out var rid)
            ? rid
            : throw new CobFormatException("The event names no repository.");
}
