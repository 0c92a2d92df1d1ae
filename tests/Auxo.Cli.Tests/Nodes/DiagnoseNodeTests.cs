using System.Text.Json;

using Auxo.Cli.Nodes.Diagnosing;
using Auxo.Cli.Tests.Patches;
using Auxo.Contracts;
using Auxo.Radicle;
using Auxo.Testing.Radicle;

namespace Auxo.Cli.Tests.Nodes;

/// <summary>On real nodes.</summary>
public sealed class DiagnoseNodeTests
{
    private static readonly Dictionary<string, string> Files = new(StringComparer.Ordinal) { ["README"] = "demo\n" };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_healthy_mesh_of_three_has_nothing_in_the_way()
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice", "bob", "carol");
        var repository = await lab.CreateRepositoryAsync("demo", Files, Ct);

        foreach (var node in lab.Nodes)
        {
            var result = await RunAsync(node, "--repo", repository.Rid, "--json");
            Assert.True(result.ExitCode == 0, result.Out + result.Error);
            Assert.Equal(node == lab.Nodes[0] ? 2 : 1, Peers(result).Count);
        }

        var text = await RunAsync(lab.Nodes[1]);
        Assert.True(text.ExitCode == 0, text.Out + text.Error);
        Assert.EndsWith("✓ nothing is in the way\n", text.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_peer_that_is_not_on_the_allow_list_is_the_cause()
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice");
        var repository = await lab.CreateRepositoryAsync("demo", Files, Ct);
        await using var other = await RadicleLab.UpAsync(Ct, "bob");
        var (alice, bob) = (lab.Nodes[0], other.Nodes[0]);
        await alice.RadAsync(Ct, "node", "connect", $"{bob.Nid}@{bob.Address}", "--timeout", "10s");

        var result = await RunAsync(alice, "--repo", repository.Rid, "--json");

        Assert.Equal(1, result.ExitCode);
        var peer = Assert.Single(Peers(result));
        Assert.Equal(10, peer.GetProperty("cause").GetInt32());
        var check = Check(peer, 10);
        Assert.Equal("critical", check.GetProperty("state").GetString());

        // The command that it names is the one that mends it.
        var next = check.GetProperty("next").GetString()!;
        Assert.Contains($"--allow did:key:{bob.Nid}", next, StringComparison.Ordinal);
        await alice.RadAsync(
            Ct, "id", "update", "--repo", repository.Rid, "--title", "Allow a reader", "--description", "", "--allow",
                $"did:key:{bob.Nid}",
            "--no-confirm", "-q");
        Assert.Equal("fine", Check(
            Assert.Single(Peers(await RunAsync(alice, "--repo", repository.Rid, "--json"))), 10).GetProperty("state")
                .GetString());
    }

    [Fact]
    public async Task a_peer_that_is_not_dialled_and_one_that_is_stopped_are_told_apart()
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice");
        await using var other = await RadicleLab.UpAsync(Ct, "bob");
        var (alice, bob) = (lab.Nodes[0], other.Nodes[0]);
        var named = $"{bob.Nid}@{bob.Address}";

        var undialled = Assert.Single(Peers(await RunAsync(alice, "--peer", named, "--json")));
        Assert.Equal(9, undialled.GetProperty("cause").GetInt32());
        Assert.Equal("fine", Check(undialled, 7).GetProperty("state").GetString());
        Assert.Contains($"--peer {named}", Check(undialled, 9).GetProperty("next").GetString(),
            StringComparison.Ordinal);

        await bob.StopAsync();
        var stopped = Assert.Single(Peers(await RunAsync(alice, "--peer", named, "--json")));
        Assert.Equal(7, stopped.GetProperty("cause").GetInt32());
        Assert.Contains("nobody listens there", Check(stopped, 7).GetProperty("cause").GetString(),
            StringComparison.Ordinal);

