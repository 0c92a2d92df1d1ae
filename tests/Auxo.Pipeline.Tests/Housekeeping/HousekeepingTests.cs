using Auxo.Contracts;
using Auxo.Pipeline.Artifacts;
using Auxo.Pipeline.Housekeeping;
using Auxo.Pipeline.Tests.Execution;
using Auxo.Pipeline.Tests.Host;
using Auxo.ServiceDefaults.Disk;
using Auxo.Testing;

namespace Auxo.Pipeline.Tests.Housekeeping;

public sealed class HousekeepingTests(PostgresFixture postgres)
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 9, 30, 0, TimeSpan.Zero);
    private static readonly Rid One = Rid.Parse("git:one-12345678");
    private static readonly Rid Two = Rid.Parse("git:two-12345678");

    [Fact]
    public void the_files_of_old_builds_go_but_not_of_the_newest_nor_of_those_that_are_not_done()
    {
        KeptBuild Build(int n, Rid rid, int days, bool done = true) => new(new Guid(n, 0, 0, new byte[8]), rid, Now.AddDays(-days), done);
        var expired = KeptBuilds.Expired(
            [Build(1, One, 500), Build(2, One, 400, done: false), Build(3, One, 300), Build(4, One, 200),
                Build(5, One, 50), Build(6, Two, 900), Build(7, Two, 800)],
            new HousekeepingPolicy(2, TimeSpan.FromDays(90)), Now);
        Assert.Equal([1, 3], expired.Select(static id => BitConverter.ToInt32(id.ToByteArray())).Order());
    }

    [Fact]
    public async Task a_content_goes_with_the_last_build_that_has_it_and_not_while_it_is_young()
    {
        using var bench = new Bench(Bench.Small);
        var commit = bench.Commit(("a.txt", "shared"), ("b.txt", "only the first"));
        using var store = new ArtifactStore(bench.Layout, bench.Settings);
        Guid[] builds = [Guid.NewGuid(), Guid.NewGuid()];
        var digests = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            await using var workspace = await bench.Workspaces.PrepareAsync(bench.Source, commit, builds[i], CancellationToken.None);
            var (kept, _) = await store.CollectAsync(
                builds[i], workspace, i == 0 ? ["a.txt", "b.txt"] : ["a.txt"], mask: null, CancellationToken.None);
            if (i == 0) digests.AddRange(kept.Select(static a => a.Digest));
        }

        var tomorrow = TimeProvider.System.GetUtcNow().AddDays(2);
        await store.SweepAsync(tomorrow, CancellationToken.None);
        Assert.All(digests, digest => Assert.NotNull(store.FindBlob(digest)));
        Assert.True(store.Forget(builds[0]));
        Assert.False(store.Forget(builds[0]));
        await store.SweepAsync(TimeProvider.System.GetUtcNow(), CancellationToken.None);
        Assert.All(digests, digest => Assert.NotNull(store.FindBlob(digest)));
        await store.SweepAsync(tomorrow, CancellationToken.None);
        Assert.NotNull(store.FindBlob(digests[0]));
        Assert.Null(store.FindBlob(digests[1]));
    }

    [Fact]
    public async Task pages_go_with_the_build_that_has_them()
    {
        using var bench = new Bench(Bench.Small);
        var commit = bench.Commit(("coverage/index.html", "page"));
        using var store = new ArtifactStore(bench.Layout, bench.Settings);
        var build = Guid.NewGuid();
        await using var workspace = await bench.Workspaces.PrepareAsync(bench.Source, commit, build, CancellationToken.None);
        var (kept, problems) = await store.KeepPagesAsync(
            build, workspace, "unit/", ["coverage/index.html", "coverage/none.html"], 100, CancellationToken.None);
        Assert.Equal(["coverage/index.html"], kept);
        Assert.Single(problems);
        var page = Assert.Single((await store.ListPagesAsync(build, CancellationToken.None)).Values);
        Assert.Equal("unit/coverage/index.html", page.Name);
        Assert.Empty(await store.ListAsync(build, CancellationToken.None));
        var (none, tooLarge) = await store.KeepPagesAsync(build, workspace, "b/", ["coverage/index.html"], 3, CancellationToken.None);
        Assert.Empty(none);
        Assert.Single(tooLarge);

        var tomorrow = TimeProvider.System.GetUtcNow().AddDays(2);
        await store.SweepAsync(tomorrow, CancellationToken.None);
        Assert.NotNull(store.FindBlob(page.Digest));
        Assert.True(store.Forget(build));
        await store.SweepAsync(tomorrow, CancellationToken.None);
        Assert.Null(store.FindBlob(page.Digest));
    }

    [Fact]
    public async Task builds_wait_while_the_disk_is_nearly_full_and_begin_when_there_is_room()
    {
        var home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
        var free = 0L;
        await using var repository = await GitRepository.CreateAsync();
        var told = new Told(repository);
        await using (var host = await PipelineHost.StartAsync(
            await postgres.CreateDatabaseAsync(), home, disk: new DiskGuard(
                home, 1000, 0, _ => new DiskSpace(Volatile.Read(ref free), 10_000))))
        {
            var head = await repository.CommitAsync(("README.md", "# One\n"));
            await host.SendAsync(told.Opened(head));
            await host.InStateAsync(told.BuildOf(head), "queued");
            using (var health = await host.Client.GetAsync("/health"))
            {
                Assert.True(health.IsSuccessStatusCode);
                Assert.Contains("nearly full", await health.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            }

            var freed = TimeProvider.System.GetUtcNow();
            Volatile.Write(ref free, 5000);
            var build = await host.FinishedAsync(told.BuildOf(head));
            Assert.True(DateTimeOffset.Parse((string)build["startedAt"]!) >= freed.AddMilliseconds(-1));
        }

        Directory.Delete(home, recursive: true);
    }
}
