using System.Collections;

using Auxo.Benchmarks.Measuring;
using Auxo.Instances;
using Auxo.Testing.Radicle;

namespace Auxo.Benchmarks.Sides;

/// <summary>
/// Radicle's own CI beside alice's node: the broker <c>cib</c> and the adapter <c>radicle-native-ci</c>, configured as their
/// pages say.
/// </summary>
internal sealed class BrokerSide : Side
{
    private static readonly string[] Programs = ["cib", "radicle-native-ci"];
    private readonly ChildProcess _cib;
    private readonly string _stamps;
    private readonly Queue<string> _said;

    private BrokerSide(RadicleLab lab, NodeEar ear, ChildProcess cib, string stamps, Queue<string> said)
        : base(lab, ear) => (_cib, _stamps, _said) = (cib, stamps, said);

    /// <summary>The broker's process id.</summary>
    public int ProcessId => _cib.Id;

    /// <summary>What is not on PATH.</summary>
    public static IReadOnlyList<string> MissingPrograms()
    {
        var folders = (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return [.. Programs.Where(program => !Array.Exists(folders, folder => File.Exists(Path.Combine(folder, program))))];
    }

    /// <summary>Starts nodes and broker.</summary>
    public static async Task<BrokerSide> StartAsync(CancellationToken ct)
    {
        var lab = await RadicleLab.UpAsync(ct, "alice", "bob");
        var alice = lab.Nodes[0];
        try
        {
            var folder = Path.Combine(lab.Folder, "cib");
            Directory.CreateDirectory(Path.Combine(folder, "reports"));
            Directory.CreateDirectory(Path.Combine(folder, "state"));
            await File.WriteAllTextAsync(Path.Combine(folder, "native.yaml"),
                $"state: {folder}/state\nlog: {folder}/native.log\nbase_url: http://127.0.0.1:1/\n", ct);
            await File.WriteAllTextAsync(Path.Combine(folder, "broker.yaml"), Configuration(folder), ct);
            var environment = System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
                .ToDictionary(static e => (string)e.Key, static e => (string?)e.Value ?? "", StringComparer.Ordinal);
            foreach (var (name, value) in alice.Environment()) environment[name] = value;
            var said = new Queue<string>();
            var cib = ChildProcess.Start(
                new ChildProcessStart("cib", ["--config", $"{folder}/broker.yaml", "--log-level", "error", "process-events"])
            {
                Environment = environment, WorkingDirectory = folder, OnLine = line => Remember(said, line),
            });
            return new BrokerSide(lab, await NodeEar.OpenAsync(alice.Socket, ct), cib, Path.Combine(folder, "stamps"), said);
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public override Task<DateTimeOffset> FirstCommandAsync(SideRepository repository, Subject subject, CancellationToken ct)
        => Poll.UntilAsync(
            () => _cib.Exited.IsCompleted
                ? throw new InvalidOperationException($"cib has ended: {string.Join('\n', _said)}")
                : Task.FromResult(File.Exists(_stamps) && File.ReadAllLines(_stamps).LastOrDefault(l
                    => l.EndsWith(subject.Commit.Value, StringComparison.Ordinal)) is { } line ? AuxoSide.StampIn(line) : null),
            $"the first command of {subject.Commit.Short} by the broker", ct);

    /// <inheritdoc/>
    public override Task<bool> HasVerdictAsync(VerdictReader at, SideRepository repository, Subject subject, CancellationToken ct)
        => at.HasEndedJobAsync(subject, ct);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _cib.StopAsync(System.Runtime.InteropServices.PosixSignal.SIGTERM, TimeSpan.FromSeconds(10));
        _cib.Dispose();
        await base.DisposeAsync();
    }

    /// <inheritdoc/>
    protected override Task FollowAsync(LabRepository repository, CancellationToken ct) => Task.CompletedTask;

    /// <inheritdoc/>
    protected override Task<DateTimeOffset> EndedAsync(SideRepository repository, Subject subject, CancellationToken ct)
        => ReadableAsync(repository, repository.AtAlice, subject, ct);

    /// <inheritdoc/>
    protected override string NativePipeline()
        => "shell: |\n  stamp=$EPOCHREALTIME; echo \"stamp $stamp $(git rev-parse HEAD)\" "
            + $">>'{Path.Combine(Path.GetDirectoryName(Alice.Home)!, "cib", "stamps")}'\n";

    private static string Configuration(string folder) => $"""
        db: {folder}/cib.db
        report_dir: {folder}/reports
        max_run_time: 60s
        queue_len_interval: 1min
        concurrent_adapters: 1
        adapters:
          native:
            command: radicle-native-ci
            env:
              RADICLE_NATIVE_CI: {folder}/native.yaml
        triggers:
          - adapter: native
            filters:
              - !Or
                - !BranchCreated
                - !BranchUpdated
                - !PatchCreated
                - !PatchUpdated
        """ + "\n";

    private static void Remember(Queue<string> said, string line)
    {
        lock (said)
        {
            said.Enqueue(line);
            while (said.Count > 20) said.Dequeue();
        }
    }
}
