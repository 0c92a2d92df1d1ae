using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json;

namespace Auxo.Benchmarks.Registry.Images;

/// <summary>An image in a folder as skopeo reads it (<c>dir:</c>), of layers that do not compress.</summary>
/// <param name="Path">The folder.</param>
internal sealed record ImageFolder(string Path)
{
    private const string Manifest = "application/vnd.oci.image.manifest.v1+json";

    /// <summary>Writes it.</summary>
    /// <param name="folder">Is made.</param>
    /// <param name="layers">How many.</param>
    /// <param name="bytes">Of each.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<ImageFolder> MakeAsync(string folder, int layers, int bytes, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        var parts = new List<(string Digest, long Size)>();
        for (var i = 0; i < layers; i++)
        {
            using var layer = new MemoryStream();
            await using (var tar = new TarWriter(layer, TarEntryFormat.Ustar, leaveOpen: true))
                await tar.WriteEntryAsync(new UstarTarEntry(TarEntryType.RegularFile, $"layer-{i}.bin")
                {
                    DataStream = new MemoryStream(RandomNumberGenerator.GetBytes(bytes)),
                }, ct);
            parts.Add(await KeepAsync(layer.ToArray()));
        }

        var config = await KeepAsync(JsonSerializer.SerializeToUtf8Bytes(new
        {
            architecture = "amd64", os = "linux", config = new { },
            rootfs = new { type = "layers", diff_ids = parts.Select(static part => $"sha256:{part.Digest}") },
        }));
        await File.WriteAllBytesAsync(System.IO.Path.Combine(folder, "manifest.json"), JsonSerializer.SerializeToUtf8Bytes(new
        {
            schemaVersion = 2, mediaType = Manifest, config = Descriptor("application/vnd.oci.image.config.v1+json", config),
            layers = parts.Select(static part => Descriptor("application/vnd.oci.image.layer.v1.tar", part)),
        }), ct);
        await File.WriteAllTextAsync(System.IO.Path.Combine(folder, "version"), "Directory Transport Version: 1.1\n", ct);
        return new ImageFolder(folder);

        async Task<(string, long)> KeepAsync(byte[] content)
        {
            var digest = Convert.ToHexStringLower(SHA256.HashData(content));
            await File.WriteAllBytesAsync(System.IO.Path.Combine(folder, digest), content, ct);
            return (digest, content.Length);
        }

        static object Descriptor(string type, (string Digest, long Size) part)
            => new { mediaType = type, digest = $"sha256:{part.Digest}", size = part.Size };
    }

    /// <summary>Lays it out below a folder that a server of files shows as <c>/v2/NAME</c>.</summary>
    public void Serve(string files, string name, string tag)
    {
        var image = System.IO.Path.Combine(files, "v2", name);
        var (blobs, manifests) = (System.IO.Path.Combine(image, "blobs"), System.IO.Path.Combine(image, "manifests"));
        Directory.CreateDirectory(blobs);
        Directory.CreateDirectory(manifests);
        foreach (var file in Directory.EnumerateFiles(Path).Where(static file => System.IO.Path.GetFileName(file).Length == 64))
            File.Copy(file, System.IO.Path.Combine(blobs, $"sha256:{System.IO.Path.GetFileName(file)}"));
        File.Copy(System.IO.Path.Combine(Path, "manifest.json"), System.IO.Path.Combine(manifests, tag));
    }
}
