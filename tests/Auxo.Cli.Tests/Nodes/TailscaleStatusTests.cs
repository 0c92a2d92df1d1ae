using Auxo.Cli.Nodes.Diagnosing;

namespace Auxo.Cli.Tests.Nodes;

public sealed class TailscaleStatusTests
{
    [Fact]
    public void what_it_says_is_read()
    {
        var status = TailscaleStatus.Parse(
            """
            {
              "Version": "1.94.2", "TUN": true, "BackendState": "Running", "Health": ["one thing"],
              "Self": { "HostName": "ann", "DNSName": "ann.tail1.ts.net.", "TailscaleIPs": ["100.64.0.1"], "Online": true,
                        "LastHandshake": "0001-01-01T00:00:00Z", "KeyExpiry": "2027-01-01T00:00:00Z" },
              "Peer": { "nodekey:00": { "HostName": "bob", "DNSName": "bob.tail1.ts.net.", "TailscaleIPs": ["100.64.0.2", "fd7a::2"],
                        "CurAddr": "", "Relay": "nue", "Online": true, "Active": true, "LastHandshake": "2026-11-23T11:59:00.5Z" } }
            }
            """);

        Assert.Equal(("Running", "ann", true), (status.Backend, status.Self!.HostName, status.Self.IsOnline));
        Assert.Equal((null, new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero)),
            (status.Self.LastHandshake, status.Self.KeyExpiry));
        Assert.Equal(["one thing"], status.Complaints);
        var bob = Assert.Single(status.Peers);
        Assert.True(bob.Is("100.64.0.2") && bob.Is("bob") && bob.Is("BOB.tail1.ts.net.") && bob.Is("fd7a::2")
            && !bob.Is("100.64.0.1"));
        Assert.Equal(("", "nue", null), (bob.DirectAddress, bob.Relay, bob.KeyExpiry));
        Assert.Equal(2026, bob.LastHandshake!.Value.Year);
    }

    [Theory]
    [InlineData("""{"BackendState":"Stopped","Self":null,"Peer":null,"Health":null}""", "Stopped")]
    [InlineData("""{"BackendState":7,"Self":{"Online":"yes","TailscaleIPs":null,"KeyExpiry":"soon"},"Peer":{"a":null,"b":{}}}""", null)]
    [InlineData("failed to connect to local tailscaled; it doesn't appear to be running", null)]
    [InlineData("[]", null)]
    [InlineData("", null)]
    public void what_is_missing_or_something_else_is_not_known(string output, string? backend)
    {
        var status = TailscaleStatus.Parse(output);

        Assert.Equal(backend, status.Backend);
        Assert.Null(status.Self?.IsOnline);
        Assert.Null(status.Self?.KeyExpiry);
        Assert.All(status.Peers, static p => Assert.Empty(p.Addresses));
    }

    [Theory]
    [InlineData("pong from bob (100.64.0.2) via DERP(nue) in 33ms\npong from bob (100.64.0.2) via DERP(nue) in 30ms\n",
        2, 0.030, false)]
    [InlineData(
        "pong from bob (100.64.0.2) via DERP(nue) in 1.033s\npong from bob (100.64.0.2) via 192.0.2.7:41641 in 12ms\n",
            2, 0.012, true)]
    [InlineData("pong from bob (100.64.0.2) via peer-relay(192.0.2.7:40000:vni:1) in 5ms\n", 1, 0.005, false)]
    [InlineData("pong from bob (100.64.0.2, 33000) via [2001:db8::1]:41641 in 900µs\r\n", 1, 0.0009, true)]
    [InlineData("pong from bob (100.64.0.2) via TSMP in 4ms\n", 1, 0.004, null)]
    [InlineData("ping \"100.64.0.2\" timed out\nno reply\n", 0, null, null)]
    [InlineData("pong from bob (100.64.0.2) via DERP(nue) in soon\n", 0, null, null)]
    public void a_ping_is_read(string output, int answered, double? seconds, bool? direct)
    {
        var ping = TailscalePing.Parse(output, sent: 3);

        Assert.Equal((3, answered, direct), (ping.Sent, ping.Answered, ping.IsDirect));
        Assert.Equal(seconds ?? -1, ping.Seconds ?? -1, precision: 6);
    }
}
