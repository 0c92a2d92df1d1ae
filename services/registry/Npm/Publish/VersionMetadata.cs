using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

using Auxo.Registry.Npm.Signing;
using Auxo.Registry.Npm.Tarballs;

namespace Auxo.Registry.Npm.Publish;

/// <summary>
/// What is stored of a version: its manifest as it was sent, without what only this registry can say. That is made anew: <c>dist</c>
/// from the bytes, <c>hasInstallScript</c> from the tarball, the tarball's address with each answer.
/// </summary>
internal static class VersionMetadata
{
    /// <summary>Of a readme; npm's registry keeps as much.</summary>
    private const int MaxReadme = 64 << 10;

    /// <summary>JSON goes to programs here, never into a page.</summary>
    public static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What a client says and the registry knows better.</summary>
    private static readonly HashSet<string> Dropped =
    [
        "dist", "readme", "deprecated", "hasInstallScript", "_hasShrinkwrap", "_npmUser", "_attachments", "_resolved", "_integrity",
        "_from", "_where", "integrity", "shasum", "maintainers",
    ];

    private static readonly string[] InstallScripts = ["preinstall", "install", "postinstall"];

    /// <summary>As JSON.</summary>
    public static string Of(SentVersion sent, Tarball tarball, JsonElement package, SigningKey key)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            writer.WriteStartObject();
            foreach (var member in sent.Manifest.EnumerateObject())
            {
                if (!Dropped.Contains(member.Name)) member.WriteTo(writer);
            }

            if (Readme(sent) is { } readme) writer.WriteString("readme", readme);
            if (RunsScripts(package, tarball)) writer.WriteBoolean("hasInstallScript", true);
            if (tarball.HasShrinkwrap) writer.WriteBoolean("_hasShrinkwrap", true);
            WriteDist(writer, sent, tarball, key);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Whether installing it runs something of it.</summary>
    private static bool RunsScripts(JsonElement package, Tarball tarball)
        => tarball.HasBindingGyp || package.TryGetProperty("scripts", out var scripts) && scripts.ValueKind == JsonValueKind.Object
            && InstallScripts.Any(s => scripts.TryGetProperty(s, out var script)
                && script.ValueKind == JsonValueKind.String && script.GetString() is { Length: > 0 });

    private static string? Readme(SentVersion sent)
    {
        var readme = sent.Manifest.TryGetProperty("readme", out var own) && own.ValueKind == JsonValueKind.String
            ? own.GetString() : sent.Readme;
        if (readme is null || readme.StartsWith("ERROR: No README", StringComparison.Ordinal)) return null;
        if (readme.Length <= MaxReadme) return readme;
        // Not between the halves of a character.
        return readme[..(char.IsHighSurrogate(readme[MaxReadme - 1]) ? MaxReadme - 1 : MaxReadme)];
    }

    private static void WriteDist(Utf8JsonWriter writer, SentVersion sent, Tarball tarball, SigningKey key)
    {
        var integrity = SentVersion.Integrity(sent.Tarball);
        writer.WriteStartObject("dist");
        writer.WriteString("integrity", integrity);
        writer.WriteString("shasum", Convert.ToHexStringLower(sent.Tarball.Sha1));
        writer.WriteNumber("fileCount", tarball.FileCount);
        writer.WriteNumber("unpackedSize", tarball.UnpackedSize);
        writer.WriteStartArray("signatures");
        writer.WriteStartObject();
        writer.WriteString("keyid", key.Id);
        writer.WriteString("sig", key.Sign(sent.Name.Value, sent.Version, integrity));
        writer.WriteEndObject();
        writer.WriteEndArray();
        if (sent.Bundle is { } bundle)
        {
            writer.WriteStartObject("attestations");
            writer.WriteStartObject("provenance");
            writer.WriteString("predicateType", bundle.PredicateType);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
