using System.Collections.Concurrent;
using System.Text.Json;

using Auxo.Cli.Mesh.Testing;
using Auxo.Cli.Tests.Patches;
using Auxo.Testing;
using Auxo.Testing.Radicle;

namespace Auxo.Cli.Tests.Mesh;

/// <summary>On real nodes.</summary>
public sealed class TestMeshTests
{
    private static readonly Dictionary<string, string> Files = new(StringComparer.Ordinal) { ["README"] = "demo\n" };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task three_nodes_that_run_it_have_the_whole_matrix_each()
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice", "bob", "carol");
        var repository = await lab.CreateRepositoryAsync("demo", Files, Ct);
        var began = TimeProvider.System.GetTimestamp();

        var results = await Task.WhenAll(
            lab.Nodes.Select(node => RunAsync(node, repository, "--wait", "120", "--json")));

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"whole matrix of three after {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0.0} s\n{results[0].Out}");
        foreach (var result in results)
        {
            Assert.True(result.ExitCode == 0, result.Out + result.Error);
            var json = JsonDocument.Parse(result.Out).RootElement;
            Assert.True(json.GetProperty("isWhole").GetBoolean(), result.Out);
            Assert.Equal(6, json.GetProperty("ways").GetArrayLength());
            Assert.Equal(
                ["alice", "bob", "carol"], json.GetProperty("nodes").EnumerateArray()
                    .Select(static n => n.GetProperty("alias").GetString()).Order());
        }

        foreach (var node in lab.Nodes) Assert.DoesNotContain(
            $"{node.Nid}/refs/heads/auxo-mesh-", await node.GitAsync(node.Storage(repository.Rid), Ct, "for-each-ref"),
                StringComparison.Ordinal);
    }

    [Fact]
    public async Task nodes_with_an_agent_take_part_by_themselves()
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice", "bob", "carol");
        var repository = await lab.CreateRepositoryAsync("demo", Files, Ct);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var said = new ConcurrentQueue<string>();
        var agents = lab.Nodes.Select(node => new MarkerAnswers(Host(node), (_, text) => said.Enqueue(text))).ToList();
        var running = Task.WhenAll(agents.Select(a => a.RunAsync(stop.Token)));
        await Task.WhenAll(agents.Select(static a => a.Ready));

        var result = await RunAsync(lab.Nodes[1], repository, "--wait", "120", "--json");

        Assert.True(result.ExitCode == 0, result.Out + result.Error);
        Assert.True(JsonDocument.Parse(result.Out).RootElement.GetProperty("isWhole").GetBoolean(), result.Out);
        await Eventually.TrueAsync(() => Task.FromResult(said.Count >= 2), "both agents have ended their part");
        await stop.CancelAsync();
        await running;
        // The agent of the node where it was begun does not begin one more.
        Assert.Equal(2, said.Count);
        Assert.All(said, text => Assert.Equal($"Took part in a test of the mesh in {repository.Rid}, with 2 others.", text));
        foreach (var node in lab.Nodes) Assert.DoesNotContain(
            $"{node.Nid}/refs/heads/auxo-mesh-", await node.GitAsync(node.Storage(repository.Rid), Ct, "for-each-ref"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task alone_it_shows_its_own_row_and_says_what_to_type_elsewhere()
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice", "bob");
        var repository = await lab.CreateRepositoryAsync("demo", Files, Ct);

        var result = await RunAsync(lab.Nodes[0], repository, "--alone");

        Assert.True(result.ExitCode == 0, result.Out + result.Error);
        Assert.Contains("alice (this node)  ·", result.Out, StringComparison.Ordinal);
        Assert.Contains("✓ every marker has arrived", result.Out, StringComparison.Ordinal);
        Assert.Contains($"Run it there at the same time: auxo mesh test --repo {repository.Rid}", result.Out,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_peer_that_cannot_fetch_is_named_with_the_command_that_finds_out_why()
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice", "bob");
        var (alice, bob) = (lab.Nodes[0], lab.Nodes[1]);
        var repository = await lab.CreateRepositoryAsync("demo", Files, Ct);
        await bob.RadAsync(Ct, "unseed", repository.Rid);

        var result = await RunAsync(alice, repository, "--alone", "--wait", "2");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"auxo node diagnose --peer {bob.Nid} --repo {repository.Rid}", result.Out,
            StringComparison.Ordinal);
        Assert.DoesNotContain(
            "auxo-mesh", await alice.GitAsync(alice.Storage(repository.Rid), Ct, "for-each-ref"),
                StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_node_without_peers_is_no_mesh()
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice");
        var repository = await lab.CreateRepositoryAsync("demo", Files, Ct);

        var result = await RunAsync(lab.Nodes[0], repository, "--alone");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("no connected node has this repository", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_stopped_node_says_what_to_do()
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice");
        var repository = await lab.CreateRepositoryAsync("demo", Files, Ct);
        await lab.Nodes[0].StopAsync();

        var result = await RunAsync(lab.Nodes[0], repository);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("auxo node fix", result.Error, StringComparison.Ordinal);
    }

    private static CliHost Host(LabNode node)
    {
        var variables = PatchLab.Variables(node);
        return new CliHost
        {
            StandardOutput = Stream.Null, StandardError = TextWriter.Null, IsTerminal = false, Width = 80,
            WorkingFolder = node.Home, Variable = name => variables.GetValueOrDefault(name), ProgramVariables = variables,
        };
    }

    private static Task<CliResult> RunAsync(LabNode node, LabRepository repository, params string[] more)
        => CliResult.RunAsync(
            PatchLab.Variables(node), ["mesh", "test", "--repo", repository.Rid, .. more], width: 120,
                time: TimeProvider.System, ct: Ct);
}
