using System.Diagnostics;
using System.Text.Json;

using Auxo.Cli.Nodes.SettingUp;
using Auxo.Cli.Tests.Patches;
using Auxo.Testing;
using Auxo.Testing.Radicle;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Auxo.Cli.Tests.Mesh;

/// <summary>From an empty RAD_HOME beside a real node.</summary>
public sealed class JoinMeshTests
{
    private static readonly Dictionary<string, string> Files = new(StringComparer.Ordinal) { ["README"] = "demo\n" };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task an_empty_home_becomes_a_working_copy_with_hooks_and_a_proven_push()
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice");
        var alice = lab.Nodes[0];
        var repository = await lab.CreateRepositoryAsync("demo", Files, Ct);
        using var port = ReservedPort.Take();
        var machine = await MachineAsync(lab, alice);
        string[] join =
        [
            "mesh", "join", "--alias", "dave", "--peer", $"{alice.Nid}@{alice.Address}", "--repo", repository.Rid,
            "--listen", $"127.0.0.1:{port.Number}", "--into", Path.Combine(lab.Folder, "dave-work"),
        ];
        try
        {
            // Nobody has allowed it: it says what a delegate has to type, and stops.
            var refused = await RunAsync(machine, [.. join, "--wait", "0", "--json"]);
            Assert.Equal(1, refused.ExitCode);
            var step = Steps(refused)[^1];
            Assert.Equal("failed", step.GetProperty("state").GetString());
            var types = step.GetProperty("lines")[0].GetString()!;
            Assert.Contains($"rad id update --repo {repository.Rid} --allow did:key:z6Mk", types,
                StringComparison.Ordinal);
            Assert.Contains(types, refused.Error, StringComparison.Ordinal);
            var did = types.Split(' ').Single(static w => w.StartsWith("did:key:", StringComparison.Ordinal));

            // It waits, and goes on by itself when the delegate has typed it.
            var waiting = RunAsync(machine, [.. join, "--wait", "2", "--json"]);
            await alice.RadAsync(
                Ct, "id", "update", "--repo", repository.Rid, "--title", "Allow", "--description", "", "--allow", did,
                    "--no-confirm", "-q");
            var joined = await waiting;
            Assert.True(joined.ExitCode == 0, joined.Out + joined.Error);
            Assert.Equal(
                repository.Rid.Replace("rad:", "rad://", StringComparison.Ordinal) + "\n",
                Git(machine, Path.Combine(lab.Folder, "dave-work", "demo"), "config", "remote.rad.url"));
            Assert.Contains("README", Directory.EnumerateFiles(Path.Combine(lab.Folder, "dave-work", "demo"))
                .Select(Path.GetFileName));
            Assert.True(File.Exists(Path.Combine(lab.Folder, "dave-work", "demo", ".git", "hooks", "pre-commit")));
            Assert.Equal(
                [$"{alice.Nid}@{alice.Address}"],
                    NodeConfig.Peers(await File.ReadAllTextAsync(Path.Combine(lab.Folder, "dave", "config.json"), Ct)));

            // What is there is left as it is.
            var again = await RunAsync(machine, join);
            TestContext.Current.TestOutputHelper?.WriteLine(joined.Out + again.Out);
            Assert.True(again.ExitCode == 0, again.Out + again.Error);
            Assert.Contains("✓ this machine is part of the mesh", again.Out, StringComparison.Ordinal);
            var states = Steps(await RunAsync(machine, [.. join, "--json"]))
                .Select(static s => s.GetProperty("state").GetString()).ToList();
            Assert.Equal(1, states.Count(static s => s == "done"));
            Assert.All(states, static s => Assert.Contains(s, new[] { "fine", "yours", "done" }));
        }
        finally
        {
            using var stop = Start(machine, lab.Folder, "rad", "node", "stop");
            await stop.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task an_auxo_that_it_reports_to_tells_it_of_a_node_to_begin_with()
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice");
        var alice = lab.Nodes[0];
        var others = $$"""
            {"name":"dave","others":[{"name":"alice","node":"{{alice.Nid}}","addresses":["127.0.0.1:1","{{alice.Address}}"]}]}
            """;
        await using var auxo = await FakeAuxo.StartAsync(
            map => map.MapPut("/metrics/api/mesh/report", () => Results.Text(others, "application/json")));
        using var port = ReservedPort.Take();
        var machine = await MachineAsync(lab, alice);
        string[] join = ["mesh", "join", "--alias", "dave", "--listen", $"127.0.0.1:{port.Number}", "--json"];
        try
        {
            var joined = await RunAsync(machine, [.. join, "--url", auxo.Address + "/metrics", "--token", FakeAuxo.Token]);

            Assert.True(joined.ExitCode == 0, joined.Out + joined.Error);
            Assert.Equal("done", Step(joined, "agent").GetProperty("state").GetString());
            Assert.Equal("done", Step(joined, "peer connected").GetProperty("state").GetString());
            Assert.Equal(
                [$"{alice.Nid}@{alice.Address}"],
                NodeConfig.Peers(await File.ReadAllTextAsync(Path.Combine(lab.Folder, "dave", "config.json"), Ct)));
            Assert.True(File.Exists(Path.Combine(lab.Folder, ".config", "systemd", "user", "auxo-agent.service")));

            // Where it cannot report, the machine is part of the mesh all the same.
            var away = await RunAsync(machine, [.. join, "--url", "http://127.0.0.1:1", "--token", FakeAuxo.Token]);
            Assert.Equal(1, away.ExitCode);
            Assert.Equal("failed", Step(away, "agent").GetProperty("state").GetString());
            Assert.Equal("fine", Step(away, "peer connected").GetProperty("state").GetString());
        }
        finally
        {
            using var stop = Start(machine, lab.Folder, "rad", "node", "stop");
            await stop.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task a_folder_that_is_something_else_is_not_touched()
    {
        await using var lab = await RadicleLab.UpAsync(Ct, "alice", "bob");
        var (alice, bob) = (lab.Nodes[0], lab.Nodes[1]);
        var repository = await lab.CreateRepositoryAsync("demo", Files, Ct);
        var into = Path.Combine(lab.Folder, "mine");
        Directory.CreateDirectory(Path.Combine(into, "demo"));
        await File.WriteAllTextAsync(Path.Combine(into, "demo", "thesis"), "mine", Ct);

        var result = await RunAsync(
            PatchLab.Variables(bob),
            ["mesh", "join", "--peer", $"{alice.Nid}@{alice.Address}", "--repo", repository.Rid, "--listen",
                bob.Address, "--into", into, "--json"]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("is no working copy of", Steps(result)[^1].GetProperty("text").GetString(),
            StringComparison.Ordinal);
        Assert.Equal(["thesis"], Directory.EnumerateFileSystemEntries(Path.Combine(into, "demo"))
            .Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("--peer", "alice")]
    [InlineData("--repo", "demo")]
    [InlineData("--url", "auxo")]
    [InlineData("--wait", "-1")]
    [InlineData("--alias", "two words")]
    [InlineData("--listen", "8776")]
    public async Task what_cannot_be_is_refused_before_anything_is_done(string option, string value)
    {
        var home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
        try
        {
            var result = await RunAsync(
                new(StringComparer.Ordinal) { ["HOME"] = home, ["PATH"] = Environment.GetEnvironmentVariable("PATH")! },
                ["mesh", "join", option, value]);

            Assert.Equal(2, result.ExitCode);
            Assert.Empty(Directory.EnumerateFileSystemEntries(home));
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    /// <summary>
    /// Its <c>rad</c> is the real one, but a new profile is kept in the lab: Radicle's own settings dial public seeds.
    /// </summary>
    private static async Task<Dictionary<string, string>> MachineAsync(RadicleLab lab, LabNode like)
    {
        var variables = PatchLab.Variables(like);
        var programs = Path.Combine(lab.Folder, "programs");
        Directory.CreateDirectory(programs);
        Directory.CreateDirectory(Path.Combine(lab.Folder, "dave"));
        var real = variables["PATH"].Split(':').Select(static folder => Path.Combine(folder, "rad")).First(File.Exists);
        var script = Path.Combine(programs, "rad");
        await File.WriteAllTextAsync(
            script,
            $$"""
            #!/bin/sh
            [ "$1" = auth ] || exec {{real}} "$@"
            {{real}} "$@" || exit $?
            cat >"$RAD_HOME/config.json" <<SETTINGS
            {"preferredSeeds":[],"cli":{"hints":false},"node":{"alias":"dave","network":"test","listen":[],"connect":[],
             "peers":{"type":"static"},"seedingPolicy":{"default":"block"} } }
            SETTINGS

            """, Ct);
        File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);
        return new Dictionary<string, string>(variables, StringComparer.Ordinal)
        {
            ["RAD_HOME"] = Path.Combine(lab.Folder, "dave"), ["RAD_SOCKET"] = Path.Combine(lab.Folder, "s-dave"),
            ["PATH"] = $"{programs}:{variables["PATH"]}", ["AUXO_HOME"] = Path.Combine(lab.Folder, "auxo"),
        };
    }

    private static Task<CliResult> RunAsync(Dictionary<string, string> variables, string[] args)
        => CliResult.RunAsync(variables, args, width: 120, time: TimeProvider.System, ct: Ct);

    private static List<JsonElement> Steps(CliResult result)
        => [.. JsonDocument.Parse(result.Out).RootElement.GetProperty("steps").EnumerateArray()];

    private static JsonElement Step(CliResult result, string name)
        => Steps(result).Single(s => s.GetProperty("name").GetString() == name);

    private static string Git(Dictionary<string, string> variables, string folder, params string[] arguments)
    {
        using var process = Start(variables, folder, "git", arguments);
        return process.StandardOutput.ReadToEnd();
    }

    private static Process Start(Dictionary<string, string> variables, string folder, string program,
        params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder,
            RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment.Clear();
        foreach (var (name, value) in variables) start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
