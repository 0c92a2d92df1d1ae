using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Auxo.Torture.Load;

/// <summary>
/// Packages published as npm publishes them, and each fetched through a mirror: another repository whose upstream is the first one.
/// </summary>
internal static class PackagePublishes
{
    private const string Version = "1.0.0";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(400);

    /// <summary>Runs until the load ends.</summary>
    public static Task RunAsync(World world, CancellationToken ct)
        => Loads.RepeatAsync(Pause, async i =>
        {
            var name = $"p{i}";
            var tarball = Tarball(name);
            var body = Body(name, tarball);
            var package = new PublishedPackage(name, $"{name}-{Version}.tgz", Convert.ToHexStringLower(SHA256.HashData(tarball)));
            // The same once more is a success: who was not answered sends it again.
            if (!await world.Door("registry").TellAsync(
                () => new HttpRequestMessage(HttpMethod.Put, $"/npm/{World.Packages}/{name}")
                {
                    Content = new StringContent(body, Encoding.UTF8, "application/json"),
                },
                static status => status is HttpStatusCode.Created or HttpStatusCode.OK, $"package {name}", ct)) return;
            world.Ledger.Packages[name] = package;
            if (await world.Door("registry").TellAsync(
                () => new HttpRequestMessage(HttpMethod.Get, $"/npm/{World.Mirrored}/{name}/-/{package.File}"),
                static status => status == HttpStatusCode.OK, $"mirrored package {name}", ct)) world.Ledger.Mirrored[name] = package;
        }, ct);

    private static string Body(string name, byte[] tarball) => new JsonObject
    {
        ["_id"] = name,
        ["name"] = name,
        ["dist-tags"] = new JsonObject { ["latest"] = Version },
        ["versions"] = new JsonObject
        {
            [Version] = new JsonObject
            {
                ["name"] = name,
                ["version"] = Version,
                ["dist"] = new JsonObject { ["integrity"] = "sha512-" + Convert.ToBase64String(SHA512.HashData(tarball)) },
            },
        },
        ["_attachments"] = new JsonObject
        {
            [$"{name}-{Version}.tgz"] = new JsonObject
            {
                ["content_type"] = "application/octet-stream",
                ["data"] = Convert.ToBase64String(tarball),
                ["length"] = tarball.Length,
            },
        },
    }.ToJsonString();

    private static byte[] Tarball(string name)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Ustar))
        {
            foreach (var (path, content) in ((string, byte[])[])[
                ("package/package.json", Encoding.UTF8.GetBytes($$"""{"name":"{{name}}","version":"{{Version}}"}""")),
                ("package/data.bin", RandomNumberGenerator.GetBytes(RandomNumberGenerator.GetInt32(1, 50_000)))])
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, path) { DataStream = new MemoryStream(content) });
        }

        return packed.ToArray();
    }
}
