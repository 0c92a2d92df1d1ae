using System.Text;

using Auxo.Contracts;
using Auxo.Testing.Radicle;

namespace Auxo.Radicle.Tests;

public sealed class NodeEventsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task the_stream_survives_a_stop_a_kill_and_a_late_start_of_the_node()
    {
        await using var node = new FakeNode(_ => null);
        using var stop = new CancellationTokenSource(Limit);
        await using var signals = new NodeEvents(new NodeControl(node.SocketPath, TimeProvider.System), TimeProvider.System)
            .ReadAsync(stop.Token).GetAsyncEnumerator(stop.Token);

        Assert.Equal(NodeFault.NotRunning, Assert.IsType<NodeSignal.Lost>(await NextAsync(signals)).Fault);
        node.Start();
        Assert.Equal(new NodeSignal.Connected(Again: false), await NextAsync(signals));

        await node.Requests.ReadAsync(stop.Token);
        var line = Canonical(1);
        await node.Tell("""{"type":"peerConnected","nid":"z6MkqGC3nWZhYieEVTVDKW5v588CiGfsDSmRVG9ZwwWTvLSK"}""");
        await node.Tell(Encoding.UTF8.GetBytes(line[..20]));
        await node.Tell(Encoding.UTF8.GetBytes(line[20..] + "\n" + Canonical(2) + "\n"));
        Assert.EndsWith("1", Told(await NextAsync(signals)), StringComparison.Ordinal);
        Assert.EndsWith("2", Told(await NextAsync(signals)), StringComparison.Ordinal);

        await node.StopAsync(killed: true);
        Assert.IsType<NodeSignal.Lost>(await NextAsync(signals));
        node.Start();
        Assert.Equal(new NodeSignal.Connected(Again: true), await NextAsync(signals));
    }

    [Fact]
    public async Task a_consumer_that_is_too_slow_has_to_look_through_everything()
    {
        await using var node = new FakeNode(_ => null).Start();
        using var stop = new CancellationTokenSource(Limit);
        await using var signals = new NodeEvents(new NodeControl(node.SocketPath, TimeProvider.System), TimeProvider.System)
            .ReadAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        Assert.IsType<NodeSignal.Connected>(await NextAsync(signals));

        await node.Requests.ReadAsync(stop.Token);

        // More than is ever kept waiting. The line is dropped while they are sent.
        var lines = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Canonical(1) + "\n", 30_000)));
        try
        {
            await node.Tell(lines);
        }
        catch (System.Net.Sockets.SocketException)
        {
            // The reader hung up, as it should.
        }

        var told = 0;
        while (await NextAsync(signals) is not NodeSignal.Connected { Again: true }) told++;
        Assert.InRange(told, 1, 4097);
    }

    [Fact]
    public async Task a_real_node_tells_about_a_fetched_patch_an_own_push_and_its_restart()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice", "bob");
        var (alice, bob) = (lab.Nodes[0], lab.Nodes[1]);
        var repository = await lab.CreateRepositoryAsync("demo", new Dictionary<string, string> { ["README.md"] = "# demo\n" }, ct);
        var control = new NodeControl(alice.Socket, TimeProvider.System);
        await using var storage = await RadicleRepository.OpenAsync(alice.Storage(repository.Rid), ct);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        stop.CancelAfter(Limit);
        await using var signals = new NodeEvents(control, TimeProvider.System).ReadAsync(stop.Token).GetAsyncEnumerator(stop.Token);

        Assert.Equal(new NodeSignal.Connected(Again: false), await NextAsync(signals));
        Assert.Equal(alice.Nid, (await control.NodeIdAsync(ct)).Nid);
        Assert.Contains(await control.SessionsAsync(ct), s => s.Nid.Nid == bob.Nid && s.Connected);

        var (patch, head) = await bob.OpenPatchAsync("demo", "Say hello", new Dictionary<string, string> { ["hello.txt"] = "hello\n" }, ct);
        var fetched = await NextAsync<NodeEvent.RefsFetched>(signals);
        Assert.Equal(repository.Rid, fetched.Rid.Value);
        Assert.Equal(patch, Assert.Single(StorageChange.Of(fetched.Changes).Patches).Value);
        var read = await storage.ReadPatchAsync(PatchId.Parse(patch), ct);
        Assert.Equal((head, bob.Nid, "Say hello"), (read!.Latest.Head.Value, read.Author.Nid, read.Title));

        var (own, _) = await alice.OpenPatchAsync("demo", "Say more", new Dictionary<string, string> { ["more.txt"] = "more\n" }, ct);
        var announced = await NextAsync<NodeEvent.LocalRefsAnnounced>(signals);
        var changes = await storage.ReadChangesAsync(announced.Owner, announced.SignedRefs, ct);
        Assert.Equal(own, Assert.Single(StorageChange.Of(changes!).Patches).Value);

        await alice.StopAsync();
        while (await NextAsync(signals) is not NodeSignal.Lost)
        {
        }

        await alice.StartAsync(ct);
        Assert.Equal(new NodeSignal.Connected(Again: true), await NextAsync(signals));
    }

    private static async Task<NodeSignal> NextAsync(IAsyncEnumerator<NodeSignal> signals)
    {
        Assert.True(await signals.MoveNextAsync());
        return signals.Current;
    }

    private static async Task<T> NextAsync<T>(IAsyncEnumerator<NodeSignal> signals)
        where T : NodeEvent
    {
        while (true)
        {
            if (await NextAsync(signals) is NodeSignal.Received { Event: T wanted }) return wanted;
        }
    }

    private static string Told(NodeSignal signal)
        => Assert.IsType<NodeEvent.CanonicalRefUpdated>(Assert.IsType<NodeSignal.Received>(signal).Event).Target.Value;

    private static string Canonical(int number)
        => """{"type":"canonicalRefUpdated","rid":"rad:z3FncxVBpRsxNgBiagEzr4ZRcGhW7","refname":"refs/heads/main","target":"""
            + $$""" "{{number:x40}}"}""";
}
