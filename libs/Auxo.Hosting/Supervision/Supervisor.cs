using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Lifecycle;

using Auxo.Hosting.Model;
using Auxo.Instances;

using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Hosting.Supervision;

/// <summary>
/// Runs the model of a built application, which is never started itself, without Aspire's orchestrator: one runner per resource,
/// all begun at once (each waits for what it needs), stopped dependants first.
/// </summary>
internal sealed class Supervisor : IAsyncDisposable
{
    private const long RotateAt = 10 * 1024 * 1024;
    private const int KeptLogs = 3;

    private readonly DistributedApplication _app;
    private readonly DistributedApplicationModel _model;
    private readonly IDistributedApplicationEventing _events;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(2) });
    private readonly Dictionary<IResource, ResourceRunner> _runners = [];

    /// <exception cref="HostingException">The model has something in it that this cannot run.</exception>
    public Supervisor(DistributedApplication app, InstanceFolder folder, TimeProvider time)
    {
        _app = app;
        _model = app.Services.GetRequiredService<DistributedApplicationModel>();
        _events = app.Services.GetRequiredService<IDistributedApplicationEventing>();
        foreach (var resource in _model.Resources.Where(IsRun))
        {
            if (resource.IsContainer() || resource.GetReplicaCount() != 1)
                throw new HostingException($"{resource.Name} is a container or has replicas, which only './auxo dev' runs.");
            var log = new ResourceLog(folder.Layout.LogFile(resource.Name), RotateAt, KeptLogs);
            _runners[resource] = new ResourceRunner(resource, app.Services, folder, _http, log, time);
        }

        foreach (var (resource, runner) in _runners)
        {
            foreach (var wait in resource.Annotations.OfType<WaitAnnotation>())
            {
                if (!_runners.TryGetValue(wait.Resource, out var needed)) continue;
                runner.Needs.Add(new Need(needed, wait.WaitType));
                if (wait.WaitType is WaitType.WaitForCompletion) needed.EndsWith = wait.ExitCode;
            }

            if (resource is IResourceWithParent { Parent: var parent } && _runners.TryGetValue(parent, out var above))
                runner.Needs.Add(new Need(above, WaitType.WaitUntilHealthy));
        }
    }

    /// <summary>In the order of the model.</summary>
    public IEnumerable<ResourceRunner> Runners => _runners.Values;

    public ResourceRunner? Find(string name) => _runners.Values.FirstOrDefault(r => r.Resource.Name == name);

    public async Task StartAsync(CancellationToken ct)
    {
        var context = _app.Services.GetRequiredService<DistributedApplicationExecutionContext>();
        foreach (var subscriber in _app.Services.GetServices<IDistributedApplicationEventingSubscriber>())
            await subscriber.SubscribeAsync(_events, context, ct);
        await _events.PublishAsync(new BeforeStartEvent(_app.Services, _model), ct);
        // Every endpoint first: a service may refer to one that starts later.
        foreach (var resource in _runners.Keys.OfType<IResourceWithEndpoints>())
        {
            foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>()) Allocate(endpoint);
            await _events.PublishAsync(new ResourceEndpointsAllocatedEvent(resource, _app.Services), ct);
        }

        await Task.WhenAll(_runners.Values.Select(static r => r.StartAsync()));
    }

    /// <summary>Stops everything: a resource when all that wait for it are gone.</summary>
    public async Task StopAsync()
    {
        var stops = new Dictionary<ResourceRunner, Task>();
        await Task.WhenAll(_runners.Values.Select(StopAfterDependants));

        Task StopAfterDependants(ResourceRunner runner)
        {
            if (stops.TryGetValue(runner, out var stopping)) return stopping;
            return stops[runner] = Stop(
                runner, [.. _runners.Values.Where(r => r.Needs.Any(n => n.Runner == runner)).Select(StopAfterDependants)]);
        }

        static async Task Stop(ResourceRunner runner, Task[] dependants)
        {
            await Task.WhenAll(dependants);
            await runner.StopAsync();
        }
    }

    /// <summary>
    /// Completes when all are well: null, or, when one has failed to start <paramref name="attempts"/> times or the limit
    /// has passed, why not.
    /// </summary>
    public async Task<string?> WaitUntilWellAsync(int attempts, TimeSpan limit, CancellationToken cancellationToken)
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
            var all = Task.WhenAll(Runners.Select(r => r.WaitUntilAsync(static s => s.IsWell, waiting.Token)));
            await Task.WhenAny(all, failed.Task);
            if (all.IsCompletedSuccessfully) return null;
            cancellationToken.ThrowIfCancellationRequested();
            await waiting.CancelAsync();
            return string.Join('\n', Runners.Select(static r => r.Snapshot)
                .Where(static s => !s.IsWell && s.State is not ResourceState.Waiting)
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

    /// <summary>Aspire adds hidden resources that are started by hand only; a parameter is a value and has no life.</summary>
    private static bool IsRun(IResource resource)
        => resource is not IResourceWithoutLifetime && !resource.Annotations.OfType<ExplicitStartupAnnotation>().Any();

    /// <summary>There is no proxy: the port that others are given is the port that the program listens on.</summary>
    private static void Allocate(EndpointAnnotation endpoint)
    {
        endpoint.AllocatedEndpoint = new AllocatedEndpoint(
            endpoint, endpoint.ReachableHost(), endpoint.Port!.Value, endpoint.Port.Value.ToString());
    }
}

/// <summary>What a resource waits for.</summary>
internal sealed record Need(ResourceRunner Runner, WaitType Until)
{
    public bool IsMet(ResourceSnapshot now) => Until switch
    {
        WaitType.WaitForCompletion => now.State is ResourceState.Finished,
        WaitType.WaitUntilStarted => now.State is ResourceState.Running || now.Pid is not null,
        _ => now.State is ResourceState.Running,
    };
}
