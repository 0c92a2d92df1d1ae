using System.Diagnostics;
using System.Text.Json.Nodes;

using Auxo.Contracts.Mesh;
using Auxo.Instances;
using Auxo.Testing;
using Auxo.Testing.Radicle;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Auxo.Cli.Tests.Mesh;

/// <summary>The agent on real nodes, before services that keep what they are told.</summary>
public sealed class AgentTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-home-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_node_joins_and_tells_of_itself_and_of_the_others()
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice", "bob");
        var (alice, bob) = (lab.Nodes[0], lab.Nodes[1]);
        var repository = await lab.CreateRepositoryAsync(
            "demo", new Dictionary<string, string>(StringComparer.Ordinal) { ["README"] = "demo\n" }, Ct);
        await using var auxo = await StartAsync(new MeshMate("bob", bob.Nid, [bob.Address]), new MeshMate("cil", "z6MkX", []));

        var joined = await RunAsync(alice, "agent", "join", auxo.Address + "/metrics", FakeAuxo.Token);
        var once = await RunAsync(alice, "agent", "--once", "--json");

        Assert.Equal((0, ""), (joined.ExitCode, joined.Error));
        Assert.Contains("This node is alice of the mesh", joined.Out, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(new InstanceLayout(_home).AgentFile));
        Assert.Equal((0, ""), (once.ExitCode, once.Error));
        Assert.DoesNotContain(FakeAuxo.Token, joined.Out + once.Out, StringComparison.Ordinal);
        var report = Told(auxo);
        Assert.Equal(alice.Nid, (string)report["node"]!);
        Assert.Equal("alice", (string)report["alias"]!);
        Assert.NotEqual("unknown", (string)report["version"]!);
        Assert.Equal("fine", (string)Item(report, "node")["state"]!);
        Assert.NotNull(Item(report, "disk radicle")["value"]);
        var peers = report["peers"]!.AsArray().ToDictionary(static p => (string)p!["node"]!, static p => p!);
        Assert.True((bool)peers[bob.Nid]["connected"]!);
        Assert.False((bool)peers["z6MkX"]["connected"]!);
        var told = Assert.Single(report["repositories"]!.AsArray())!;
        Assert.Equal((repository.Rid, "private"), ((string)told["rid"]!, (string)told["visibility"]!));
        Assert.Empty(told["violations"]!.AsArray());
        Assert.Equal(SignedRefs(alice, repository.Rid, alice.Nid), (string)told["signedRefs"]!);
        Assert.Contains(alice.Address, report["addresses"]!.AsArray().Select(static a => (string)a!));
    }

    [Fact]
    public async Task a_repository_that_is_exposed_and_a_node_that_is_stopped_are_told()
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice", "bob");
        var (alice, bob) = (lab.Nodes[0], lab.Nodes[1]);
        var repository = await lab.CreateRepositoryAsync(
            "demo", new Dictionary<string, string>(StringComparer.Ordinal) { ["README"] = "demo\n" }, Ct);
        await alice.RadAsync(
            Ct, "id", "update", "--repo", repository.Rid, "--title", "Disallow", "--description", "", "--disallow", "did:key:" + bob.Nid,
            "--no-confirm", "-q");
        await using var auxo = await StartAsync();
        await RunAsync(alice, "agent", "join", auxo.Address + "/metrics", FakeAuxo.Token);

        Assert.EndsWith("is at a node that is not allowed: " + bob.Nid,
            (string)Assert.Single(Assert.Single(Told(auxo)["repositories"]!.AsArray())!["violations"]!.AsArray())!,
            StringComparison.Ordinal);

        await alice.StopAsync();
        Assert.Equal(0, (await RunAsync(alice, "agent", "--once")).ExitCode);
        var report = Told(auxo);
        Assert.Equal("critical", (string)Item(report, "node")["state"]!);
        // What cannot be seen now has not gone away.
        Assert.NotNull(report["privacyUnknown"]);
    }

    [Fact]
    public async Task it_ends_cleanly_when_it_is_told_to()
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice");
        await using var auxo = await StartAsync();
        await RunAsync(lab.Nodes[0], "agent", "join", auxo.Address + "/metrics", FakeAuxo.Token);
        var before = auxo.Requests.Count;
        using var port = ReservedPort.Take();
        var number = port.Number;
        port.Dispose();
        var here = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        var start = new ProcessStartInfo(
            Path.Combine(here, "..", "..", "Auxo.Cli", Path.GetFileName(here), "auxo-cli"), ["agent", "--metrics", $"{number}"])
        {
            UseShellExecute = false, RedirectStandardOutput = true,
        };
        foreach (var (name, value) in lab.Nodes[0].Environment()) start.Environment[name] = value;
        start.Environment["AUXO_HOME"] = _home;
        using var agent = Process.Start(start)!;
        try
        {
            Assert.Equal("Reports as alice, every minute.", await agent.StandardOutput.ReadLineAsync(Ct));
            Assert.True(auxo.Requests.Count > before);
            using var client = new HttpClient();
            Assert.Contains(
                "radicle_node_up{node=\"alice\"} 1\n", await client.GetStringAsync($"http://127.0.0.1:{number}/metrics", Ct),
                StringComparison.Ordinal);
            using var kill = Process.Start("kill", ["-TERM", $"{agent.Id}"])!;
            await agent.WaitForExitAsync(Ct);
            Assert.Equal((0, "Ended.\n"), (agent.ExitCode, await agent.StandardOutput.ReadToEndAsync(Ct)));
        }
        finally
        {
            if (!agent.HasExited) agent.Kill();
        }
    }

    [Fact]
    public async Task who_cannot_report_hears_why()
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice");
        var alice = lab.Nodes[0];
        await using var auxo = await FakeAuxo.StartAsync(static app => app.MapPut(
            "/metrics/api/mesh/report", static () => FakeAuxo.Problem(409, "mesh/full", "There are 32 nodes in the mesh.")));

        var before = await RunAsync(alice, "agent", "--once");
        Assert.Equal(2, before.ExitCode);
        Assert.Contains("This node reports to no Auxo yet", before.Error, StringComparison.Ordinal);
        Assert.Contains("auxo agent token NAME", before.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync(alice, "agent", "join", "nowhere", FakeAuxo.Token)).ExitCode);
        Assert.Equal(2, (await RunAsync(alice, "agent", "join", auxo.Address, "secret")).ExitCode);

        var full = await RunAsync(alice, "agent", "join", auxo.Address + "/metrics", FakeAuxo.Token);
        Assert.Equal((1, true), (full.ExitCode, full.Error.Contains("There are 32 nodes", StringComparison.Ordinal)));
        var refused = await RunAsync(alice, "agent", "join", auxo.Address + "/metrics", "auxo_wrong");
        Assert.Equal((3, true), (refused.ExitCode, refused.Error.Contains("does not take the token", StringComparison.Ordinal)));
        var away = await RunAsync(alice, "agent", "join", "http://127.0.0.1:1", FakeAuxo.Token);
        Assert.Equal(3, away.ExitCode);
        Assert.Contains("Auxo does not take reports at http://127.0.0.1:1", away.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_unit_is_written_once_and_a_changed_one_is_left_alone()
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice");
        var alice = lab.Nodes[0];
        await using var auxo = await StartAsync();
        Assert.Equal(2, (await RunAsync(alice, "agent", "install")).ExitCode);
        await RunAsync(alice, "agent", "join", auxo.Address + "/metrics", FakeAuxo.Token);

        Assert.Equal(1, (await RunAsync(alice, "agent", "install", "--dry-run")).ExitCode);
        var wrote = await RunAsync(alice, "agent", "install");
        var file = Path.Combine(alice.Environment()["HOME"], ".config", "systemd", "user", "auxo-agent.service");
        Assert.Equal(0, wrote.ExitCode);
        Assert.Contains("systemctl --user enable --now auxo-agent", wrote.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(FakeAuxo.Token, await File.ReadAllTextAsync(file, Ct), StringComparison.Ordinal);
        Assert.Contains("is there; where it is not enabled yet", (await RunAsync(alice, "agent", "install")).Out, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, "mine", Ct);
        Assert.Contains("left as it is", (await RunAsync(alice, "agent", "install")).Out.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(file, Ct));
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    private static Task<FakeAuxo> StartAsync(params MeshMate[] others) => FakeAuxo.StartAsync(app => app.MapPut(
        "/metrics/api/mesh/report", () => Results.Json(new ReportTaken("alice", others))));

    private static JsonNode Told(FakeAuxo auxo)
        => JsonNode.Parse(auxo.Requests.Last(static r => r.StartsWith("PUT /metrics/api/mesh/report", StringComparison.Ordinal))[28..])!;

    private static JsonNode Item(JsonNode report, string name)
        => Assert.Single(report["health"]!.AsArray(), i => (string)i!["name"]! == name)!;

    private static string SignedRefs(LabNode node, string rid, string nid)
        => File.ReadAllText(Path.Combine(node.Storage(rid), "refs", "namespaces", nid, "refs", "rad", "sigrefs")).Trim();

    private Task<CliResult> RunAsync(LabNode node, params string[] args)
        => CliResult.RunAsync(
            new(node.Environment(), StringComparer.Ordinal)
            {
                ["AUXO_HOME"] = _home, ["PATH"] = Environment.GetEnvironmentVariable("PATH")!,
            }, args, time: TimeProvider.System, ct: Ct);
}
