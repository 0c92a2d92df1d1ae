using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Lifecycle;

using Auxo.Instances;

using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Auxo.Hosting.Development;

/// <summary>
/// What Aspire's orchestrator leaves out: what has ended is started again, a start that fails ends, and so does everything when
/// the orchestrator itself dies.
/// </summary>
internal sealed partial class DevelopmentWatch(
    ResourceNotificationService notifications, ResourceCommandService commands, DistributedApplicationModel model,
    IHostApplicationLifetime lifetime, ILogger<DevelopmentWatch> log) : IDistributedApplicationEventingSubscriber
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(100);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// So many looks in a row without an orchestrator, and it is gone: one begins as two processes, of which the first ends.
    /// </summary>
    private const int GoneAfter = 4;

    /// <summary>A stop that speaks to a dead orchestrator would wait for half a minute.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(3);

    /// <summary>Whether this run has ended because something failed.</summary>
    public bool Failed { get; private set; }

    /// <inheritdoc/>
    public Task SubscribeAsync(
        IDistributedApplicationEventing eventing, DistributedApplicationExecutionContext executionContext,
        CancellationToken cancellationToken)
    {
        var stop = lifetime.ApplicationStopping;
        eventing.Subscribe<BeforeStartEvent>((_, _) =>
        {
            _ = UntilStopAsync(() => RestartAsync(stop));
            _ = UntilStopAsync(() => LimitStartAsync(stop));
            _ = UntilStopAsync(() => WatchOrchestratorAsync(stop));
            return Task.CompletedTask;
        });
        return Task.CompletedTask;
    }

    /// <summary>Ends this run with an error.</summary>
    public void Fail(string reason)
    {
        LogFailure(log, reason);
        Failed = true;
        lifetime.StopApplication();
    }

    private IEnumerable<IResource> Programs => model.Resources.Where(static r
        => r is ProjectResource or ExecutableResource && !r.Annotations.OfType<ExplicitStartupAnnotation>().Any());

    private async Task RestartAsync(CancellationToken stop)
    {
        var once = Programs.SelectMany(static r => r.Annotations.OfType<WaitAnnotation>())
            .Where(static w => w.WaitType is WaitType.WaitForCompletion).Select(static w => w.Resource).ToHashSet();
        var programs = Programs.Where(r => !once.Contains(r)).ToHashSet();
        var failures = new Dictionary<string, int>(StringComparer.Ordinal);
        var pending = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var change in notifications.WatchAsync(stop))
        {
            var (id, state) = (change.ResourceId, change.Snapshot.State?.Text);
            if (!programs.Contains(change.Resource) || state is null) continue;
            if (change.Snapshot.HealthStatus is HealthStatus.Healthy
                && state == KnownResourceStates.Running) failures.Remove(id);
            if (state == KnownResourceStates.Running) pending.Remove(id);
            if (!KnownResourceStates.TerminalStates.Contains(state) || !pending.Add(id)) continue;
            failures[id] = failures.GetValueOrDefault(id) + 1;
            var pause = FirstPause * Math.Pow(2, Math.Min(failures[id] - 1, 9));
            if (pause > LongestPause) pause = LongestPause;
            LogRestart(log, change.Resource.Name, state, change.Snapshot.ExitCode, pause.TotalSeconds);
            _ = UntilStopAsync(async () =>
            {
                await Task.Delay(pause, TimeProvider.System, stop);
                await commands.ExecuteCommandAsync(id, KnownResourceCommands.StartCommand, stop);
            });
        }
    }

    /// <summary>Aspire waits without a word for what cannot start.</summary>
    private async Task LimitStartAsync(CancellationToken stop)
    {
        var waiting = Programs.Select(static r => r.Name).ToHashSet(StringComparer.Ordinal);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(StartLimit);
        try
        {
            await Task.WhenAll(Programs.Select(async r =>
            {
                var once = model.Resources.SelectMany(static o => o.Annotations.OfType<WaitAnnotation>())
                    .FirstOrDefault(w => w.Resource == r && w.WaitType is WaitType.WaitForCompletion);
                var now = await notifications.WaitForResourceAsync(r.Name, e => once is null
                    ? e.Snapshot.State?.Text == KnownResourceStates.Running && e.Snapshot.HealthStatus is not
                        (HealthStatus.Unhealthy or null)
                    : e.Snapshot.ExitCode is not null, limit.Token);
                if (once is not null && now.Snapshot.ExitCode != once.ExitCode)
                    Fail($"{r.Name} ended with {now.Snapshot.ExitCode}; the dashboard has its output.");
                lock (waiting) waiting.Remove(r.Name);
            }));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            Fail($"{string.Join(", ", waiting)} did not become healthy in {StartLimit.TotalSeconds:0} s; the dashboard has the output.");
        }
    }

    /// <summary>
    /// The orchestrator leaves our process tree when it has begun, so it is looked for by its command line, which is empty once it
    /// has ended.
    /// </summary>
    private async Task WatchOrchestratorAsync(CancellationToken stop)
    {
        var wanted = $"--monitor {Environment.ProcessId} ";
        int? orchestrator = null;
        var (seen, missed) = (false, 0);
        while (missed < GoneAfter)
        {
            if (orchestrator is not { } pid || Processes.CommandLine(pid).Length == 0)
                orchestrator = Processes.Find(line => line.Contains("start-apiserver", StringComparison.Ordinal)
                    && line.Contains(wanted, StringComparison.Ordinal));
            seen |= orchestrator is not null;
            missed = seen && orchestrator is null ? missed + 1 : 0;
            await Task.Delay(Poll, TimeProvider.System, stop);
        }

        Fail("Aspire's orchestrator (dcp) has ended, and with it all that it ran.");
        await Task.Delay(StopLimit, TimeProvider.System, CancellationToken.None);
        Environment.Exit(1);
    }

    private static async Task UntilStopAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException)
        {
            // It stops.
        }
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Reason}")]
    private static partial void LogFailure(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Resource} is {State} (exit code {Code}); it is started again in {Seconds} s")]
    private static partial void LogRestart(ILogger log, string resource, string state, int? code, double seconds);
}
