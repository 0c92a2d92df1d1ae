using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

using Auxo.Registry.Blobs;
using Auxo.Registry.Oci.Uploads;
using Auxo.Registry.Tests.Files;
using Auxo.Testing;

namespace Auxo.Registry.Tests.Oci;

/// <summary>Cut connections, full disks, and a collector that never rests.</summary>
public sealed class OciFaultTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-registry-").FullName;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task what_came_before_a_connection_broke_need_not_be_sent_again()
    {
        await using var host = await StartAsync(_home);
        var content = RandomNumberGenerator.GetBytes(3_000_000);
        var at = await host.BeginAsync("app/web");
        using (var tcp = new TcpClient())
        {
            await tcp.ConnectAsync(host.Address.Host, host.Address.Port);
            var stream = tcp.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"PATCH {at} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {host.Token}\r\nContent-Length: {content.Length}\r\n\r\n"));
            await stream.WriteAsync(content.AsMemory(0, 2_000_000));
            var file = Path.Combine(_home, "blobs", "registry", "uploads", Guid.Parse(at.Split('/')[^1]).ToString("N"));
            await Eventually.TrueAsync(() => Task.FromResult(File.Exists(file) && new FileInfo(file).Length > 1_000_000),
                "most of it came");
            tcp.LingerState = new LingerOption(true, 0);
        }

        var reached = 0;
        await Eventually.TrueAsync(async () =>
        {
            using var shown = await host.GetAsync(at);
            Assert.Equal(HttpStatusCode.NoContent, shown.StatusCode);
            reached = int.Parse(shown.Header("Range")!["0-".Length..], System.Globalization.CultureInfo.InvariantCulture) + 1;
            return reached > 1;
        }, "something of it is kept");
        Assert.InRange(reached, 1_000_000, 2_000_000);
        using (var end = await host.SendContentAsync(HttpMethod.Put, $"{at}?digest={Images.DigestOf(content)}", content[reached..]))
            Assert.True(end.StatusCode == HttpStatusCode.Created, await end.Content.ReadAsStringAsync());
        Assert.Equal(content, await host.Client.GetByteArrayAsync($"/v2/app/web/blobs/{Images.DigestOf(content)}"));
    }

    [Fact]
    public async Task the_collector_does_not_wait_for_who_sends_a_byte_now_and_then()
    {
        await using var host = await StartAsync(_home);
        var at = await host.BeginAsync("app/web");
        var id = Guid.Parse(at.Split('/')[^1]);
        await host.ExecuteAsync("update registry.oci_uploads set changed_at = changed_at - interval '2 days'");
        var sweep = host.Get<BlobSweep>();
        using (await host.Get<UploadFiles>().EnterAsync(id, TestContext.Current.CancellationToken))
            await sweep.RunAsync(orphans: false, TestContext.Current.CancellationToken);
        using (var shown = await host.GetAsync(at)) Assert.Equal(HttpStatusCode.NoContent, shown.StatusCode);
        await sweep.RunAsync(orphans: false, TestContext.Current.CancellationToken);
        using (var shown = await host.GetAsync(at)) Assert.Equal(HttpStatusCode.NotFound, shown.StatusCode);
    }

    [Fact]
    public async Task a_disk_that_fills_keeps_what_was_answered_and_the_upload_goes_on_when_there_is_room()
    {
        await using var disk = await FullDiskTests.SmallDisk.MountAsync("size=6m");
        await using var host = await StartAsync(disk.Folder);
        await host.PushAsync("app/web", "v1", "layer");
        var content = RandomNumberGenerator.GetBytes(9 << 20);
        var at = await host.BeginAsync("app/web");
        using (var first = await host.SendContentAsync(HttpMethod.Patch, at, content[..1_000_000])) Assert.Equal(HttpStatusCode.Accepted,
            first.StatusCode);
        using (var full = await host.SendContentAsync(HttpMethod.Patch, at, content[1_000_000..]))
            Assert.Equal((HttpStatusCode.InsufficientStorage, "BLOB_UPLOAD_INVALID"), await full.ErrorAsync());
        using (var shown = await host.GetAsync(at)) Assert.Equal("0-999999", shown.Header("Range"));
        using (var image = await host.GetAsync("/v2/app/web/manifests/v1")) Assert.Equal(HttpStatusCode.OK, image.StatusCode);
        await disk.ResizeAsync("size=32m");
        using (var end = await host.SendContentAsync(HttpMethod.Put, $"{at}?digest={Images.DigestOf(content)}", content[1_000_000..]))
            Assert.Equal(HttpStatusCode.Created, end.StatusCode);
        Assert.Equal(content, await host.Client.GetByteArrayAsync($"/v2/app/web/blobs/{Images.DigestOf(content)}"));
    }

    [Fact]
    public async Task while_a_collector_never_rests_no_pushed_image_loses_a_blob()
    {
        await using var host = await StartAsync(_home);
        // Nothing is pinned for longer than the moment: what protects is the order of things alone.
        await host.ExecuteAsync(
            "create function unpin() returns trigger language plpgsql as $$ begin new.pinned_until := now(); return new; end $$");
        await host.ExecuteAsync("create trigger unpin before insert or update on registry.blobs for each row execute function unpin()");
        using var stop = new CancellationTokenSource();
        var collectors = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested) await host.Get<BlobSweep>().RunAsync(orphans: false, CancellationToken.None);
        })).ToList();

        // Few images of the same few blobs, pushed and deleted by eight at once.
        var pushers = Enumerable.Range(0, 8).Select(lane => Task.Run(async () =>
        {
            for (var round = 0; round < 25; round++)
            {
                var (name, layer) = ($"app/web{(lane + round) % 3}", $"layer {(lane * 7 + round) % 4}");
                await PushAsync(host, name, $"tag{lane % 2}", layer);
                if (round % 3 != 0) continue;
                var manifest = Images.DigestOf(Images.Of("{}"u8.ToArray(), Encoding.UTF8.GetBytes(layer)).ToJsonString());
                using var deleted = await host.SendAsync(HttpMethod.Delete, $"/v2/{name}/manifests/{manifest}");
                Assert.Contains(deleted.StatusCode, (HttpStatusCode[])[HttpStatusCode.Accepted, HttpStatusCode.NotFound]);
                // Whatever is held by nothing may go at once, too.
                await host.ExecuteAsync("update registry.oci_blobs set held_until = '-infinity' where digest = $1", Images.DigestOf(layer));
            }
        })).ToList();
        await Task.WhenAll(pushers);
        await stop.CancelAsync();
        await Task.WhenAll(collectors);

        Assert.NotEqual(0L, await host.ScalarAsync<long>("select count(*) from registry.oci_manifests"));
        for (var image = 0; image < 3; image++)
        {
            using var list = await host.GetAsync($"/v2/app/web{image}/tags/list");
            foreach (var tag in System.Text.Json.Nodes.JsonNode.Parse(await list.Content.ReadAsStringAsync())!["tags"]!.AsArray())
            {
                var manifest = await host.Client.GetStringAsync($"/v2/app/web{image}/manifests/{tag}");
                var read = System.Text.Json.Nodes.JsonNode.Parse(manifest)!;
                foreach (var part in (string[])[(string)read["config"]!["digest"]!, (string)read["layers"]![0]!["digest"]!])
                    Assert.Equal(part, Images.DigestOf(await host.Client.GetByteArrayAsync($"/v2/app/web{image}/blobs/{part}")));
            }
        }

        Assert.Equal(
            await host.ScalarAsync<long>(
                """
                select (select coalesce(sum(size_bytes), 0) from (select distinct content, size_bytes from registry.oci_blobs) b)::bigint
                    + (select coalesce(sum(size_bytes), 0) from registry.oci_manifests)::bigint
                """),
            await host.ScalarAsync<long>("select used_bytes from registry.repositories"));
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_home, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Pushes as clients do: it asks first, sends what is not there, and begins again when a blob was collected
    /// meanwhile.</summary>
    private static async Task PushAsync(RegistryHost host, string name, string tag, string layer)
    {
        var parts = new[] { "{}"u8.ToArray(), Encoding.UTF8.GetBytes(layer) };
        for (var attempt = 0; attempt < 100; attempt++)
        {
            foreach (var part in parts)
            {
                using var there = await host.SendAsync(HttpMethod.Head, $"/v2/{name}/blobs/{Images.DigestOf(part)}");
                if (there.StatusCode == HttpStatusCode.OK) continue;
                using var sent = await host.PostAsync($"/v2/{name}/blobs/uploads/?digest={Images.DigestOf(part)}", part);
                Assert.True(sent.StatusCode is HttpStatusCode.Created or HttpStatusCode.ServiceUnavailable,
                    await sent.Content.ReadAsStringAsync());
            }

            using var put = await host.PutManifestAsync(name, tag, Images.Of(parts[0], parts[1]).ToJsonString());
            if (put.StatusCode == HttpStatusCode.Created) return;
            Assert.True((await put.ErrorAsync()).Code is "MANIFEST_BLOB_UNKNOWN" or "BLOB_UPLOAD_INVALID",
                await put.Content.ReadAsStringAsync());
        }

        Assert.Fail($"{name}:{tag} could not be pushed.");
    }

    private async Task<RegistryHost> StartAsync(string home)
    {
        var host = await RegistryHost.StartAsync(
            await postgres.CreateDatabaseAsync(), home, ("Auxo:Disk:MinFreeBytes", "0"), ("Auxo:Disk:MinFreePercent", "0"));
        await host.DefineAsync("app", format: "oci");
        return host;
    }
}
