using System.Buffers;
using System.Globalization;
using System.Text.Json;

using Auxo.Registry.Mirrors;
using Auxo.Registry.Npm.Names;
using Auxo.Registry.Npm.Publish;
using Auxo.Registry.Npm.Reading;

namespace Auxo.Registry.Npm.Mirrored;

/// <summary>
/// A package of upstream as it is offered here: without the versions that are too young, with addresses of this registry, and
/// otherwise as it came: digests and signatures stay what they are.
/// </summary>
/// <param name="upstream">What upstream says of it.</param>
/// <param name="name">The package.</param>
/// <param name="cooldown">Which versions are offered.</param>
internal sealed class MirroredPackument(JsonElement upstream, NpmName name, Cooldown cooldown)
{
    /// <summary>Whether it is about this package at all.</summary>
    public bool Fits => upstream.ValueKind == JsonValueKind.Object && Text(upstream, "name") == name.Value
        && upstream.TryGetProperty("versions", out var versions) && versions.ValueKind == JsonValueKind.Object;

    /// <summary>The version that people get who name none; null when none is offered.</summary>
    public string? Latest => TagsOf(Offered()).GetValueOrDefault(DistTag.Latest);

    /// <summary>The package; null when no version of it is offered.</summary>
    /// <param name="registry">The address of the repository as the client knows it, without a slash at its end.</param>
    /// <param name="full">All of it, not only what an installation needs.</param>
    public byte[]? Render(string registry, bool full)
    {
        var offered = Offered();
        return offered.Count == 0 ? null : Write(writer =>
        {
            writer.WriteStartObject();
            foreach (var member in upstream.EnumerateObject())
            {
                switch (member.Name)
                {
                    case "versions":
                        writer.WriteStartObject("versions");
                        foreach (var (version, manifest) in offered) Version(writer, registry, version, manifest, full, member: true);
                        writer.WriteEndObject();
                        break;
                    case "dist-tags" or "time" or "modified" or "_attachments":
                        break;
                    case "name":
                        member.WriteTo(writer);
                        break;
                    default:
                        if (full) member.WriteTo(writer);
                        break;
                }
            }

            if (!full) writer.WriteString("modified", Modified(offered));
            Tags(writer, offered);
            Times(writer, offered);
            writer.WriteEndObject();
        });
    }

    /// <summary>One version that is offered, by itself or by a tag; null when it is not.</summary>
    public byte[]? RenderVersion(string registry, string versionOrTag)
    {
        var offered = Offered();
        var version = TagsOf(offered).GetValueOrDefault(versionOrTag, versionOrTag);
        return offered.TryGetValue(version, out var manifest)
            ? Write(writer => Version(writer, registry, version, manifest, full: true, member: false))
            : null;
    }

    /// <summary>Where upstream has a version's tarball, and what it has to be; null when it has no such version.</summary>
    public (Uri Address, ExpectedDigest? Digest, bool Offered)? Tarball(string version)
        => upstream.GetProperty("versions").TryGetProperty(version, out var manifest) && manifest.ValueKind == JsonValueKind.Object
            && manifest.TryGetProperty("dist", out var dist) && dist.ValueKind == JsonValueKind.Object
            && Uri.TryCreate(Text(dist, "tarball"), UriKind.Absolute, out var address)
            ? (address, ExpectedDigest.OfIntegrity(Text(dist, "integrity")) ?? ExpectedDigest.OfHex("sha1", Text(dist, "shasum")),
                cooldown.Offers(PublishedAt(version)))
            : null;

