using System.Net.Sockets;
using System.Text.Json;

using Auxo.Cli.Nodes.SettingUp;
using Auxo.Cli.Tests.Patches;
using Auxo.Radicle;
using Auxo.Testing.Radicle;

namespace Auxo.Cli.Tests.Nodes;

/// <summary>On real nodes.</summary>
public sealed class FixNodeTests
{
    private static readonly Dictionary<string, string> Files = new(StringComparer.Ordinal) { ["README"] = "demo\n" };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_stopped_node_is_started_its_peer_dialled_and_a_push_proven()
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice", "bob");
        var (alice, bob) = (lab.Nodes[0], lab.Nodes[1]);
        var repository = await lab.CreateRepositoryAsync("demo", Files, Ct);
        await bob.StopAsync();
        try
        {
            var result = await RunAsync(bob, alice, repository, "--yes", "--json");

            Assert.True(result.ExitCode == 0, result.Out + result.Error);
            Assert.Equal(["skipped", "mended", "mended", "fine", "fine", "mended"], States(result));
            Assert.DoesNotContain(
                "auxo-test", await bob.GitAsync(bob.Storage(repository.Rid), Ct, "for-each-ref"), StringComparison.Ordinal);
            var control = new NodeControl(bob.Socket, TimeProvider.System);
            Assert.Equal([bob.Address], await control.ListenAddressesAsync(Ct));

            var again = await RunAsync(bob, alice, repository, "--yes", "--json");
            Assert.Equal(["skipped", "fine", "fine", "fine", "fine", "mended"], States(again));
        }
        finally
        {
            await bob.TryRadAsync(CancellationToken.None, "node", "stop");
        }
    }

    [Fact]
    public async Task a_node_that_systemd_keeps_is_started_by_systemd()
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice");
        var alice = lab.Nodes[0];
        await alice.StopAsync();
        var systemctl = Path.Combine(lab.Folder, "systemctl");
        await File.WriteAllTextAsync(
            systemctl, $"#!/bin/sh\necho \"$*\" >>{lab.Folder}/asked\n[ \"$2\" = is-enabled ] || exec rad node start\n", Ct);
        File.SetUnixFileMode(systemctl, (UnixFileMode)0b111_101_101);
        var variables = PatchLab.Variables(alice);
        variables["PATH"] = $"{lab.Folder}:{variables["PATH"]}";
        var unit = SetupRules.UnitFile(lab.Folder, settings: null);
        Directory.CreateDirectory(Path.GetDirectoryName(unit)!);
        await File.WriteAllTextAsync(unit, SetupRules.SystemdUnit("radicle-node", alice.Home, "/bin"), Ct);
        try
        {
            var result = await CliResult.RunAsync(
                variables, ["node", "fix", "--listen", alice.Address, "--yes", "--json"], folder: lab.Folder, ct: Ct);

            Assert.Equal(["skipped", "mended", "blocked", "skipped", "skipped", "skipped"], States(result));
            Assert.Contains(
                "--user restart radicle-node\n", await File.ReadAllTextAsync($"{lab.Folder}/asked", Ct), StringComparison.Ordinal);
        }
        finally
        {
            await alice.TryRadAsync(CancellationToken.None, "node", "stop");
        }
    }

    [Fact]
    public async Task a_dry_run_says_each_step_and_changes_nothing()
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice", "bob");
        var (alice, bob) = (lab.Nodes[0], lab.Nodes[1]);
        var repository = await lab.CreateRepositoryAsync("demo", Files, Ct);
        await bob.StopAsync();
        var config = await File.ReadAllTextAsync(Path.Combine(bob.Home, "config.json"), Ct);
        var refs = await bob.GitAsync(bob.Storage(repository.Rid), Ct, "for-each-ref");

        var result = await RunAsync(bob, alice, repository, "--dry-run");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("2  node listens  ! does not run", result.Out, StringComparison.Ordinal);
        Assert.Contains("rad node start", result.Out, StringComparison.Ordinal);
        Assert.Contains("   undo  rad node stop", result.Out, StringComparison.Ordinal);
        Assert.EndsWith("Nothing was changed.\n", result.Out, StringComparison.Ordinal);
        Assert.False(File.Exists(bob.Socket));
        Assert.Equal(config, await File.ReadAllTextAsync(Path.Combine(bob.Home, "config.json"), Ct));
        Assert.Equal(refs, await bob.GitAsync(bob.Storage(repository.Rid), Ct, "for-each-ref"));
    }

    [Fact]
    public async Task a_node_that_answers_half_a_line_is_waited_for_once_with_a_word()
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice");
        var alice = lab.Nodes[0];
        var repository = await lab.CreateRepositoryAsync("demo", Files, Ct);
        await alice.StopAsync();
        File.Delete(alice.Socket);
        using var broken = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        broken.Bind(new UnixDomainSocketEndPoint(alice.Socket));
        broken.Listen();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var asked = new List<Socket>();
        var answering = Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                asked.Add(await broken.AcceptAsync(over.Token));
                await asked[^1].SendAsync("{\"succ"u8.ToArray(), over.Token);
            }
        }, Ct);

        var result = await RunAsync(alice, alice, repository, "--dry-run");

        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answering);
        asked.ForEach(static socket => socket.Dispose());
        Assert.Equal(1, result.ExitCode);
        Assert.Single(asked);
        Assert.Contains("2  node listens  waits for an answer …\n", result.Out, StringComparison.Ordinal);
        Assert.Contains("did not answer within", result.Out, StringComparison.Ordinal);
        Assert.Contains("3  peer connected  ✗ the node does not answer\n", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_peer_is_allowed_and_one_who_lacks_the_repository_fetches_it()
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice");
        var alice = lab.Nodes[0];
        var repository = await lab.CreateRepositoryAsync("demo", Files, Ct);
        await using var other = await RadicleLab.UpAsync(Ct, "bob");
        var bob = other.Nodes[0];

        var allowed = await RunAsync(alice, bob, repository, "--yes", "--json");
        Assert.Equal(["skipped", "fine", "mended", "mended", "fine", "failed"], States(allowed));

        var fetched = await RunAsync(bob, alice, repository, "--yes", "--json");
        Assert.True(fetched.ExitCode == 0, fetched.Out + fetched.Error);
        Assert.Equal(["skipped", "fine", "fine", "skipped", "mended", "mended"], States(fetched));
    }

    [Fact]
    public async Task what_did_not_help_is_not_called_mended()
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice", "bob");
        var (alice, bob) = (lab.Nodes[0], lab.Nodes[1]);
        await bob.StopAsync();
        await alice.StopAsync();
        await alice.StartAsync(Ct);

        var result = await RunAsync(alice, bob, repository: null, "--yes", "--json");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal(["skipped", "fine", "failed", "skipped", "skipped", "skipped"], States(result));
    }

    [Theory]
    [InlineData("--peer", "alice")]
    [InlineData("--repo", "demo")]
    [InlineData("--listen", "8776")]
    public async Task what_is_no_address_or_id_is_refused(string option, string value)
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice");

        var result = await CliResult.RunAsync(PatchLab.Variables(lab.Nodes[0]), ["node", "fix", option, value], ct: Ct);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(value, result.Error, StringComparison.Ordinal);
    }

    private static Task<CliResult> RunAsync(LabNode node, LabNode peer, LabRepository? repository, params string[] more)
        => CliResult.RunAsync(
            PatchLab.Variables(node),
            ["node", "fix", "--peer", $"{peer.Nid}@{peer.Address}", "--listen", node.Address,
                .. repository is null ? Array.Empty<string>() : ["--repo", repository.Rid], .. more],
            width: 120, ct: Ct);

    private static IEnumerable<string?> States(CliResult result)
        => JsonDocument.Parse(result.Out).RootElement.GetProperty("steps").EnumerateArray()
            .Select(static s => s.GetProperty("state").GetString());
}
