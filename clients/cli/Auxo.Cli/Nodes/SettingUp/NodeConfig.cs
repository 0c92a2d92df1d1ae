using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

using Auxo.Cli.WorkingCopies;

namespace Auxo.Cli.Nodes.SettingUp;

/// <summary>A node's <c>config.json</c>. Everything else in it is kept as it is.</summary>
internal static class NodeConfig
{
    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The addresses of <c>node.listen</c>; empty when there are none.</summary>
    /// <exception cref="CliException">The text is no such file.</exception>
    public static IReadOnlyList<string> Listens(string text) => Texts(Node(Parse(text)), "listen");

    /// <summary>The peers of <c>node.connect</c>.</summary>
    /// <exception cref="CliException">The text is no such file.</exception>
    public static IReadOnlyList<string> Peers(string text) => Texts(Node(Parse(text)), "connect");

    /// <summary>The addresses of <c>node.externalAddresses</c>, which the node announces.</summary>
    /// <exception cref="CliException">The text is no such file.</exception>
    public static IReadOnlyList<string> Announced(string text) => Texts(Node(Parse(text)), "externalAddresses");

    /// <summary>The text with an address more in <c>node.listen</c>; the same text where it is there already.</summary>
    /// <exception cref="CliException">The text is no such file.</exception>
    public static string WithListen(string text, string address) => With(text, "listen", address);

    /// <summary>The text with a peer more in <c>node.connect</c>, which the node dials; the same text where he is there.</summary>
    /// <exception cref="CliException">The text is no such file.</exception>
    public static string WithPeer(string text, string peer) => With(text, "connect", peer);

    private static string With(string text, string name, string value)
    {
        var root = Parse(text);
        var node = Node(root);
        if (Texts(node, name).Contains(value, StringComparer.Ordinal)) return text;
        if (node[name] is JsonArray array) array.Add((JsonNode)value);
        else node[name] = new JsonArray(value);
        return root.ToJsonString(Format) + "\n";
    }

    /// <summary>
    /// Puts the text in the file's place in one step, with the same mode, and keeps the old one beside it. Nothing happens when nothing
    /// changes.
    /// </summary>
    /// <returns>Where the old one is; null when nothing changed.</returns>
    public static async Task<string?> WriteAsync(string file, string text, DateTimeOffset now, CancellationToken ct)
    {
        var real = FreshFile.Real(file);
        var old = await File.ReadAllTextAsync(real, ct);
        if (old == text) return null;
        var backup = $"{real}.before-{now:yyyyMMdd-HHmmss}";
        File.Copy(real, backup, overwrite: true);
        await FreshFile.ReplaceAsync(real, Encoding.UTF8.GetBytes(text), ct);
        return backup;
    }

    private static JsonObject Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject ?? throw new JsonException("it is no object");
        }
        catch (JsonException e)
        {
            throw new CliException(
                ExitCode.Negative, $"The node's config.json cannot be read: {e.Message}", "Mend it by hand; 'rad config' shows it.", e);
        }
    }

    private static JsonObject Node(JsonObject root)
    {
        if (root["node"] is JsonObject node) return node;
        return (JsonObject)(root["node"] = new JsonObject());
    }

    private static IReadOnlyList<string> Texts(JsonObject node, string name)
        => node[name] is JsonArray array
            ? [.. array.OfType<JsonValue>().Select(static v => v.TryGetValue<string>(out var text) ? text : null).OfType<string>()]
            : [];
}