    private Dictionary<string, JsonElement> Offered()
    {
        var offered = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var version in upstream.GetProperty("versions").EnumerateObject())
        {
            // A version becomes part of an address.
            if (version.Name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '+')
                && version.Value.ValueKind == JsonValueKind.Object && version.Value.TryGetProperty("dist", out var dist)
                && dist.ValueKind == JsonValueKind.Object && cooldown.Offers(PublishedAt(version.Name)))
                offered[version.Name] = version.Value;
        }

        return offered;
    }

    private DateTimeOffset? PublishedAt(string version)
        => upstream.TryGetProperty("time", out var times) && times.ValueKind == JsonValueKind.Object
            && DateTimeOffset.TryParse(Text(times, version), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at : null;

    /// <summary>
    /// Tags of what is offered. When <c>latest</c> is not, it means the newest finished version up to it that is: not one of a later line
    /// that its makers have not made <c>latest</c>.
    /// </summary>
    private Dictionary<string, string> TagsOf(Dictionary<string, JsonElement> offered)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        string? latest = null;
        if (upstream.TryGetProperty("dist-tags", out var all) && all.ValueKind == JsonValueKind.Object)
        {
            foreach (var tag in all.EnumerateObject().Where(static t => t.Value.ValueKind == JsonValueKind.String))
            {
                var version = tag.Value.GetString()!;
                if (tag.Name == DistTag.Latest) latest = version;
                if (offered.ContainsKey(version)) tags[tag.Name] = version;
            }
        }

        if (!tags.ContainsKey(DistTag.Latest))
        {
            var upTo = DistTag.Newest(offered.Keys.Where(v => latest is null || NpmVersion.Compare(v, latest) <= 0));
            var best = upTo is null || NpmVersion.IsPrerelease(upTo) ? DistTag.Newest(offered.Keys) : upTo;
            if (best is not null) tags[DistTag.Latest] = best;
        }

        return tags;
    }

    private void Tags(Utf8JsonWriter writer, Dictionary<string, JsonElement> offered)
    {
        writer.WriteStartObject("dist-tags");
        foreach (var (tag, version) in TagsOf(offered)) writer.WriteString(tag, version);
        writer.WriteEndObject();
    }

    private void Times(Utf8JsonWriter writer, Dictionary<string, JsonElement> offered)
    {
        if (!upstream.TryGetProperty("time", out var times) || times.ValueKind != JsonValueKind.Object) return;
        writer.WriteStartObject("time");
        writer.WriteString("modified", Modified(offered));
        foreach (var time in times.EnumerateObject())
        {
            if (time.Name == "created" || offered.ContainsKey(time.Name)) time.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    /// <summary>As upstream says, unless that tells of a version which is left out.</summary>
    private string Modified(Dictionary<string, JsonElement> offered)
    {
        var said = upstream.TryGetProperty("time", out var times) && times.ValueKind == JsonValueKind.Object
            ? Text(times, "modified") : Text(upstream, "modified");
        if (said is not null && upstream.GetProperty("versions").EnumerateObject().Count() == offered.Count) return said;
        var newest = offered.Keys.Max(PublishedAt) ?? DateTimeOffset.UnixEpoch;
        return newest.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
    }

    private void Version(Utf8JsonWriter writer, string registry, string version, JsonElement manifest, bool full, bool member)
    {
        if (member) writer.WriteStartObject(version);
        else writer.WriteStartObject();
        foreach (var part in manifest.EnumerateObject())
        {
            if (part.Name == "dist") Dist(writer, registry, version, part.Value);
            else if (full || Packument.Abbreviated.Contains(part.Name)) part.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    private void Dist(Utf8JsonWriter writer, string registry, string version, JsonElement dist)
    {
        writer.WriteStartObject("dist");
        foreach (var part in dist.EnumerateObject())
        {
            if (part.Name == "tarball")
            {
                writer.WriteString("tarball", $"{registry}/{name}/-/{name.Bare}-{version}.tgz");
            }
            else if (part.Name == "attestations" && part.Value.ValueKind == JsonValueKind.Object)
            {
                writer.WriteStartObject("attestations");
                writer.WriteString("url", $"{registry}/-/npm/v1/attestations/{name}@{version}");
                foreach (var inner in part.Value.EnumerateObject().Where(static i => i.Name != "url")) inner.WriteTo(writer);
                writer.WriteEndObject();
            }
            else
            {
                part.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
    }

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(64 << 10);
        using (var writer = new Utf8JsonWriter(buffer, VersionMetadata.Plain)) write(writer);
        return buffer.WrittenSpan.ToArray();
    }

    private static string? Text(JsonElement of, string member)
        => of.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
