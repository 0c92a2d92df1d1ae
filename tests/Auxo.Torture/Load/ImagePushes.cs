using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Auxo.Torture.Load;

/// <summary>Images pushed as docker pushes them: each blob begun, sent and ended, then the manifest under a tag.</summary>
internal static class ImagePushes
{
    private const string MediaType = "application/vnd.oci.image.manifest.v1+json";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(400);

    /// <summary>Runs until the load ends.</summary>
    public static Task RunAsync(World world, CancellationToken ct)
        => Loads.RepeatAsync(Pause, async i =>
        {
            var (name, tag) = ($"{World.Images}/app{i % 3}", $"v{i}");
            var (config, layer) = ("{}"u8.ToArray(), RandomNumberGenerator.GetBytes(RandomNumberGenerator.GetInt32(1, 200_000)));
            if (!await PushBlobAsync(world, name, config, ct) || !await PushBlobAsync(world, name, layer, ct)) return;
            var manifest = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
                $$"""
                {"schemaVersion":2,"mediaType":"{{MediaType}}","config":{"mediaType":"x","digest":"{{Digest(config)}}","size":2},"layers":[
                {"mediaType":"x","digest":"{{Digest(layer)}}","size":{{layer.Length}}}]}
                """));
            var kept = await world.Door("registry").TellAsync(
                () =>
                {
                    var body = new ByteArrayContent(manifest);
                    body.Headers.ContentType = new MediaTypeHeaderValue(MediaType);
                    return new HttpRequestMessage(HttpMethod.Put, $"/v2/{name}/manifests/{tag}") { Content = body };
                },
                static status => status == HttpStatusCode.Created, $"image {name}:{tag}", ct);
            if (kept) world.Ledger.Images[$"{name}:{tag}"] = new Image(name, tag, Digest(manifest), Digest(layer));
        }, ct);

    private static string Digest(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>An upload that broke off is begun again, which is what docker does.</summary>
    private static async Task<bool> PushBlobAsync(World world, string name, byte[] content, CancellationToken ct)
    {
        var client = world.Clients["registry"];
        while (!ct.IsCancellationRequested)
        {
            try
            {
                using var begun = await client.PostAsync($"/v2/{name}/blobs/uploads/", content: null, ct);
                if (begun.StatusCode == HttpStatusCode.Accepted)
                {
                    var at = begun.Headers.Location;
                    using var sent = await client.PatchAsync(at, new ByteArrayContent(content), ct);
                    using var ended = await client.PutAsync($"{at}?digest={Digest(content)}", content: null, ct);
                    if (ended.StatusCode == HttpStatusCode.Created) return true;
                }

                world.Ledger.NoAnswer();
            }
            catch (Exception e) when (e is HttpRequestException or SocketException or IOException or OperationCanceledException)
            {
                world.Ledger.NoAnswer();
            }

            await Task.Delay(Pause, TimeProvider.System, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return false;
    }
}
