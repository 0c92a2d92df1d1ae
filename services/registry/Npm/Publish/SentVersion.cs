using System.Text.Json;

using Auxo.Registry.Npm.Names;

namespace Auxo.Registry.Npm.Publish;

/// <summary>The one version of a publish request, with what belongs to it.</summary>
/// <param name="Name">The package.</param>
/// <param name="Version">The version.</param>
/// <param name="Manifest">What the request says of it.</param>
/// <param name="Readme">Of the package, where the client sends it beside the version.</param>
/// <param name="Tags">Which tags it asks for.</param>
/// <param name="Tarball">Its bytes.</param>
/// <param name="Bundle">A signature's bundle, as JSON text; null without one.</param>
internal sealed record SentVersion(
    NpmName Name, string Version, JsonElement Manifest, string? Readme, IReadOnlyList<string> Tags, SentTarball Tarball,
    SentBundle? Bundle)
{
    /// <summary>The name of its file: the scope is not in it.</summary>
    public string FileName => $"{Name.Bare}-{Version}.tgz";

    /// <summary>Finds it in a request.</summary>
    /// <param name="name">The package of the request's path.</param>
    /// <param name="body">The request.</param>
    /// <exception cref="UnreadableBodyException">Something of it does not fit.</exception>
    public static SentVersion From(NpmName name, PublishBody body)
    {
        var root = body.Document.RootElement;
        Require(Text(root, "name") is { } said && said == name.Value, $"is for '{name}', but its body is not: 'name' must be the same");
        var versions = root.TryGetProperty("versions", out var all) && all.ValueKind == JsonValueKind.Object
            ? all.EnumerateObject().ToList() : [];
        Require(versions.Count == 1 && versions[0].Value.ValueKind == JsonValueKind.Object,
            "publishes a tarball, and so exactly one version");
        var (version, manifest) = (versions[0].Name, versions[0].Value);
        Require(NpmVersion.Read(version, out var refusal) is not null, $"has a version '{Shown(version)}', which {refusal}");
        Require(Text(manifest, "name") == name.Value && Text(manifest, "version") == version,
            $"names another package in its version than '{name}@{version}'");

        var tarball = body.Tarballs[0];
        Require(tarball.Key == $"{name}-{version}.tgz" || tarball.Key == $"{name.Bare}-{version}.tgz",
            $"calls its tarball '{Shown(tarball.Key)}' instead of '{name}-{version}.tgz'");
        CheckDigests(root, manifest, tarball);
        return new SentVersion(
            name, version, manifest, Text(root, "readme"), TagsOf(root, version), tarball, SentBundle.From(root, tarball));
    }

    private static void CheckDigests(JsonElement root, JsonElement manifest, SentTarball sent)
    {
        var what = $"({sent.Blob.SizeBytes} bytes arrived); send it again";
        var attachment = root.GetProperty("_attachments").GetProperty(sent.Key);
        Require(!attachment.TryGetProperty("length", out var length) || length.ValueKind != JsonValueKind.Number
            || length.TryGetInt64(out var bytes) && bytes == sent.Blob.SizeBytes, $"has a tarball of another length than it says {what}");
        if (!manifest.TryGetProperty("dist", out var dist) || dist.ValueKind != JsonValueKind.Object) return;
        Require(Text(dist, "shasum") is not { } shasum || shasum.Equals(Convert.ToHexString(sent.Sha1), StringComparison.OrdinalIgnoreCase),
            $"has a tarball of another 'shasum' than it says {what}");
        // Several may stand there, stronger and weaker ones.
        var promised = (Text(dist, "integrity") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Where(static i => i.StartsWith("sha512-", StringComparison.Ordinal)).ToList();
        Require(promised.Count == 0 || promised.Any(i => i.Split('?')[0] == Integrity(sent)),
            $"has a tarball of another 'integrity' than it says {what}");
    }

    /// <summary>As npm writes it: <c>sha512-</c> and Base64.</summary>
    public static string Integrity(SentTarball sent) => "sha512-" + Convert.ToBase64String(sent.Blob.Sha512!);

    private static List<string> TagsOf(JsonElement root, string version)
    {
        var tags = new List<string>();
        if (!root.TryGetProperty("dist-tags", out var all) || all.ValueKind != JsonValueKind.Object) return tags;
        foreach (var tag in all.EnumerateObject())
        {
            Require(DistTag.Refuse(tag.Name) is not { } wrong, $"has a tag '{Shown(tag.Name)}', which {DistTag.Refuse(tag.Name)}");
            if (tag.Value.ValueKind == JsonValueKind.String && tag.Value.GetString() == version) tags.Add(tag.Name);
        }

        return tags;
    }

    private static string? Text(JsonElement of, string member)
        => of.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static void Require(bool fits, string otherwise)
    {
        if (!fits) throw new UnreadableBodyException(otherwise);
    }

    private static string Shown(string text) => text.Length > 80 ? text[..79] + "…" : text;
}
