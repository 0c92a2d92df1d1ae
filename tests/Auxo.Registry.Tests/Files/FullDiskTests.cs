using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;

using Auxo.Registry.Blobs;
using Auxo.Testing;

namespace Auxo.Registry.Tests.Files;

/// <summary>
/// A disk that really is full: a small file system of its own, which only root can mount. The guard is turned off, since it
/// would be there first.
/// </summary>
public sealed class FullDiskTests(PostgresFixture postgres)
{
    private const int MiB = 1 << 20;

    [Fact]
    public async Task a_disk_that_fills_while_it_is_written_to_keeps_nothing_of_it_and_goes_on_when_there_is_room()
    {
        await using var disk = await SmallDisk.MountAsync("size=6m");
        await using var host = await StartAsync(disk);
        var kept = RandomNumberGenerator.GetBytes(2 * MiB);
        using (var first = await host.PutAsync("/raw/files/kept", kept)) Assert.Equal(HttpStatusCode.Created, first.StatusCode);

        // Nobody knows how long it will be, so nobody can refuse it beforehand.
        using (var second = await PutWithoutLengthAsync(host, "/raw/files/large", 8 * MiB)) Assert.Equal(
            (HttpStatusCode.InsufficientStorage, "disk/full"), await second.ProblemAsync());
        using (var replaced = await PutWithoutLengthAsync(host, "/raw/files/kept", 8 * MiB)) Assert.Equal(
            (HttpStatusCode.InsufficientStorage, "disk/full"), await replaced.ProblemAsync());

        Assert.Empty(host.OnDisk().Unfinished);
        Assert.Single(host.OnDisk().Whole);
        Assert.Equal(kept, await host.Client.GetByteArrayAsync("/raw/files/kept"));
        Assert.Equal((long)kept.Length, await host.ScalarAsync<long>("select used_bytes from registry.repositories where name = 'files'"));
        using (var none = await host.GetAsync("/raw/files/large")) Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);

        await disk.ResizeAsync("size=32m");
        using (var again = await PutWithoutLengthAsync(host, "/raw/files/large", 8 * MiB)) Assert.Equal(
            HttpStatusCode.Created, again.StatusCode);
        Assert.Equal(8 * MiB, (await host.Client.GetByteArrayAsync("/raw/files/large")).Length);
    }

    [Fact]
    public async Task a_disk_without_room_for_one_more_name_says_so_too()
    {
        // The root, the folders of the store, and hardly anything more.
        await using var disk = await SmallDisk.MountAsync("size=16m,nr_inodes=16");
        await using var host = await StartAsync(disk);
        var (statuses, number) = (new List<HttpStatusCode>(), 0);
        while (statuses.Count(static s => s == HttpStatusCode.InsufficientStorage) < 3 && number < 32)
        {
            using var put = await host.PutAsync($"/raw/files/{number}", $"content {number++}");
            statuses.Add(put.StatusCode);
        }

        Assert.Equal(3, statuses.Count(static s => s == HttpStatusCode.InsufficientStorage));
        Assert.All(statuses, static s
            => Assert.Contains(s, (HttpStatusCode[])[HttpStatusCode.Created, HttpStatusCode.InsufficientStorage]));
        Assert.Empty(host.OnDisk().Unfinished);
        var created = statuses.Count(static s => s == HttpStatusCode.Created);
        Assert.Equal((created, (long)created), (
            host.OnDisk().Whole.Count, await host.ScalarAsync<long>("select file_count from registry.repositories where name = 'files'")));

        // What was refused left pins, and nothing else: they go with the next sweep.
        await host.ExecuteAsync("update registry.blobs set pinned_until = '-infinity'");
        await host.Get<BlobSweep>().RunAsync(orphans: true, TestContext.Current.CancellationToken);
        Assert.Equal((long)created, await host.ScalarAsync<long>("select count(*) from registry.blobs"));
    }

    private async Task<RegistryHost> StartAsync(SmallDisk disk)
    {
        var host = await RegistryHost.StartAsync(
            await postgres.CreateDatabaseAsync(), disk.Folder, ("Auxo:Disk:MinFreeBytes", "0"), ("Auxo:Disk:MinFreePercent", "0"));
        await host.DefineAsync("files");
        return host;
    }

    private static async Task<HttpResponseMessage> PutWithoutLengthAsync(RegistryHost host, string path, int bytes)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, path)
        {
            Content = new StreamContent(new MemoryStream(RandomNumberGenerator.GetBytes(bytes))),
        };
        request.Headers.TransferEncodingChunked = true;
        return await host.Client.SendAsync(request);
    }

    internal sealed class SmallDisk : IAsyncDisposable
    {
        private SmallDisk(string folder) => Folder = folder;

        public string Folder { get; }

        public static async Task<SmallDisk> MountAsync(string options)
        {
            Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root can mount a small disk to fill.");
            var disk = new SmallDisk(Directory.CreateTempSubdirectory("auxo-disk-").FullName);
            var (code, said) = await RunAsync("mount", "-t", "tmpfs", "-o", options, "tmpfs", disk.Folder);
            if (code == 0) return disk;
            Directory.Delete(disk.Folder);
            Assert.Skip($"No small disk could be mounted to fill: {said}");
            return disk;
        }

        public async Task ResizeAsync(string options)
        {
            var (code, said) = await RunAsync("mount", "-o", "remount," + options, Folder);
            Assert.True(code == 0, said);
        }

        public async ValueTask DisposeAsync()
        {
            var (code, said) = await RunAsync("umount", "--lazy", Folder);
            Assert.True(code == 0, said);
            Directory.Delete(Folder);
        }

        private static async Task<(int Code, string Said)> RunAsync(string program, params string[] arguments)
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
            var said = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, said.Trim());
        }
    }
}
