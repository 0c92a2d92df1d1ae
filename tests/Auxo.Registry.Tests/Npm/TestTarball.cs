using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Auxo.Registry.Tests.Npm;

/// <summary>Tarballs, and requests with them, as clients make them.</summary>
internal static class TestTarball
{
    public static byte[] Of(JsonObject package, params (string Path, string Content)[] files)
        => Of([("package/package.json", package.ToJsonString()), .. files.Select(static f => ("package/" + f.Path, f.Content))]);

    public static byte[] Of(params (string Path, string Content)[] files)
        => Of([.. files.Select(static f => new PaxTarEntry(TarEntryType.RegularFile, f.Path)
        {
            DataStream = new MemoryStream(Encoding.UTF8.GetBytes(f.Content)),
        })]);

    public static byte[] Of(IEnumerable<TarEntry> entries, byte[]? after = null)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            using (var writer = new TarWriter(gzip, TarEntryFormat.Pax, leaveOpen: true))
            {
                foreach (var entry in entries) writer.WriteEntry(entry);
            }

            if (after is not null) gzip.Write(after);
        }

        return packed.ToArray();
    }

    /// <summary>A request that publishes; <paramref name="change"/> makes it another one.</summary>
    public static JsonObject Body(
        string name, string version, string tag = "latest", JsonObject? package = null, byte[]? tarball = null,
        Action<JsonObject>? change = null)
    {
        package ??= new JsonObject { ["name"] = name, ["version"] = version };
        tarball ??= Of(package);
        var manifest = package.DeepClone().AsObject();
        manifest["_id"] = $"{name}@{version}";
        manifest["dist"] = new JsonObject
        {
            ["integrity"] = Integrity(tarball), ["shasum"] = Convert.ToHexStringLower(Sha1(tarball)),
            ["tarball"] = $"http://elsewhere.example/{name}/-/{name}-{version}.tgz",
        };
        var body = new JsonObject
        {
            ["_id"] = name, ["name"] = name, ["dist-tags"] = new JsonObject { [tag] = version },
            ["versions"] = new JsonObject { [version] = manifest }, ["access"] = null,
            ["_attachments"] = new JsonObject
            {
                [$"{name}-{version}.tgz"] = new JsonObject
                {
                    ["content_type"] = "application/octet-stream", ["data"] = Convert.ToBase64String(tarball), ["length"] = tarball.Length,
                },
            },
        };
        change?.Invoke(body);
        return body;
    }

#pragma warning disable CA5350 // 'shasum' is SHA-1 by npm's protocol.
    public static byte[] Sha1(byte[] tarball) => SHA1.HashData(tarball);
#pragma warning restore CA5350

    public static string Integrity(byte[] tarball) => "sha512-" + Convert.ToBase64String(SHA512.HashData(tarball));
}
