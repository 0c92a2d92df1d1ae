using System.Text.Json;

using Auxo.Cli.Tests.Patches;
using Auxo.Testing;
using Auxo.Testing.Radicle;

using Microsoft.AspNetCore.Builder;

namespace Auxo.Cli.Tests.Nodes;

/// <summary>On real nodes. What the machine itself says (disk, memory, processors) is not asserted: that is the machine's matter.</summary>
public sealed class NodeHealthTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-home-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_running_node_is_shown_with_its_peers_its_port_and_what_is_private()
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice", "bob");
        await lab.CreateRepositoryAsync("demo", new Dictionary<string, string>(StringComparer.Ordinal) { ["README"] = "demo\n" }, Ct);
        var alice = lab.Nodes[0];

        var items = Items(await RunAsync(alice, "--json"));

        Assert.Equal($"fine runs as {alice.Nid}, process {alice.ProcessId}", items["node"]);
        Assert.Equal("fine 1 connected, 1 known", items["peers"]);
        Assert.Equal($"fine radicle-node: radicle-node (process {alice.ProcessId})", items["port " + alice.Address.Split(':')[1]]);
        Assert.Equal("fine 1 private repository, only with nodes that may have them", items["private"]);
        Assert.StartsWith("critical is not running", items["service auxo"], StringComparison.Ordinal);
        foreach (var name in (string[])["disk auxo", "disk radicle", "memory", "cpu", "uptime"]) Assert.Contains(name, items.Keys);
    }

    [Fact]
    public async Task a_stopped_node_is_critical_and_so_is_the_exit_code()
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice");
        await lab.Nodes[0].StopAsync();

        var result = await RunAsync(lab.Nodes[0]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("✗  node", result.Out, StringComparison.Ordinal);
        Assert.Contains("The Radicle node is not running", result.Out, StringComparison.Ordinal);
        Assert.Contains("→ auxo node fix", result.Out, StringComparison.Ordinal);
        Assert.All(result.Out.Split('\n'), static line => Assert.InRange(line.Length, 0, 100));
    }

    [Fact]
    public async Task a_repository_made_public_is_critical_until_somebody_says_that_it_was_meant()
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice");
        var alice = lab.Nodes[0];
        var repository = await lab.CreateRepositoryAsync(
            "demo", new Dictionary<string, string>(StringComparer.Ordinal) { ["README"] = "demo\n" }, Ct);
        await alice.RadAsync(
            Ct, "id", "update", "--repo", repository.Rid, "--title", "Publish", "--description", "", "--visibility", "public",
            "--no-confirm", "-q");

        Assert.StartsWith(
            $"critical {repository.Rid} was private and is public since", Items(await RunAsync(alice, "--json"))["private demo"],
            StringComparison.Ordinal);
        var meant = Items(await RunAsync(alice, "--meant-public", repository.Rid, "--json"));
        Assert.DoesNotContain("private demo", meant.Keys);
        Assert.StartsWith("fine", meant["private"], StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync(alice, "--meant-public", "demo")).ExitCode);
    }

    [Fact]
    public async Task a_node_that_is_no_longer_allowed_is_named()
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice", "bob");
        var (alice, bob) = (lab.Nodes[0], lab.Nodes[1]);
        var repository = await lab.CreateRepositoryAsync(
            "demo", new Dictionary<string, string>(StringComparer.Ordinal) { ["README"] = "demo\n" }, Ct);
        await alice.RadAsync(
            Ct, "id", "update", "--repo", repository.Rid, "--title", "Disallow", "--description", "", "--disallow", "did:key:" + bob.Nid,
            "--no-confirm", "-q");

        Assert.EndsWith(
            "is at a node that is not allowed: " + bob.Nid, Items(await RunAsync(alice, "--json"))["private demo"],
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_broken_repository_is_said_and_disturbs_no_other()
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice");
        var alice = lab.Nodes[0];
        await lab.CreateRepositoryAsync("demo", new Dictionary<string, string>(StringComparer.Ordinal) { ["README"] = "demo\n" }, Ct);
        Directory.CreateDirectory(alice.Storage(FakeAuxo.Rid));
        Directory.CreateDirectory(Path.Combine(alice.Home, "storage", "notes"));

        var result = await RunAsync(alice);

        var said = string.Join(' ', result.Out.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains($"whether {FakeAuxo.Rid} is private cannot be read", said, StringComparison.Ordinal);
        Assert.Contains(
            "1 repository could not be read; of the others 1 is private, only with nodes that may have them", said,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task services_ports_and_builds_come_from_the_running_auxo()
    {
        await using var auxo = await FakeAuxo.StartAsync(static app =>
        {
            app.MapGet("/apphost/resources", () => FakeAuxo.Page(
                """{"name":"ingest","kind":"project","state":"Running","pid":1,"urls":[],"restarts":0,"since":"2026-11-23T10:00:00Z"}""",
                """
                {"name":"pipeline","kind":"project","state":"Running","pid":1,"urls":["http://127.0.0.1:1"],"restarts":0,
                 "since":"2026-11-23T10:00:00Z"}
                """,
                """
                {"name":"notify","kind":"project","state":"Exited","pid":null,"urls":["http://127.0.0.1:9000"],"restarts":3,
                 "since":"2026-11-23T10:00:00Z","reason":"it ended with 139"}
                """));
        });

        var result = await CliResult.RunAsync(
            new() { ["AUXO_HOME"] = auxo.Home, ["RAD_HOME"] = Path.Combine(_home, "none") }, ["node", "health", "--json"], ct: Ct);
        var items = Items(result);

        Assert.Equal("fine running", items["service ingest"]);
        Assert.Equal("critical is exited: it ended with 139", items["service notify"]);
        Assert.Equal("critical nobody listens, and pipeline should", items["port 1"]);
        Assert.StartsWith("warning not known", items["jobs"], StringComparison.Ordinal);
        Assert.StartsWith("critical There is no Radicle profile", items["node"], StringComparison.Ordinal);
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public async Task an_alert_leaves_out_what_is_fine()
    {
        var result = await CliResult.RunAsync(
            new() { ["AUXO_HOME"] = _home, ["RAD_HOME"] = Path.Combine(_home, "none") }, ["node", "health", "--alert"], ct: Ct);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("✗  service auxo", result.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("✓", result.Out, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    private Task<CliResult> RunAsync(LabNode node, params string[] more)
    {
        var variables = PatchLab.Variables(node);
        variables["AUXO_HOME"] = Path.Combine(_home, "auxo");
        return CliResult.RunAsync(variables, ["node", "health", .. more], width: 100, ct: Ct);
    }

    private static Dictionary<string, string> Items(CliResult result)
        => JsonDocument.Parse(result.Out).RootElement.GetProperty("items").EnumerateArray()
            .GroupBy(static i => i.GetProperty("name").GetString()!, StringComparer.Ordinal)
            .ToDictionary(
                static g => g.Key, static g => $"{g.First().GetProperty("state").GetString()} {g.First().GetProperty("text").GetString()}",
                StringComparer.Ordinal);
}
