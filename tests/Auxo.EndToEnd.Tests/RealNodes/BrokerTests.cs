using System.Collections;

using Auxo.Instances;
using Auxo.Testing;

using static Auxo.EndToEnd.Tests.AuxoHttp;

namespace Auxo.EndToEnd.Tests.RealNodes;

/// <summary>Radicle's own CI broker starts Auxo's adapter, and writes what it answers as a job; skipped where it is missing.</summary>
public sealed class BrokerTests
{
    [Fact]
    public async Task the_broker_asks_auxo_and_other_nodes_read_the_verdict_with_rad_job()
    {
        var ct = TestContext.Current.CancellationToken;
        Assert.SkipWhen(
            new[] { "cib", "rad-job" }.Any(static p => !Tool.IsThere(p)),
            "cib and rad-job are not installed");
        // The broker writes the jobs, and one of two is enough.
        await using var world = await RealNodesFixture.StartAsync(ct, settings: ("Auxo__Radicle__Jobs", "off"));
        await using var broker = await StartBrokerAsync(world, ct);

        var (_, good) = await world.Bob.OpenPatchAsync(
            "demo", "Say more", new Dictionary<string, string>(StringComparer.Ordinal) { ["docs/more.md"] = "# More\n" }, ct);
        await BobReadsAsync(world, broker, good, "Succeeded", ct);
        var build = await world.Auxo.Pipeline.FinishedBuildAsync(good);
        Assert.Contains($"https://ci.example.org/builds/{Text(build, "id")}", await JobAsync(world, good, ct), StringComparison.Ordinal);

        var (_, bad) = await world.Bob.OpenPatchAsync(
            "demo", "Break the script",
            new Dictionary<string, string>(StringComparer.Ordinal) { ["scripts/broken.sh"] = "#!/usr/bin/env bash\nif true; then\n" }, ct);
        await BobReadsAsync(world, broker, bad, "Failed", ct);
        Assert.Single(await world.Auxo.Pipeline.BuildsAsync($"commit={good}"));
    }

    private static async Task<Broker> StartBrokerAsync(RealNodesFixture world, CancellationToken ct)
    {
        var folder = Path.Combine(world.Lab.Folder, "cib");
        Directory.CreateDirectory(Path.Combine(folder, "reports"));
        var here = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        var program = Path.GetFullPath(Path.Combine(here, "..", "..", "Auxo.Cli", Path.GetFileName(here), "auxo-cli"));
        // As the file auxo-adapter does it, but for looking whether something must be built.
        var adapter = Path.Combine(folder, "auxo-adapter");
        await File.WriteAllTextAsync(adapter, $"#!/bin/sh\nexec '{program}' adapter\n", ct);
        File.SetUnixFileMode(adapter, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await File.WriteAllTextAsync(Path.Combine(folder, "broker.yaml"), $"""
            db: {folder}/cib.db
            report_dir: {folder}/reports
            max_run_time: 5min
            queue_len_interval: 1min
            concurrent_adapters: 1
            adapters:
              auxo:
                command: {adapter}
                env:
                  AUXO_HOME: {world.Auxo.Home}
                  Auxo__PublicUrl: https://ci.example.org
            triggers:
              - adapter: auxo
                filters:
                  - !Or
                    - !PatchCreated
                    - !PatchUpdated

            """, ct);
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(static e => (string)e.Key, static e => (string?)e.Value ?? "", StringComparer.Ordinal);
        foreach (var (name, value) in world.Alice.Environment()) environment[name] = value;
        var said = new System.Collections.Concurrent.ConcurrentQueue<string>();
        return new Broker(ChildProcess.Start(
            new ChildProcessStart("cib", ["--config", $"{folder}/broker.yaml", "--log-level", "info", "process-events"])
            {
                Environment = environment, WorkingDirectory = folder, OnLine = said.Enqueue,
            }), said);
    }

    private static Task BobReadsAsync(RealNodesFixture world, Broker broker, string commit, string result, CancellationToken ct)
        => Eventually.TrueAsync(
            async () => (await JobAsync(world, commit, ct)).Contains(result, StringComparison.Ordinal),
            $"bob's rad-job shows {result} for {commit[..7]}; the broker said: {string.Join('\n', broker.Said.TakeLast(20))}",
            TimeSpan.FromSeconds(90));

    /// <summary>What Bob's <c>rad-job</c> shows; nothing while it knows no job of the commit.</summary>
    private static async Task<string> JobAsync(RealNodesFixture world, string commit, CancellationToken ct)
        => string.Concat((await world.Bob.RunAsync(world.Bob.WorkTree("demo"), ct, "rad-job", "-r", world.Repository.Rid, "list"))
            .Split("\"oid\"").Where(job => job.Contains(commit, StringComparison.Ordinal)));

    private sealed class Broker(ChildProcess process, System.Collections.Concurrent.ConcurrentQueue<string> said) : IAsyncDisposable
    {
        public IEnumerable<string> Said => said;

        public async ValueTask DisposeAsync()
        {
            await process.StopAsync(System.Runtime.InteropServices.PosixSignal.SIGTERM, TimeSpan.FromSeconds(10));
            process.Dispose();
        }
    }
}
