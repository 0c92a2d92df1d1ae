using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Testing;

namespace Auxo.Radicle.Tests;

public sealed class NodeControlTests
{
    private static readonly Did Bob = Did.Parse("z6MkqGC3nWZhYieEVTVDKW5v588CiGfsDSmRVG9ZwwWTvLSK");
    private static readonly Did Alice = Did.Parse("z6MktULudTtAsAhRegYPiZ6631RV3viv12qd4GQF8z1xB22S");
    private static readonly Rid Rid = Rid.Parse("rad:z3FncxVBpRsxNgBiagEzr4ZRcGhW7");

    [Fact]
    public async Task the_recorded_answers_of_a_real_node_are_understood()
    {
        await using var node = Recorded().Start();
        var control = new NodeControl(node.SocketPath, TimeProvider.System);

        await control.StatusAsync(CancellationToken.None);
        Assert.Equal(Bob, await control.NodeIdAsync(CancellationToken.None));
        var session = Assert.Single(await control.SessionsAsync(CancellationToken.None));
        Assert.Equal((Alice, true), (session.Nid, session.Connected));
        Assert.NotNull(session.IsOutbound);
        Assert.StartsWith("127.0.0.1:", session.Address, StringComparison.Ordinal);
        var at = DateTimeOffset.FromUnixTimeSeconds(1795420114);
        Assert.Equal(
            [new NodeSeed(Alice, IsConnected: true, IsInSync: true, at), new NodeSeed(Bob, IsConnected: false, IsInSync: true, at)],
            await control.SeedsForAsync(Rid, [Bob], CancellationToken.None));
        Assert.Equal([new NodeSeed(Alice, IsConnected: true, IsInSync: null, AnnouncedAt: null)],
            await control.SeedsForAsync(Rid, [], CancellationToken.None));
        var announced = await control.AnnounceRefsForAsync(Rid, [Bob], CancellationToken.None);
        Assert.Equal(new AnnouncedRefs(Bob, CommitId.Parse("4dfe76c6c1f817af28b7afd24c3f59187635aaca")), announced);
    }

    [Fact]
    public async Task a_refusal_says_what_the_node_said()
    {
        const string refusal = """{"error":"runtime error: command failed: repository rad:z42hL2jL4XNk6K8oHQaSWfMgCL7ji not found"}""";
        await using var node = new FakeNode(_ => Encoding.UTF8.GetBytes(refusal)).Start();

        var error = await FailsAsync(new NodeControl(node.SocketPath, TimeProvider.System), NodeFault.Refused);
        Assert.Contains("repository rad:z42hL2jL4XNk6K8oHQaSWfMgCL7ji not found", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("{\"remote\":1}")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    public async Task an_answer_that_is_none_is_an_error_of_its_own(string answer)
    {
        await using var node = new FakeNode(_ => Encoding.UTF8.GetBytes(answer)).Start();
        await FailsAsync(new NodeControl(node.SocketPath, TimeProvider.System), NodeFault.Garbled);
    }

    [Fact]
    public async Task a_node_that_does_not_answer_is_not_waited_for()
    {
        await using var node = new FakeNode(_ => null).Start();
        await FailsAsync(
            new NodeControl(node.SocketPath, TimeProvider.System) { Patience = TimeSpan.FromMilliseconds(50) }, NodeFault.TimedOut);
    }

    [Fact]
    public async Task a_node_that_closes_at_once_is_disconnected()
    {
        await using var node = new FakeNode(_ => []).Start();
        await FailsAsync(new NodeControl(node.SocketPath, TimeProvider.System), NodeFault.Disconnected);
    }

    [Fact]
    public async Task a_stopped_node_a_killed_node_and_a_path_that_is_too_long_are_distinguished()
    {
        await using var node = new FakeNode(_ => null).Start();
        var control = new NodeControl(node.SocketPath, TimeProvider.System);
        await node.StopAsync(killed: true);
        using (var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            File.Delete(node.SocketPath);
            left.Bind(new UnixDomainSocketEndPoint(node.SocketPath));
            await FailsAsync(control, NodeFault.StaleSocket);
        }

        File.Delete(node.SocketPath);
        await FailsAsync(control, NodeFault.NotRunning);
        var error = await FailsAsync(new NodeControl("/tmp/" + new string('x', 120), TimeProvider.System), NodeFault.NoAccess);
        Assert.Contains("RAD_SOCKET", error.Message, StringComparison.Ordinal);
    }

    private static async Task<NodeException> FailsAsync(NodeControl control, NodeFault fault)
    {
        var error = await Assert.ThrowsAsync<NodeException>(() => control.AnnounceRefsForAsync(Rid, [Bob], CancellationToken.None));
        Assert.Equal(fault, error.Fault);
        return error;
    }

    /// <summary>Answers as the recorded node did to the same command.</summary>
    private static FakeNode Recorded()
    {
        var recorded = File.ReadLines(Fixtures.Require("radicle/recorded/control-socket.ndjson")).Select(l => JsonNode.Parse(l)!)
            .Where(r => r["closed_by_node"]?.GetValue<bool>() == true)
            .Select(r => (Send: Normal(r["send"]!.ToString()), Receive: r["receive"]!.ToString())).Where(r => r.Send is not null)
            .GroupBy(r => r.Send).ToDictionary(g => g.Key!, g => g.First().Receive, StringComparer.Ordinal);
        return new FakeNode(line => Encoding.UTF8.GetBytes(recorded[Normal(line)!]));
    }

    private static string? Normal(string request)
    {
        try
        {
            return JsonNode.Parse(request)?.ToJsonString();
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
