using Auxo.Hosting.ApplicationModel;
using Auxo.Hosting.Instance;

namespace Auxo.Hosting.Orchestration;

/// <summary>
/// Brings the model to life: one runner per resource, started at once (each waits for what it needs), stopped dependants first.
/// </summary>
internal sealed class Orchestrator : IAsyncDisposable
{
    private const long RotateAt = 10 * 1024 * 1024;
    private const int KeptLogs = 3;

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(2) });
    private readonly Dictionary<Resource, ResourceRunner> _runners = [];

    public Orchestrator(
        DistributedApplicationModel model, IReadOnlyDictionary<string, string> environment, string bind,
        string executables, InstanceFolder folder, TimeProvider time)
    {
        var context = new ProjectContext(folder.Home, bind, Guid.NewGuid().ToString("N"), (database, project)
            => ((DatabaseRunner)_runners[database]).ConnectionStringOf(project));
        foreach (var resource in model.Resources)
        {
            var log = new ResourceLog(Path.Combine(folder.Logs, resource.Name + ".log"), RotateAt, KeptLogs);
            _runners[resource] = resource switch
            {
                PostgresServerResource server => new PostgresRunner(
                    server, model.DatabasesOf(server).Select(d => environment.GetValueOrDefault($"ConnectionStrings__{d.Name}"))
                        .FirstOrDefault(static c => !string.IsNullOrEmpty(c)),
                    folder, log, time),
                PostgresDatabaseResource database => new DatabaseRunner(
                    database, (PostgresRunner)_runners[database.Server], [.. model.UsersOf(database)], folder, log, time),
                ProjectResource project => new ProjectRunner(
                    project, Executable(executables, project), bind, ()
                        => ProjectEnvironment.Of(project, model, environment, context), folder, _http, log, time),
                _ => throw new NotSupportedException($"{resource.GetType().Name} cannot be run."),
            };
        }

        foreach (var (resource, runner) in _runners)
        {
            foreach (var wait in resource.Of<WaitAnnotation>()) runner.Needs.Add(_runners[wait.Target]);
        }
    }

    /// <summary>In the order of the model.</summary>
    public IEnumerable<ResourceRunner> Runners => _runners.Values;

    public ResourceRunner? Find(string name) => _runners.Values.FirstOrDefault(r => r.Resource.Name == name);

    public Task StartAsync() => Task.WhenAll(_runners.Values.Select(static r => r.StartAsync()));

    /// <summary>Stops everything: a resource when all that wait for it are gone.</summary>
    public async Task StopAsync()
    {
        var stops = new Dictionary<ResourceRunner, Task>();
        await Task.WhenAll(_runners.Values.Select(StopAfterDependants));

        Task StopAfterDependants(ResourceRunner runner)
        {
            if (stops.TryGetValue(runner, out var stopping)) return stopping;
            return stops[runner] = Stop(runner, [.. _runners.Values.Where(r => r.Needs.Contains(runner)).Select(StopAfterDependants)]);
        }

        static async Task Stop(ResourceRunner runner, Task[] dependants)
        {
            await Task.WhenAll(dependants);
            await runner.StopAsync();
        }
    }

    /// <summary>
    /// Completes when all are running: null, or, when one has failed to start <paramref name="attempts"/> times or the limit
    /// has passed, why not.
    /// </summary>
    public async Task<string?> WaitUntilRunningAsync(int attempts, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        waiting.CancelAfter(limit);
        var failed = new TaskCompletionSource();
        void Look(ResourceSnapshot _)
        {
            if (Runners.Any(r => r.FailedStarts >= attempts)) failed.TrySetResult();
        }

        foreach (var runner in Runners) runner.Changed += Look;
        try
        {
            var all = Task.WhenAll(Runners.Select(r => r.WaitUntilRunningAsync(waiting.Token)));
            await Task.WhenAny(all, failed.Task);
            if (all.IsCompletedSuccessfully) return null;
            cancellationToken.ThrowIfCancellationRequested();
            await waiting.CancelAsync();
            return string.Join('\n', Runners.Select(static r => r.Snapshot)
                .Where(static s => s.State is not (ResourceState.Running or ResourceState.Waiting))
                .Select(static s => $"{s.Name}: {s.State}{(s.Reason is null ? "" : $" ({s.Reason})")}"));
        }
        finally
        {
            foreach (var runner in Runners) runner.Changed -= Look;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var runner in Runners) await runner.DisposeAsync();
        _http.Dispose();
    }

    /// <summary>
    /// The layout of <c>UseArtifactsOutput</c>: <c>artifacts/bin/{project}/{configuration}/{project}</c>, beside our own.
    /// </summary>
    private static string Executable(string executables, ProjectResource project)
    {
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(executables));
        return Path.GetFullPath(Path.Combine(executables, "..", "..", project.ProjectName, configuration, project.ProjectName));
    }
}
