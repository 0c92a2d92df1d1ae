using System.Text.Json;

namespace Auxo.Registry.Oci.Manifests;

/// <summary>
/// Reads a manifest: OCI's image manifest and index, and docker's version 2 of both. Strict where two readers could understand two
/// things (CVE-2021-41190), and nowhere else: members that it does not know are none of its business.
/// </summary>
internal static class ManifestReader
{
    public const string Image = "application/vnd.oci.image.manifest.v1+json";
    public const string Index = "application/vnd.oci.image.index.v1+json";
    private const string DockerImage = "application/vnd.docker.distribution.manifest.v2+json";
    private const string DockerList = "application/vnd.docker.distribution.manifest.list.v2+json";

    /// <summary>What is asked for upstream.</summary>
    public const string Accepted = $"{Index}, {Image}, {DockerList}, {DockerImage}";
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    /// <summary>Whether what has this type lists other manifests.</summary>
    public static bool IsIndex(string mediaType) => mediaType is Index or DockerList;

    /// <summary>The manifest, or why it is none.</summary>
    /// <param name="contentType">As it was sent.</param>
    /// <param name="bytes">As they were sent.</param>
    public static (ManifestContent? Content, string? Refusal) Read(string? contentType, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, Strict);
            return (Read(contentType?.Split(';')[0].Trim(), document.RootElement), null);
        }
        catch (JsonException e)
        {
            return (null, $"The manifest is no JSON of the expected form: {e.Message}");
        }
        catch (InvalidOperationException)
        {
            return (null, "The manifest has half of a character in a text (an escape such as \\ud800 by itself).");
        }
        catch (FormatException e)
        {
            return (null, e.Message);
        }
    }

    private static ManifestContent Read(string? contentType, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) throw new FormatException("A manifest is a JSON object.");
        var own = Text(root, "mediaType");
        var type = string.IsNullOrEmpty(contentType) ? own : contentType;
        if (type is not (Image or Index or DockerImage or DockerList))
            throw new FormatException($"'{Shown(type)}' is no manifest's media type that is kept here. Push OCI images and indexes, or "
                + "docker's version 2 (schema 1 has not been made by docker since 2017).");
        if (own is not null && own != type)
            throw new FormatException($"'Content-Type' is {type}, but the manifest calls itself {Shown(own)}. They have to be the same.");
        if (!root.TryGetProperty("schemaVersion", out var version) || version.ValueKind != JsonValueKind.Number
            || !version.TryGetInt32(out var number) || number != 2) throw new FormatException("'schemaVersion' of a manifest is 2.");
        var isIndex = IsIndex(type);
        foreach (var other in isIndex ? (ReadOnlySpan<string>)["config", "layers"] : ["manifests"])
        {
            if (root.TryGetProperty(other, out _))
                throw new FormatException($"A manifest of the type {type} has no '{other}': it could be read as two things.");
        }

        var config = isIndex ? null : ReadDescriptor(Required(root, "config"), "config");
        return new ManifestContent(
            type, Text(root, "artifactType") is { Length: > 0 } artifact ? artifact : config?.MediaType,
            root.TryGetProperty("subject", out var subject) && subject.ValueKind != JsonValueKind.Null
                ? ReadDescriptor(subject, "subject").Digest : null,
            Annotations(root),
            isIndex ? [] : Distinct([config!, .. ReadAll(root, "layers")]),
            isIndex ? Distinct(ReadAll(root, "manifests")) : []);
    }

    private static List<Descriptor> Distinct(IEnumerable<Descriptor> descriptors) => [.. descriptors.DistinctBy(static d => d.Digest)];

    private static IEnumerable<Descriptor> ReadAll(JsonElement root, string name)
    {
        var list = Required(root, name);
        return list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Select(item => ReadDescriptor(item, name)) : throw new FormatException($"'{name}' is a list.");
    }

    private static Descriptor ReadDescriptor(JsonElement item, string where)
    {
        if (item.ValueKind != JsonValueKind.Object) throw new FormatException(
            $"'{where}' has descriptors: objects with a digest and a size.");
        if (!OciDigest.TryParse(Text(item, "digest"), out var digest))
            throw new FormatException($"'{where}' has no sha256 or sha512 digest, or one that cannot be read.");
        if (!item.TryGetProperty("size", out var size) || size.ValueKind != JsonValueKind.Number
            || !size.TryGetInt64(out var bytes) || bytes < 0)
            throw new FormatException($"{digest} in '{where}' has no 'size' in bytes.");
        return new Descriptor(digest, bytes, Text(item, "mediaType") ?? "");
    }

    private static string? Annotations(JsonElement root)
    {
        if (!root.TryGetProperty("annotations", out var annotations) || annotations.ValueKind == JsonValueKind.Null) return null;
        return annotations.ValueKind == JsonValueKind.Object
            && annotations.EnumerateObject().All(static a
                => a.Value.ValueKind == JsonValueKind.String && a.Value.GetString() is not null)
                ? annotations.GetRawText() : throw new FormatException("'annotations' is an object of texts.");
    }

    private static JsonElement Required(JsonElement root, string name)
        => root.TryGetProperty(name, out var value) ? value : throw new FormatException($"The manifest has no '{name}'.");

    private static string? Text(JsonElement item, string name)
        => !item.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? null
            : value.ValueKind == JsonValueKind.String ? value.GetString() : throw new FormatException($"'{name}' is a text.");

    private static string Shown(string? text) => text is null ? "" : text.Length > 100 ? text[..99] + "…" : text;
}
