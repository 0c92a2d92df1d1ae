using System.Net;
using System.Security.Cryptography;
using System.Net.Sockets;

using Auxo.Torture.Audit;

namespace Auxo.Torture.Load;

/// <summary>Files put into a raw repository, some of them deleted again, and the sweep that takes their contents away.</summary>
internal static class Uploads
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan SweepPause = TimeSpan.FromMilliseconds(900);

    /// <summary>Runs until the load ends.</summary>
    public static Task RunAsync(World world, CancellationToken ct)
        => Loads.RepeatAsync(Pause, async i =>
        {
            var path = $"files/{i % 10}/{i}.bin";
            var bytes = RandomNumberGenerator.GetBytes(RandomNumberGenerator.GetInt32(1, i % 20 == 0 ? 4_000_000 : 60_000));
            // Sent again after an answer that was lost, it replaces itself.
            var kept = await world.Door("registry").TellAsync(
                () => new HttpRequestMessage(HttpMethod.Put, $"/raw/{World.Raw}/{path}") { Content = new ByteArrayContent(bytes) },
                static status => status is HttpStatusCode.Created or HttpStatusCode.OK, $"upload of {path}", ct);
            if (!kept) return;
            world.Ledger.Uploads[path] = new Upload(path, Convert.ToHexStringLower(SHA256.HashData(bytes)));
            if (i % 3 == 0) await DeleteAsync(world, path, ct);
        }, ct);

    /// <summary>
    /// Removes unused contents, as the service does every hour. The hour for which a content stays pinned is taken to be over.
    /// </summary>
    public static async Task SweepAsync(World world, CancellationToken ct)
    {
        await using var database = new InstanceDatabase(world.Auxo.Home);
        await Loads.RepeatAsync(SweepPause, async _ =>
        {
            try
            {
                await database.ExecuteAsync(
                    """
                    update registry.blobs b set pinned_until = '2000-01-01'
                    where not exists (select from registry.files f where f.digest = b.digest)
                        and not exists (select from registry.published_files p where p.blob = b.digest)
                        and stored_at < now() - interval '2 s' and pinned_until > now()
                    """);
                using var answer = await world.Clients["registry"].PostAsync("/sweep", content: null, ct);
            }
            catch (Exception e) when (e is HttpRequestException or SocketException or IOException
                or OperationCanceledException or Npgsql.NpgsqlException)
            {
                // The next one.
            }
        }, ct);
    }

    private static async Task DeleteAsync(World world, string path, CancellationToken ct)
    {
        // From here on it may be gone, whatever is answered.
        world.Ledger.Uploads.TryRemove(path, out var upload);
        var deleted = await world.Door("registry").TellAsync(
            () => new HttpRequestMessage(HttpMethod.Delete, $"/raw/{World.Raw}/{path}"),
            static status => status is HttpStatusCode.NoContent or HttpStatusCode.NotFound, $"deletion of {path}", ct);
        if (deleted) world.Ledger.Deleted[path] = upload!.Sha256;
    }
}
