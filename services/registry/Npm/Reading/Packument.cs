using System.Buffers;
using System.Globalization;
using System.Text.Json;

using Auxo.Registry.Npm.Names;
using Auxo.Registry.Npm.Publish;
using Auxo.Registry.Npm.Signing;
using Auxo.Registry.Packages;

namespace Auxo.Registry.Npm.Reading;

/// <summary>
/// What clients read of a package: all of it, or the part that an installation needs. Both have <c>time</c>: Yarn and pnpm do not
/// install what they do not know the age of.
/// </summary>
/// <param name="package">What is stored.</param>
/// <param name="registry">The address of the repository as the client knows it, without a slash at its end.</param>
/// <param name="key">Signs anew what another key signed.</param>
internal sealed class Packument(StoredPackage package, string registry, SigningKey key)
{
    /// <summary>The media type of the smaller one.</summary>
    public const string AbbreviatedType = "application/vnd.npm.install-v1+json";

    /// <summary>What an installation needs of a version.</summary>
    public static readonly HashSet<string> Abbreviated =
    [
        "name", "version", "dependencies", "optionalDependencies", "devDependencies", "bundleDependencies", "bundledDependencies",
        "peerDependencies", "peerDependenciesMeta", "acceptDependencies", "bin", "directories", "dist", "engines", "cpu", "os", "libc",
        "_hasShrinkwrap", "hasInstallScript", "funding",
    ];

    /// <summary>What stands at the top too, from the newest version.</summary>
    private static readonly HashSet<string> OfThePackage =
    [
        "description", "readme", "readmeFilename", "license", "homepage", "repository", "bugs", "keywords", "author", "contributors",
    ];

    /// <summary>What a version has as a member of its package: the readme is at the top, once.</summary>
    private static readonly HashSet<string> OnlyAtTheTop = ["readme"];

    /// <summary>The package; null when it has no version any more.</summary>
    public byte[]? Render(bool full)
    {
        if (package.Versions.Count == 0) return null;
        var tags = Tags();
        return Write(writer =>
        {
            if (full)
            {
                writer.WriteString("_id", package.Name);
                writer.WriteString("_rev", RevisionOf(package));
            }

            writer.WriteString("name", package.Name);
            if (!full) writer.WriteString("modified", Iso(package.ChangedAt));
            writer.WriteStartObject("dist-tags");
            foreach (var (tag, version) in tags) writer.WriteString(tag, version);
            writer.WriteEndObject();
            writer.WriteStartObject("versions");
            foreach (var version in package.Versions) Version(writer, version, full, member: true);
            writer.WriteEndObject();
            writer.WriteStartObject("time");
            writer.WriteString("created", Iso(package.CreatedAt));
            writer.WriteString("modified", Iso(package.ChangedAt));
            foreach (var version in package.Versions) writer.WriteString(version.Version, Iso(version.PublishedAt));
            writer.WriteEndObject();
            if (full) Top(writer, package.Versions.First(v => v.Version == tags[DistTag.Latest]));
        });
    }

    /// <summary>One version, by itself or by a tag; null when there is none.</summary>
    public byte[]? RenderVersion(string versionOrTag)
    {
        var named = Tags().GetValueOrDefault(versionOrTag, versionOrTag);
        return package.Versions.FirstOrDefault(v => v.Version == named) is { } version
            ? Write(writer => Version(writer, version, full: true, member: false))
            : null;
    }

    /// <summary>The tags; there is always a <c>latest</c>, since clients cannot do without.</summary>
    public IReadOnlyDictionary<string, string> Tags() => TagsOf(package);

    /// <inheritdoc cref="Tags"/>
    public static IReadOnlyDictionary<string, string> TagsOf(StoredPackage package)
    {
        if (package.Versions.Count == 0 || package.Tags.ContainsKey(DistTag.Latest)) return package.Tags;
        return new Dictionary<string, string>(package.Tags, StringComparer.Ordinal)
        {
            [DistTag.Latest] = DistTag.Newest(package.Versions.Select(static v => v.Version))!,
        };
    }

    /// <summary>What npm sends back to say what it has seen.</summary>
    public static string RevisionOf(StoredPackage package) => string.Create(CultureInfo.InvariantCulture, $"{package.Revision}-0");

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(16 << 10);
        using (var writer = new Utf8JsonWriter(buffer, VersionMetadata.Plain))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private void Top(Utf8JsonWriter writer, StoredVersion latest)
    {
        using var metadata = JsonDocument.Parse(latest.Metadata);
        foreach (var member in metadata.RootElement.EnumerateObject())
        {
            if (OfThePackage.Contains(member.Name)) member.WriteTo(writer);
        }

        writer.WriteStartArray("maintainers");
        foreach (var by in package.Versions.Select(static v => v.PublishedBy).Distinct(StringComparer.Ordinal)) User(writer, null, by);
        writer.WriteEndArray();
    }

    private void Version(Utf8JsonWriter writer, StoredVersion version, bool full, bool member)
    {
        using var metadata = JsonDocument.Parse(version.Metadata);
        if (member) writer.WriteStartObject(version.Version);
        foreach (var part in metadata.RootElement.EnumerateObject())
        {
            if (part.Name == "dist") Dist(writer, version, part.Value);
            else if (full ? !member || !OnlyAtTheTop.Contains(part.Name) : Abbreviated.Contains(part.Name)) part.WriteTo(writer);
        }

        if (version.Marks.TryGetValue("deprecated", out var reason)) writer.WriteString("deprecated", reason);
        if (full) User(writer, "_npmUser", version.PublishedBy);
        if (member) writer.WriteEndObject();
    }

    private void Dist(Utf8JsonWriter writer, StoredVersion version, JsonElement dist)
    {
        writer.WriteStartObject("dist");
        foreach (var part in dist.EnumerateObject())
        {
            if (part.Name == "signatures") Signatures(writer, version, part.Value, dist.GetProperty("integrity").GetString()!);
            else if (part.Name == "attestations") Attestations(writer, version, part.Value);
            else part.WriteTo(writer);
        }

        // The address is never as it was sent: clients refuse one of another name or scheme than the registry's.
        writer.WriteString("tarball", $"{registry}/{package.Name}/-/{Tarball(version)}");
        writer.WriteEndObject();
    }

    private static string Tarball(StoredVersion version)
        => version.Files.First(static f => f.Name.EndsWith(".tgz", StringComparison.Ordinal)).Name;

    private void Signatures(Utf8JsonWriter writer, StoredVersion version, JsonElement signatures, string integrity)
    {
        writer.WriteStartArray("signatures");
        foreach (var signature in signatures.EnumerateArray())
        {
            // Another key signed it: the instance was restored without its own.
            var ours = signature.GetProperty("keyid").ValueEquals(key.Id);
            writer.WriteStartObject();
            writer.WriteString("keyid", key.Id);
            writer.WriteString("sig", ours
                ? signature.GetProperty("sig").GetString() : key.Sign(package.Name, version.Version, integrity));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private void Attestations(Utf8JsonWriter writer, StoredVersion version, JsonElement attestations)
    {
        writer.WriteStartObject("attestations");
        writer.WriteString("url", $"{registry}/-/npm/v1/attestations/{package.Name}@{version.Version}");
        foreach (var part in attestations.EnumerateObject()) part.WriteTo(writer);
        writer.WriteEndObject();
    }

    private static void User(Utf8JsonWriter writer, string? member, string name)
    {
        if (member is null) writer.WriteStartObject();
        else writer.WriteStartObject(member);
        writer.WriteString("name", name);
        writer.WriteString("email", "");
        writer.WriteEndObject();
    }

    private static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
