using System.Net;
using System.Net.Sockets;

using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;

using Auxo.Hosting.Model;
using Auxo.Instances;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Auxo.Hosting.Supervision;

/// <summary>
/// Keeps one resource alive: waits for what it needs, starts it, watches its health checks, starts it again with back-off, stops
/// it when asked. One that others wait for to complete is run once.
/// </summary>
internal sealed class ResourceRunner(
    IResource resource, IServiceProvider services, InstanceFolder folder, HttpClient http, ResourceLog log, TimeProvider time)
    : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Stable = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan StartPoll = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(5);

    /// <summary>So many probes in a row without a sign of life, and it is taken for hung.</summary>
    private const int HungAfter = 6;

    private readonly HealthCheckService _health = services.GetRequiredService<HealthCheckService>();
    private readonly IDistributedApplicationEventing _events = services.GetRequiredService<IDistributedApplicationEventing>();
    private readonly HashSet<string> _checks = [.. resource.Annotations.OfType<HealthCheckAnnotation>().Select(static c => c.Key)];
    private readonly EndpointAnnotation? _endpoint = resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault();
    private readonly SemaphoreSlim _commands = new(1, 1);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource? _stop;
    private Task _life = Task.CompletedTask;

    public IResource Resource => resource;
    public ResourceLog Log => log;

    public ResourceSnapshot Snapshot { get; private set; } = new(
        resource.Name, KindOf(resource), ResourceState.NotStarted, null, [.. resource.Urls()], 0, time.GetUtcNow(), null);

    /// <summary>How often in a row it failed before it became healthy.</summary>
    public int FailedStarts { get; private set; }

    /// <summary>What it waits for; filled by the supervisor.</summary>
    public IList<Need> Needs { get; } = [];

    /// <summary>The exit code with which it has done its work, for one that others wait for to complete; else null.</summary>
    public int? EndsWith { get; set; }

    /// <summary>Called after every change of the snapshot.</summary>
    public Action<ResourceSnapshot>? Changed { get; set; }

    /// <summary>Begins to keep it alive; nothing happens when it is already.</summary>
    public async Task StartAsync()
    {
        await _commands.WaitAsync(CancellationToken.None);
        try
        {
            if (_stop is not null) return;
            _stop = new CancellationTokenSource();
            _life = KeepAliveAsync(_stop.Token);
        }
        finally
        {
            _commands.Release();
        }
    }

    /// <summary>Stops it and returns when it is gone.</summary>
    public async Task StopAsync()
    {
        await _commands.WaitAsync(CancellationToken.None);
        try
        {
            if (_stop is null) return;
            await _stop.CancelAsync();
            await _life;
            _stop.Dispose();
            _stop = null;
        }
        finally
        {
            _commands.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _commands.Dispose();
        log.Dispose();
    }

    /// <summary>Completes when the snapshot is as <paramref name="condition"/> says.</summary>
    public async Task WaitUntilAsync(Func<ResourceSnapshot, bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            var changed = _changed.Task;
            if (condition(Snapshot)) return;
            await changed.WaitAsync(cancellationToken);
        }
    }

    private async Task KeepAliveAsync(CancellationToken stop)
    {
        var pause = FirstPause;
        FailedStarts = 0;
        _ = FollowHooksAsync(stop);
        try
        {
            while (true)
            {
                if (Needs.Any(static n => !n.IsMet(n.Runner.Snapshot)))
                {
                    Set(ResourceState.Waiting, "for " + string.Join(", ", Needs.Select(static n => n.Runner.Resource.Name)));
                    foreach (var need in Needs) await need.Runner.WaitUntilAsync(need.IsMet, stop);
                }

                Set(ResourceState.Starting);
                var began = time.GetTimestamp();
                var reason = await LiveOnceAsync(stop);
                if (Snapshot.State is ResourceState.Finished) return;
                var ran = Snapshot.State is not ResourceState.Starting;
                if (!ran) FailedStarts++;
                if (ran && time.GetElapsedTime(began) > Stable) pause = FirstPause;
                Set(ran ? ResourceState.Exited : ResourceState.FailedToStart, reason);
                log.Write($"auxo: {reason}; it is started again in {pause.TotalSeconds:0.#} s");
                await Task.Delay(pause, time, stop);
                Snapshot = Snapshot with { Restarts = Snapshot.Restarts + 1 };
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Set(ResourceState.NotStarted, "stopped");
        }
    }

    /// <summary>Whatever a hook of the model throws is the reason why its resource did not start.</summary>
    private async Task<string> LiveOnceAsync(CancellationToken stop)
    {
        try
        {
            return await LiveAsync(stop);
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            return e.Message;
        }
    }

    /// <summary>One life: the reason why it has ended by itself.</summary>
    private async Task<string> LiveAsync(CancellationToken stop)
    {
        if (resource is IResourceWithConnectionString)
            await _events.PublishAsync(new ConnectionStringAvailableEvent(resource, services), stop);
        await _events.PublishAsync(new BeforeResourceStartedEvent(resource, services), stop);
        if (resource.Annotations.OfType<ConditionAnnotation>().LastOrDefault() is { } condition && !await condition.IsNeededAsync(stop))
        {
            Set(ResourceState.Finished, "there was nothing to do");
            return "";
        }

        var configuration = services.GetRequiredService<IConfiguration>();
        var start = await ResourceProcess.StartOfAsync(
            resource, services.GetRequiredService<DistributedApplicationExecutionContext>(),
            telemetry: configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] is { Length: > 0 }, stop);
        if (start is null) return await WatchAsync(child: null, stop);
        if (_endpoint?.Port is { } port && Ports.Taken(IPAddress.Parse(_endpoint.TargetHost), port, resource.Name) is { } taken)
            throw new HostingException(taken);
        using var child = ChildProcess.Start(start with { OnLine = log.Write });
        folder.Remember(resource.Name, child.Id);
        try
        {
            Set(ResourceState.Starting, pid: child.Id);
            return EndsWith is { } code ? await CompleteAsync(child, code, stop) : await WatchAsync(child, stop);
        }
        finally
        {
            if (!child.Exited.IsCompleted)
            {
                // A start that failed stays one; only an order to stop shows as stopping.
                if (stop.IsCancellationRequested) Set(ResourceState.Stopping, pid: child.Id);
                await child.StopAsync(ResourceProcess.StopSignalOf(resource), StopLimit);
            }

            folder.Forget(resource.Name);
        }
    }

    private async Task<string> CompleteAsync(ChildProcess child, int expected, CancellationToken stop)
    {
        if (await child.Exited.WaitAsync(stop) == expected) Set(ResourceState.Finished);
        return await WhyEndedAsync(child, stop);
    }

    /// <summary>A program that gives up says why in its last line.</summary>
    private async Task<string> WhyEndedAsync(ChildProcess child, CancellationToken stop)
    {
        await Task.WhenAny(child.OutputRead, Task.Delay(Poll, time, stop));
        return $"{resource.Name} ended with {await child.Exited}: {log.Last}";
    }

    private async Task<string> WatchAsync(ChildProcess? child, CancellationToken stop)
    {
        Task exited = child?.Exited ?? Task.Delay(Timeout.InfiniteTimeSpan, time, stop);
        var began = time.GetTimestamp();
        while (!exited.IsCompleted && await ComplaintAsync(stop) is { } complaint)
        {
            if (time.GetElapsedTime(began) > StartLimit)
                throw new HostingException(
                    $"{resource.Name} did not become healthy in {StartLimit.TotalSeconds:0} s ({complaint}); its log says why: "
                        + $"{folder.Layout.LogFile(resource.Name)}");
            await Task.WhenAny(exited, Task.Delay(StartPoll, time, stop));
            stop.ThrowIfCancellationRequested();
        }

        if (child?.Exited.IsCompleted == true) return await WhyEndedAsync(child, stop);
        await _events.PublishAsync(new ResourceReadyEvent(resource, services), stop);
        Set(ResourceState.Running, pid: child?.Id);
        for (var silent = 0; silent < HungAfter;)
        {
            await Task.WhenAny(exited, Task.Delay(_checks.Count > 0 ? Poll : Timeout.InfiniteTimeSpan, time, stop));
            stop.ThrowIfCancellationRequested();
            if (child?.Exited.IsCompleted == true) return $"{resource.Name} ended with {await child.Exited}";
            var complaint = await ComplaintAsync(stop);
            silent = complaint is null || await IsAliveAsync(stop) ? 0 : silent + 1;
            Set(complaint is null ? ResourceState.Running : ResourceState.RuntimeUnhealthy, complaint, child?.Id);
        }

        return $"{resource.Name} gave no sign of life for {(Poll * HungAfter).TotalSeconds:0} s";
    }

    /// <summary>What its health checks have to say against it; null when it is healthy.</summary>
    private async Task<string?> ComplaintAsync(CancellationToken stop)
    {
        if (_checks.Count == 0) return null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Poll);
        try
        {
            var report = await _health.CheckHealthAsync(c => _checks.Contains(c.Name), limit.Token);
            if (report.Status is not HealthStatus.Unhealthy) return null;
            var entry = report.Entries.Values.First(static e => e.Status is HealthStatus.Unhealthy);
            return _endpoint is null
                ? entry.Description ?? entry.Exception?.Message ?? "it does not answer"
                : $"{Snapshot.Urls[0]}/health does not say that it is well";
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return $"it did not answer in {Poll.TotalSeconds:0} s";
        }
    }

    /// <summary>Only a service can hang: it is alive while <c>/alive</c> says so, even without its database.</summary>
    private async Task<bool> IsAliveAsync(CancellationToken stop)
    {
        if (_endpoint is null) return true;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Poll);
        try
        {
            using var answer = await http.GetAsync(new Uri(Snapshot.Urls[0] + "/alive"), limit.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException
            || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return false;
        }
    }

    private void Set(ResourceState state, string? reason = null, int? pid = null)
    {
        if (Snapshot.State == state && Snapshot.Reason == reason && Snapshot.Pid == pid) return;
        var since = Snapshot.State == state ? Snapshot.Since : time.GetUtcNow();
        Snapshot = Snapshot with { State = state, Reason = reason, Pid = pid, Since = since };
        if (Snapshot.IsWell) FailedStarts = 0;
        Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        Changed?.Invoke(Snapshot);
    }

    /// <summary>What the model's hooks say about a resource stands in its log too.</summary>
    private async Task FollowHooksAsync(CancellationToken stop)
    {
        try
        {
            await foreach (var lines in services.GetRequiredService<ResourceLoggerService>().WatchAsync(resource).WithCancellation(stop))
            {
                foreach (var line in lines) log.Write(line.Content);
            }
        }
        catch (OperationCanceledException)
        {
            // It stops.
        }
    }

    private static string KindOf(IResource resource) => resource switch
    {
        ProjectResource => "project",
        PrivatePostgresResource => "postgres",
        IResourceWithConnectionString => "database",
        _ => "executable",
    };
}
