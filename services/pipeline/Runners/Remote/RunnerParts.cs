using System.Collections.Concurrent;
using System.Net.Sockets;

using Auxo.Pipeline.Artifacts;
using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Caches;
using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Execution.Processes;
using Auxo.Pipeline.Execution.RegistryAccess;
using Auxo.Pipeline.Joining;
using Auxo.Pipeline.Logs;
using Auxo.Pipeline.Reports;
using Auxo.Pipeline.Running;
using Auxo.Pipeline.Running.Steps;
using Auxo.Pipeline.Runners.Protocol;
using Auxo.Pipeline.StepSecrets;
using Auxo.Pipeline.Workspaces;

using Microsoft.Extensions.Logging.Abstractions;

namespace Auxo.Pipeline.Runners.Remote;

/// <summary>What a runner needs of the pipeline's code to run steps: all of it but the database.</summary>
internal sealed class RunnerParts : IAsyncDisposable
{
    private readonly InstanceLayout _layout;
    private readonly TimeProvider _time;
    private readonly RunnerClient _client;
    private readonly WorkspaceStore _workspaces;
    private readonly CacheStore _caches;
    private readonly ReportCollector _reports;

    /// <summary>The builds that are here now.</summary>
    private readonly ConcurrentDictionary<Guid, WorkOrder> _orders = new();
    private readonly ConcurrentDictionary<Guid, RegistryTunnel> _tunnels = new();
    private readonly ConcurrentDictionary<Guid, RegistryGrant> _grants = new();
    private int _count;

    /// <summary>Wires them, in the folder of this machine.</summary>
    public RunnerParts(InstanceLayout layout, IConfiguration configuration, RunnerClient client, TimeProvider time)
    {
        (_layout, _time, _client) = (layout, time, client);
        // Which builds have the registry is heard with each of them.
        var (settings, user) = (ExecutionSettings.From(configuration) with { MakesWay = true }, StepUser.Current());
        Logs = new LogStore(layout, settings, time);
        Artifacts = new ArtifactStore(layout, settings);
        Executors = new StepExecutors(layout, settings, user, new StepLauncher(), time);
        Sources = new RunnerSources(layout, PackSettings.From(configuration));
        _workspaces = new WorkspaceStore(layout, user);
        _caches = new CacheStore(layout.Caches, settings.CacheBytes, time);
        _reports = new ReportCollector((build, step, ct) => client.BeforeAsync(build.BuildId, _orders[build.BuildId].Lease, step, ct));
        var (folders, runner) = (RepositoryFolders.From(configuration), RunnerSettings.From(configuration));
        var joiner = new CommitJoiner(layout, folders);
        Steps = new StepPhase(
            _workspaces,
            new WorkspacesAhead(_workspaces, Executors, folders, joiner, runner, time, NullLogger<WorkspacesAhead>.Instance), joiner,
            Executors, Logs, Artifacts, _reports, _caches, (build, _) => Task.FromResult(SecretsOf(build)), runner);
    }

    public StepPhase Steps { get; }

    public StepExecutors Executors { get; }

    public LogStore Logs { get; }

    public ArtifactStore Artifacts { get; }

    public RunnerSources Sources { get; }

    /// <summary>Removes what a killed process left: no build is carried on here by itself.</summary>
    /// <returns>How many containers there were; null when the engine is there and does not say.</returns>
    public async Task<int?> SweepAsync(CancellationToken ct)
    {
        _layout.Make();
        // They have the folders that go below.
        var containers = await Executors.SweepAsync(ct);
        LeftoverProcesses.End(_layout);
        _caches.Sweep();
        foreach (var place in (string[])[_layout.Steps, _layout.BuildLogs, _layout.Blobs])
            foreach (var left in Directory.EnumerateDirectories(place)) await WorkspaceFolder.RemoveAsync(left, ct);
        await _workspaces.SweepAsync(new HashSet<Guid>(), ct);
        await Sources.TidyAsync(ct);
        return containers;
    }

    /// <summary>A build begins here.</summary>
    public void Enter(WorkOrder order)
    {
        _orders[order.Build.BuildId] = order;
        _grants[order.Build.BuildId] = GrantOf(order);
    }

    /// <summary>It has ended here: nothing of it stays but caches and its commit.</summary>
    public async Task LeaveAsync(Guid build)
    {
        _orders.TryRemove(build, out _);
        _grants.TryRemove(build, out _);
        if (_tunnels.TryRemove(build, out var tunnel)) await tunnel.DisposeAsync();
        Artifacts.Forget(build);
        await WorkspaceFolder.RemoveAsync(Path.Combine(_layout.BuildLogs, build.ToString()), CancellationToken.None);
        // What is younger than an hour stays: another build may keep the same content at this moment.
        await Artifacts.SweepAsync(_time.GetUtcNow() + TimeSpan.FromHours(23), CancellationToken.None);
    }

    /// <summary>Ends what is left of the steps, such as containers that wait for one.</summary>
    public async ValueTask DisposeAsync()
    {
        await Executors.DisposeAsync();
        _reports.Dispose();
        Artifacts.Dispose();
    }

    private BuildSecrets SecretsOf(Build build)
    {
        var order = _orders[build.BuildId];
        return new BuildSecrets(order.Secrets, (_, step) => order.Refusals.GetValueOrDefault(step.Name))
            .With(_grants[build.BuildId]);
    }

    /// <summary>What the pipeline gives, with a way to it on this machine.</summary>
    private RegistryGrant GrantOf(WorkOrder order)
    {
        if (order.Registry is not { } given) return RegistryGrant.None;
        if (given.Token is not { } token) return new RegistryGrant(null, given.Refusal);
        if (_layout.StepSocket is not { } usual)
            return new RegistryGrant(null, $"the path of its socket would be too long in {_layout.Home}; use a shorter AUXO_HOME");
        // Not longer than the usual one.
        var path = Path.Combine(Path.GetDirectoryName(usual)!, $"{Interlocked.Increment(ref _count) % 100_000_000}.s");
        try
        {
            _tunnels[order.Build.BuildId] = new RegistryTunnel(path, _client, order.Build.BuildId, order.Lease);
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            return new RegistryGrant(null, $"its socket cannot be made on this runner: {e.Message}");
        }

        return new RegistryGrant(new StepRegistry(token, given.Repositories, path, static () => null), null);
    }
}
