using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Auxo.Cli.Tests.Monitoring;

/// <summary><c>auxo monitoring</c> with Debian's programs, and with what stands in for them where they must misbehave.</summary>
public sealed class MonitoringTests
{
    private const string Page = """
        # HELP radicle_build_info The running version; always 1.
        # TYPE radicle_build_info gauge
        radicle_build_info{version="0.1.0"} 1

        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task the_real_programs_are_started_proven_left_alone_and_stopped()
    {
        Tool.Require("prometheus");
        Tool.Require("prometheus-alertmanager");
        await using var auxo = await StartAsync();
        using var world = new World(auxo);
        try
        {
            var up = await world.RunAsync("monitoring", "up");
            Assert.True(up.ExitCode == 0, up.Out + up.Error);
            Assert.Contains("Prometheus sees Auxo: 1 series of radicle_*", up.Out, StringComparison.Ordinal);
            Assert.Contains("Auxo__Alerts__Speaker=alertmanager", up.Out, StringComparison.Ordinal);
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite,
                File.GetUnixFileMode(Path.Combine(auxo.Home, "monitoring/grafana/admin.password")));
            var processes = Processes(up.Out);

            var again = await world.RunAsync("monitoring", "up");
            Assert.Contains("runs already", again.Out, StringComparison.Ordinal);
            Assert.Equal(processes, Processes(again.Out));
            Assert.Equal(0, (await world.RunAsync("monitoring", "status")).ExitCode);

            // Other arguments: it is started again, its data stays.
            var changed = await world.RunAsync("monitoring", "up", "--retention", "30d");
            Assert.Contains("started again", changed.Out, StringComparison.Ordinal);
            Assert.NotEqual(processes["prometheus"], Processes(changed.Out)["prometheus"]);
            Assert.Equal(processes["alertmanager"], Processes(changed.Out)["alertmanager"]);
            // Who does not say how long values stay wants nothing forgotten.
            Assert.Equal(Processes(changed.Out), Processes((await world.RunAsync("monitoring", "up")).Out));
        }
        finally
        {
            var down = await world.RunAsync("monitoring", "down");
            Assert.True(down.ExitCode == 0, down.Out + down.Error);
        }

        Assert.True(Directory.Exists(Path.Combine(auxo.Home, "monitoring/prometheus/data/wal")));
        var off = await world.RunAsync("monitoring", "status", "--json");
        Assert.Equal(1, off.ExitCode);
        Assert.Equal(
            ["alertmanager", "prometheus"], JsonNode.Parse(off.Out)!["parts"]!.AsArray()
                .Where(static part => (string)part!["text"]! == "does not run" && (string)part["name"]! != "grafana")
                .Select(static part => (string)part!["name"]!));
    }

    [Fact]
    public async Task a_port_that_is_taken_and_a_program_that_ends_are_said_with_what_to_look_at()
    {
        await using var auxo = await StartAsync();
        using var world = new World(auxo);
        world.StandIn("prometheus", "exit 0");
        world.StandIn("prometheus-alertmanager", "echo 'no such flag: [red]x' >&2; exit 3");
        world.StandIn("grafana", "echo 'homepath is wrong'; exit 1");
        using var holder = new TcpListener(IPAddress.Loopback, world.Port("prometheus"));
        holder.Start();

        var up = await world.RunAsync("monitoring", "up");

        Assert.Equal(1, up.ExitCode);
        var held = $"Port {world.Port("prometheus")} of prometheus is taken by process {Environment.ProcessId} (";
        Assert.Contains(held, up.Out, StringComparison.Ordinal);
        Assert.Contains("AUXO_PORTS_PROMETHEUS=", up.Out, StringComparison.Ordinal);
        Assert.Contains($"its log: {auxo.Home}/monitoring/alertmanager/alertmanager.log", up.Out, StringComparison.Ordinal);
        Assert.Contains("no such flag: [red]x", up.Out, StringComparison.Ordinal);
        Assert.Contains("homepath is wrong", up.Out, StringComparison.Ordinal);
        Assert.Equal(0, (await world.RunAsync("monitoring", "down")).ExitCode);
    }

    [Fact]
    public async Task a_prometheus_of_the_system_is_left_alone_and_asked_whether_it_sees_auxo()
    {
        var sees = false;
        await using var auxo = await StartAsync(app =>
        {
            app.MapGet("/api/v1/status/buildinfo", static () => FakeAuxo.Json("""{"status":"success","data":{"revision":"x"}}"""));
            app.MapGet("/api/v1/query", () => FakeAuxo.Json(sees
                ? """{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"42"]}]}}"""
                : """{"status":"success","data":{"resultType":"vector","result":[]}}"""));
        });
        using var world = new World(auxo);
        foreach (var program in (string[])["prometheus", "prometheus-alertmanager", "grafana"]) world.StandIn(program, "exit 1");
        world.Variables["AUXO_PORTS_PROMETHEUS"] = new Uri(auxo.Address).Port.ToString(CultureInfo.InvariantCulture);

        var blind = await world.RunAsync("monitoring", "up");
        Assert.Equal(1, blind.ExitCode);
        Assert.Contains("was left alone", blind.Out, StringComparison.Ordinal);
        Assert.Contains($"sudo cp {auxo.Home}/monitoring/prometheus/prometheus.yml", blind.Out, StringComparison.Ordinal);
        sees = true;
        var seen = await world.RunAsync("monitoring", "up");
        Assert.Contains("Prometheus sees Auxo: 42 series", seen.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("sudo cp", seen.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--retention", "forever", "90d")]
    [InlineData("--retention", "1y --web.enable-admin-api", "90d")]
    public async Task what_is_no_retention_is_refused(string option, string value, string hint)
    {
        await using var auxo = await StartAsync();
        using var world = new World(auxo);
        var refused = await world.RunAsync("monitoring", "up", option, value);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(hint, refused.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(auxo.Home, "monitoring")));
    }

    [Fact]
    public async Task without_a_running_auxo_nothing_is_started()
    {
        var home = Directory.CreateTempSubdirectory("auxo-none-");
        var up = await CliResult.RunAsync(new() { ["AUXO_HOME"] = home.FullName }, ["monitoring", "up"], ct: Ct);
        Assert.Equal(3, up.ExitCode);
        Assert.Contains("./auxo up", up.Error, StringComparison.Ordinal);
        Assert.Empty(home.EnumerateFileSystemInfos());
        home.Delete();
    }

    private static Task<FakeAuxo> StartAsync(Action<IEndpointRouteBuilder>? more = null) => FakeAuxo.StartAsync(
        app =>
        {
            app.MapGet("/metrics", static () => Results.Text(Page, "text/plain; version=0.0.4"));
            more?.Invoke(app);
        },
        toVisitors: true);

    /// <summary>The processes that an answer names.</summary>
    private static Dictionary<string, string> Processes(string text)
        => text.Split('\n').Where(static line => line.Contains("(process ", StringComparison.Ordinal)).ToDictionary(
            static line => line.Split(' ')[1], static line => line.Split("(process ")[1].TrimEnd(')'), StringComparer.Ordinal);

    /// <summary>Ports of its own, and a folder whose programs come first.</summary>
    private sealed class World : IDisposable
    {
        private readonly Dictionary<string, ReservedPort> _ports;
        private readonly string _programs;

        public World(FakeAuxo auxo)
        {
            _programs = Directory.CreateDirectory(Path.Combine(auxo.Home, "programs")).FullName;
            _ports = ((string[])["prometheus", "alertmanager", "grafana"]).ToDictionary(
                static name => name, static _ => ReservedPort.Take(), StringComparer.Ordinal);
            Variables = new()
            {
                ["AUXO_HOME"] = auxo.Home, ["PATH"] = $"{_programs}:{Environment.GetEnvironmentVariable("PATH")}",
            };
            foreach (var (name, port) in _ports)
                Variables[$"AUXO_PORTS_{name.ToUpperInvariant()}"] = port.Number.ToString(CultureInfo.InvariantCulture);
        }

        public Dictionary<string, string> Variables { get; }

        public int Port(string name) => _ports[name].Number;

        public void StandIn(string name, string does)
        {
            var path = Path.Combine(_programs, name);
            File.WriteAllText(path, $"#!/bin/sh\n{does}\n");
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        public Task<CliResult> RunAsync(params string[] args)
            => CliResult.RunAsync(Variables, args, width: 200, ct: CancellationToken.None);

        public void Dispose()
        {
            foreach (var port in _ports.Values) port.Dispose();
        }
    }
}
