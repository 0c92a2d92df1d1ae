using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Auxo.Benchmarks.Registry.Npm;

/// <summary>A small package as npm sends it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Dependencies">Names of other packages, of any version.</param>
internal sealed record NpmPackage(string Name, string Version, IReadOnlyList<string> Dependencies)
{
    /// <summary>What <c>npm publish</c> puts.</summary>
    /// <param name="server">Where to; the address of its tarball is there.</param>
    public JsonObject Document(Uri server)
    {
        var tarball = Tarball();
        var file = $"{Name}-{Version}.tgz";
        var manifest = Manifest();
        manifest["_id"] = $"{Name}@{Version}";
        manifest["dist"] = new JsonObject
        {
            ["integrity"] = $"sha512-{Convert.ToBase64String(SHA512.HashData(tarball))}", ["tarball"] = $"{server}{Name}/-/{file}",
#pragma warning disable CA5350 // npm's field: nobody trusts it.
            ["shasum"] = Convert.ToHexStringLower(SHA1.HashData(tarball)),
#pragma warning restore CA5350
        };
        return new JsonObject
        {
            ["_id"] = Name, ["name"] = Name, ["dist-tags"] = new JsonObject { ["latest"] = Version },
            ["versions"] = new JsonObject { [Version] = manifest },
            ["_attachments"] = new JsonObject
            {
                [file] = new JsonObject
                {
                    ["content_type"] = "application/octet-stream", ["data"] = Convert.ToBase64String(tarball), ["length"] = tarball.Length,
                },
            },
        };
    }

    private JsonObject Manifest()
        => new()
        {
            ["name"] = Name, ["version"] = Version,
            ["dependencies"] = new JsonObject(Dependencies.Select(static name => KeyValuePair.Create(name, (JsonNode?)"*"))),
        };

    private byte[] Tarball()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Ustar))
        {
            Add("package.json", Manifest().ToJsonString());
            Add("index.js", $"module.exports = '{Name}';\n");

            void Add(string name, string text)
                => tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, $"package/{name}")
                {
                    DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)),
                });
        }

        return packed.ToArray();
    }
}
