using Auxo.Contracts;
using Auxo.Git;
using Auxo.Ingest.Standing;
using Auxo.Testing;
using Auxo.Testing.Radicle;

using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Ingest.Tests.Standing;

/// <summary>How repositories stand on a real node, and without one.</summary>
public sealed class StandingTests(PostgresFixture postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task two_nodes_keep_a_repository_and_one_that_stops_is_seen()
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice", "bob");
        var (alice, bob) = (lab.Nodes[0], lab.Nodes[1]);
        var repository = await lab.CreateRepositoryAsync("demo", Files("README.md"), Ct);
        await using var host = await IngestHost.StartAsync(await postgres.CreateDatabaseAsync(), alice.Home, alice.Socket);
        await host.TrackAsync(repository.Rid);
        await host.ScanAsync(repository.Rid);
        var standing = host.Services.GetRequiredService<ObserveStanding>();

        await bob.RadAsync(Ct, "clone", repository.Rid, "--no-confirm");
        await Eventually.TrueAsync(
            async () =>
            {
                await standing.RunAsync(Ct);
                return await LastAsync(host) is { Node: { IsRunning: true, ConnectedPeers: 1, Seeds: 1, SeedsInSync: 1 } };
            },
            "the other node keeps it and has all of it", TimeSpan.FromSeconds(60));
        var node = (await LastAsync(host))!.Node!;
        Assert.Equal((1, 1, true, null), (node.Delegates, node.Threshold, node.IsPrivate, node.BehindSince));
        Assert.False((await LastAsync(host))!.ForcedHead);
        Assert.Equal(0, await standing.RunAsync(Ct));

        await alice.StopAsync();
        Assert.Equal(1, await standing.RunAsync(Ct));
        Assert.False((await LastAsync(host))!.Node!.IsRunning);
    }

    [Fact]
    public async Task a_branch_of_a_delegate_that_is_not_merged_stands_there_with_its_age()
    {
        var home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
        var (alice, bob) = (new RadicleTestKey("alice"), new RadicleTestKey("bob"));
        var storage = await RadicleStorage.CreateAsync(Path.Combine(home, "storage"), "demo", alice, Files("README.md"));
        await using var host = await IngestHost.StartAsync(await postgres.CreateDatabaseAsync(), home);
        await host.TrackAsync(storage.Rid);
        var commit = storage.Commit(Files("try.txt"), "Try something", storage.Head);
        storage.PushBranch(alice, "try", commit);
        storage.PushBranch(bob, "stranger", commit);
        storage.PushBranch(alice, "merged", storage.Head);
        await host.ScanAsync(storage.Rid);

        await host.Services.GetRequiredService<ObserveStanding>().RunAsync(Ct);

        var seen = (await LastAsync(host))!;
        Assert.Equal((1, "try", alice.Did), (seen.BranchCount, seen.Branches[0].Name, seen.Branches[0].Owner?.Value));
        Assert.InRange(seen.Branches[0].CommittedAt, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), DateTimeOffset.UtcNow);
        Assert.False(seen.Node!.IsRunning);
    }

    [Fact]
    public async Task a_git_repository_without_radicle_says_whether_its_branch_may_be_rewritten()
    {
        var home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
        var folder = Directory.CreateTempSubdirectory("auxo-git-").FullName;
        await GitCommand.RunAsync(folder, ["init", "-q", "--bare", "-b", "main"], Ct);
        await GitCommand.RunAsync(folder, ["fast-import", "--quiet"], Ct,
            "commit refs/heads/main\ncommitter A <a@auxo.test> 1700000000 +0000\ndata 1\nxM 644 inline a\ndata 1\na\n"u8.ToArray());
        await GitCommand.RunAsync(folder, ["fast-import", "--quiet"], Ct,
            "commit refs/heads/old\ncommitter A <a@auxo.test> 1600000000 +0000\ndata 1\nxM 644 inline b\ndata 1\nb\n"u8.ToArray());
        await using var host = await IngestHost.StartAsync(await postgres.CreateDatabaseAsync(), home);
        await host.TrackAsync(folder);
        var standing = host.Services.GetRequiredService<ObserveStanding>();

        await standing.RunAsync(Ct);
        var seen = (await LastAsync(host))!;
        Assert.Equal((null, true, "old"), (seen.Node, seen.ForcedHead, Assert.Single(seen.Branches).Name));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1600000000), seen.Branches[0].CommittedAt);

        await GitCommand.RunAsync(folder, ["config", "receive.denyNonFastForwards", "true"], Ct);
        Assert.Equal(1, await standing.RunAsync(Ct));
        Assert.False((await LastAsync(host))!.ForcedHead);

        Directory.Delete(folder, recursive: true);
        Assert.Equal(0, await standing.RunAsync(Ct));
    }

    private static Dictionary<string, string> Files(string path) => new(StringComparer.Ordinal) { [path] = "x" };

    private static async Task<StandingObserved?> LastAsync(IngestHost host)
    {
        await host.Queues.SentAllAsync("ingest");
        return (await host.Queues.MessagesAsync<StandingObserved>("metrics")) is [.., var last] ? last : null;
    }
}
