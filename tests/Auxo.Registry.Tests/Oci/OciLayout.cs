using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Auxo.Registry.Tests.Oci;

/// <summary>An image on the disk, in the layout that skopeo and buildah read as <c>oci:FOLDER:TAG</c>.</summary>
internal static class OciLayout
{
    /// <summary>Writes one with a layer of random bytes; its manifest's digest.</summary>
    public static async Task<string> WriteAsync(string folder, string tag, int layerBytes)
    {
        var blobs = Directory.CreateDirectory(Path.Combine(folder, "blobs", "sha256")).FullName;
        async Task<JsonObject> KeepAsync(byte[] content, string type)
        {
            await File.WriteAllBytesAsync(Path.Combine(blobs, Convert.ToHexStringLower(SHA256.HashData(content))), content);
            return Images.Descriptor(content, type);
        }

        using var tar = new MemoryStream();
        await using (var writer = new TarWriter(tar, TarEntryFormat.Ustar, leaveOpen: true))
        {
            await writer.WriteEntryAsync(new UstarTarEntry(TarEntryType.RegularFile, "data")
            {
                DataStream = new MemoryStream(RandomNumberGenerator.GetBytes(layerBytes)),
            });
        }

        using var gzip = new MemoryStream();
        await using (var packing = new GZipStream(gzip, CompressionLevel.Fastest, leaveOpen: true)) await packing.WriteAsync(tar.ToArray());
        var config = new JsonObject
        {
            ["architecture"] = "amd64", ["os"] = "linux", ["config"] = new JsonObject(),
            ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = new JsonArray(Images.DigestOf(tar.ToArray())) },
        };
        var manifest = new JsonObject
        {
            ["schemaVersion"] = 2, ["mediaType"] = Images.Manifest,
            ["config"] = await KeepAsync(Encoding.UTF8.GetBytes(config.ToJsonString()), "application/vnd.oci.image.config.v1+json"),
            ["layers"] = new JsonArray(await KeepAsync(gzip.ToArray(), "application/vnd.oci.image.layer.v1.tar+gzip")),
        };
        var listed = await KeepAsync(Encoding.UTF8.GetBytes(manifest.ToJsonString()), Images.Manifest);
        listed["annotations"] = new JsonObject { ["org.opencontainers.image.ref.name"] = tag };
        await File.WriteAllTextAsync(Path.Combine(folder, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        await File.WriteAllTextAsync(
            Path.Combine(folder, "index.json"), new JsonObject { ["schemaVersion"] = 2,
                ["manifests"] = new JsonArray(listed) }.ToJsonString());
        return (string)listed["digest"]!;
    }
}