        await alice.StopAsync();
        var silent = await RunAsync(alice, "--peer", named, "--json");
        Assert.Equal(8, Assert.Single(Peers(silent)).GetProperty("cause").GetInt32());
    }

    [Fact]
    public async Task a_seeding_policy_that_blocks_is_seen_here_and_guessed_of_a_peer()
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice", "bob");
        var (alice, bob) = (lab.Nodes[0], lab.Nodes[1]);
        var repository = await lab.CreateRepositoryAsync("demo", Files, Ct);
        await bob.RadAsync(Ct, "unseed", repository.Rid);

        var blocked = Assert.Single(Peers(await RunAsync(bob, "--repo", repository.Rid, "--json")));
        Assert.Equal(11, blocked.GetProperty("cause").GetInt32());
        Assert.Equal($"rad seed {repository.Rid} --scope all", Check(blocked, 11).GetProperty("next").GetString());

        var second = lab.Nodes[0].WorkTree("second");
        Directory.CreateDirectory(second);
        await alice.GitAsync(second, Ct, "init", "-q", "-b", "main");
        await alice.CommitAsync(second, "Start", Ct);
        await alice.RunAsync(
            second, Ct, "rad", "init", "--name", "second", "--description", "", "--default-branch", "main",
                "--private", "--no-confirm",
            "--scope", "all");
        var rid = (await alice.RunAsync(second, Ct, "rad", "inspect", "--rid")).Trim();
        await alice.RadAsync(
            Ct, "id", "update", "--repo", rid, "--title", "Allow", "--description", "", "--allow",
                $"did:key:{bob.Nid}", "--no-confirm", "-q");
        var unfetched = Assert.Single(Peers(await RunAsync(alice, "--repo", rid, "--json")));
        Assert.Equal(11, unfetched.GetProperty("cause").GetInt32());
        Assert.Equal($"on the peer: rad seed {rid} --scope all", Check(unfetched, 11).GetProperty("next").GetString());
    }

    [Fact]
    public async Task tailscale_is_asked_where_it_is_installed()
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice", "bob");
        var (alice, bob) = (lab.Nodes[0], lab.Nodes[1]);
        var tailscale = Path.Combine(lab.Folder, "tailscale");
        await File.WriteAllTextAsync(
            tailscale,
            """
            #!/bin/sh
            [ "$1" = status ] && echo '{"BackendState":"Running","Self":{"HostName":"bob","TailscaleIPs":["127.0.0.9"],"Online":true},
              "Peer":{"k":{"HostName":"alice","TailscaleIPs":["127.0.0.1"],"Online":true,"CurAddr":"","Relay":"nue","Active":true}}}'
            [ "$1" = ping ] && echo "pong from alice (127.0.0.1) via DERP(nue) in 33ms"
            exit 0

            """, Ct);
        File.SetUnixFileMode(tailscale, (UnixFileMode)0b111_101_101);
        var variables = PatchLab.Variables(bob);
        variables["PATH"] = $"{lab.Folder}:{variables["PATH"]}";

        var result = await CliResult.RunAsync(variables, ["node", "diagnose", "--json"], folder: lab.Folder,
            time: TimeProvider.System, ct: Ct);

        Assert.Equal(1, result.ExitCode);
        var peer = Assert.Single(Peers(result));
        Assert.Equal("fine", Check(peer, 3).GetProperty("state").GetString());
        Assert.Equal("over a relay (nue)", Check(peer, 4).GetProperty("evidence").GetString());
        Assert.Equal("33 ms, 2 of 3 lost (tailscale ping)", Check(peer, 6).GetProperty("evidence").GetString());
        Assert.Equal(alice.Nid, peer.GetProperty("node").GetString());
    }

    [Fact]
    public async Task the_agent_is_given_a_row_of_the_matrix()
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice", "bob");
        var (alice, bob) = (lab.Nodes[0], lab.Nodes[1]);
        var repository = await lab.CreateRepositoryAsync("demo", Files, Ct);
        var variables = PatchLab.Variables(bob);
        var host = new CliHost
        {
            StandardOutput = Stream.Null, StandardError = TextWriter.Null, IsTerminal = false, Width = 80,
                WorkingFolder = lab.Folder,
            Variable = name => variables.GetValueOrDefault(name), ProgramVariables = variables,
        };

        var view = Assert.Single(await PeerViews.ReadAsync(
            host, new RadicleHome(bob.Home, bob.Socket), Did.Parse("did:key:" + bob.Nid), Ct));

        Assert.Equal((alice.Nid, alice.Address, true, null), (view.Node, view.Address, view.Connected, view.Cause));
        Assert.NotNull(view.RttSeconds);
        Assert.Equal(repository.Rid, Assert.Single(view.Refs).Rid);
    }

    [Theory]
    [InlineData("--peer", "alice")]
    [InlineData("--peer", "z6MktULudTtAsAhRegYPiZ6631RV3viv12qd4GQF8z1xB22S@host")]
    [InlineData("--repo", "demo")]
    public async Task what_is_no_node_or_id_is_refused(string option, string value)
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice");

        var result = await RunAsync(lab.Nodes[0], option, value);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(value, result.Error, StringComparison.Ordinal);
    }

    private static Task<CliResult> RunAsync(LabNode node, params string[] more)
        => CliResult.RunAsync(
            PatchLab.Variables(node), ["node", "diagnose", .. more], width: 120, time: TimeProvider.System, ct: Ct);

    private static List<JsonElement> Peers(CliResult result)
        => [.. JsonDocument.Parse(result.Out).RootElement.GetProperty("peers").EnumerateArray()];

    private static JsonElement Check(JsonElement peer, int number)
        => peer.GetProperty("checks").EnumerateArray().Single(c => c.GetProperty("number").GetInt32() == number);
}
