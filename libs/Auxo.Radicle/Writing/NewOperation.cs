using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Git;

namespace Auxo.Radicle;

/// <summary>What is to become an operation.</summary>
/// <param name="Actions">JSON objects, in order.</param>
/// <param name="Message">What git's log shows.</param>
/// <param name="Related">Commits of the code that it is about.</param>
public sealed record NewOperation(IReadOnlyList<JsonObject> Actions, string Message, IReadOnlyList<CommitId> Related)
{
    private const int ArmourWidth = 70;

    private static readonly JsonWriterOptions AsRadicleWrites = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Adds its blobs, its tree and its signed commit to the objects that are to be stored.</summary>
    /// <param name="objects">What is to be stored.</param>
    /// <param name="typeName">Such as <see cref="CobTypes.Patch"/>.</param>
    /// <param name="by">Who writes.</param>
    /// <param name="after">The operations before it; none for the first one of an object.</param>
    /// <param name="resource">The identity that the writer knows.</param>
    /// <param name="at">When; whole seconds count.</param>
    /// <returns>Its id.</returns>
    internal CommitId AddTo(
        NewObjects objects, string typeName, Writer by, IReadOnlyList<CommitId> after, CommitId resource, DateTimeOffset at)
    {
        var files = Actions.Select((action, index) => (index.ToString(CultureInfo.InvariantCulture), objects.Blob(Bytes(action)))).ToList();
        files.Add(("manifest", objects.Blob(Bytes(new JsonObject { ["typeName"] = typeName, ["version"] = 1 }))));
        var tree = objects.Tree(files);
        var related = Related.Distinct().OrderBy(static id => id.Value, StringComparer.Ordinal).ToList();
        var who = string.Create(CultureInfo.InvariantCulture, $"{by.Alias} <{by.Alias}@{by.Key.Owner.Nid}> {at.ToUnixTimeSeconds()} +0000");
        var commit = new StringBuilder().Append(CultureInfo.InvariantCulture, $"tree {tree}\n");
        foreach (var parent in (CommitId[])[.. after, .. related, resource])
            commit.Append(CultureInfo.InvariantCulture, $"parent {parent}\n");
        commit.Append(CultureInfo.InvariantCulture, $"author {who}\ncommitter {who}\ngpgsig {Armour(by.Key, tree)}\n\n{Message}\n\n");
        foreach (var id in related) commit.Append(CultureInfo.InvariantCulture, $"Rad-Related: {id}\n");
        return CommitId.Parse(objects.Commit(commit.Append(CultureInfo.InvariantCulture, $"Rad-Resource: {resource}\n").ToString()));
    }

    /// <summary>Members in order of their names and no space between, as Radicle's own programs write.</summary>
    private static byte[] Bytes(JsonObject value)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, AsRadicleWrites)) Sorted(value)!.WriteTo(writer);
        return stream.ToArray();
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.OrderBy(static m => m.Key, StringComparer.Ordinal)
            .Select(static m => KeyValuePair.Create(m.Key, Sorted(m.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Sorted)]),
        _ => node?.DeepClone(),
    };

    /// <summary>Radicle's signature of an operation only looks like one of SSH: it is over the bytes of the tree's id.</summary>
    private static string Armour(SigningKey key, string tree)
    {
        var name = Field("ssh-ed25519"u8);
        byte[] blob =
        [
            .. "SSHSIG"u8, 0, 0, 0, 1, .. Field([.. name, .. Field(RadicleKey.BytesOf(key.Owner))]), .. Field("radicle"u8), .. Field([]),
            .. Field("sha256"u8), .. Field([.. name, .. Field(key.Sign(Convert.FromHexString(tree)))]),
        ];
        var lines = Convert.ToBase64String(blob).Chunk(ArmourWidth).Select(static line => new string(line));
        return string.Join("\n ", ["-----BEGIN SSH SIGNATURE-----", .. lines, "-----END SSH SIGNATURE-----"]);
    }

    private static byte[] Field(ReadOnlySpan<byte> value)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, value.Length);
        return [.. length, .. value];
    }
}

/// <summary>Who signs what is written.</summary>
/// <param name="Key">With which key.</param>
/// <param name="Alias">His name for display.</param>
internal sealed record Writer(SigningKey Key, string Alias);
