using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Runners.Protocol;
using Auxo.Pipeline.Running;
using Auxo.Pipeline.Running.Steps;
using Auxo.Pipeline.Workspaces;

namespace Auxo.Pipeline.Runners.Remote;

/// <summary>
/// Runs the steps of one build on this machine and tells the pipeline of them, for as long as the lease holds. When the pipeline cannot be
/// reached for the time of the lease it stops by itself: another machine begins with them then.
/// </summary>
internal sealed class RemoteBuild(WorkOrder order, RunnerClient client, RunnerParts parts, TimeProvider time) : IDisposable
{
    private const string Lost = "lost";

    private readonly Dictionary<string, Task> _uploads = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _over = new();
    private volatile string? _state;

    private Guid Id => order.Build.BuildId;

    /// <summary>Runs it.</summary>
    /// <param name="leave">This process stops: the build is given back.</param>
    /// <returns>How it ended here, for people.</returns>
    public async Task<string> RunAsync(CancellationToken leave)
    {
        parts.Enter(order);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(leave, _over.Token);
        using var ended = new CancellationTokenSource();
        var beating = BeatAsync(ended.Token);
        Exception? fault = null;
        string? left;
        try
        {
            await StepsAsync(stop.Token);
        }
        catch (LeaseOverException e)
        {
            _state = e.State;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told below why.
        }
        catch (Exception e)
        {
            // Whatever it is: a build that nobody gives back would come here again for ever.
            fault = e;
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(_uploads.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await ended.CancelAsync();
            await beating;
            left = await LeaveAsync();
        }

        return await EndAsync(fault, leave.IsCancellationRequested) + left;
    }

    /// <inheritdoc/>
    public void Dispose() => _over.Dispose();

    private async Task<string> EndAsync(Exception? fault, bool leaves)
    {
        if (_state is { } over) return over == "done" ? "done" : $"{over}: its steps were stopped here";
        if (fault is null && !leaves) return "done";
        var reason = fault switch
        {
            null => "the runner stops",
            _ when IsForeseen(fault) => PlainText.OneLine(fault.Message),
            _ => PlainText.OneLine($"{fault.GetType().Name}: {fault.Message}"),
        };
        await GiveBackAsync(new GiveBackBody(reason, IsFault: fault is not null));
        // Where an unforeseen one came from is of use here only.
        return fault is null ? "given back" : $"given back: {(IsForeseen(fault) ? reason : fault)}";
    }

    private static bool IsForeseen(Exception e)
        => e is RefusedException or GitException or PackTooLargeException or WorkspaceException or IOException
            or UnauthorizedAccessException or HttpRequestException;

    /// <summary>What stays of it does not keep the build from its end; the next start removes it.</summary>
    /// <returns>What to say of it; null when nothing stays.</returns>
    private async Task<string?> LeaveAsync()
    {
        try
        {
            await parts.LeaveAsync(Id);
            return null;
        }
        catch (Exception e)
        {
            return $"; some of its files stay until the runner starts again: {PlainText.OneLine(e.Message)}";
        }
    }

    private async Task StepsAsync(CancellationToken stop)
    {
        var build = order.Build with { Source = RepositoryLocator.OfFolder(await parts.Sources.FetchAsync(order, client, stop)) };
        foreach (var step in StepReplay.Of(build)) Upload(step.Name, stop);
        var first = parts.Steps.First(build);
        await client.ReportAsync(Id, order.Lease, new ReportsBody([], first), stop);
        foreach (var step in first) Upload(step, stop);
        CrashPoint.Hit("pipeline.runner.steps_begun");
        await parts.Steps.RunAsync(build, (reports, next, _) => RecordAsync(reports, next, stop), Task.CompletedTask, stop,
            CancellationToken.None, order.Before);
    }

    /// <summary>First all that a result stands for is there, then the result.</summary>
    private async Task RecordAsync(IReadOnlyList<StepReport> reports, IReadOnlyList<string> next, CancellationToken stop)
    {
        foreach (var report in reports)
        {
            if (_uploads.TryGetValue(report.Result.Step, out var upload)) await upload;
            foreach (var artifact in report.Artifacts)
                await client.BlobAsync(Id, order.Lease, artifact.Digest, parts.Artifacts.FindBlob(artifact.Digest)!, stop);
        }

        CrashPoint.Hit("pipeline.runner.before_report");
        await client.ReportAsync(Id, order.Lease, ReportsBody.Fitting(reports, next), stop);
        CrashPoint.Hit("pipeline.runner.reported");
        foreach (var step in next) Upload(step, stop);
    }

    private void Upload(string step, CancellationToken stop)
        => _uploads[step] = new LogUpload(parts.Logs, client, order, step, time).RunAsync(stop);

    /// <summary>Renews the lease, and ends the work when it is over or its time has run out without an answer.</summary>
    private async Task BeatAsync(CancellationToken ended)
    {
        var lease = TimeSpan.FromSeconds(order.LeaseSeconds);
        var renewed = time.GetTimestamp();
        try
        {
            while (true)
            {
                var asked = time.GetTimestamp();
                if (await RenewAsync(lease / 4, ended) is { } state)
                {
                    renewed = asked;
                    if (state is not ("held" or "not_yet")) _state = state;
                }

                if (_state is null && time.GetElapsedTime(renewed) >= lease) _state = Lost;
                if (_state is not null)
                {
                    await _over.CancelAsync();
                    return;
                }

                await Task.Delay(Shorter(lease / 4, lease - time.GetElapsedTime(renewed)), time, ended);
            }
        }
        catch (OperationCanceledException)
        {
            // The work has ended.
        }
    }

    /// <summary>Null when nobody answered.</summary>
    private async Task<string?> RenewAsync(TimeSpan patience, CancellationToken ended)
    {
        try
        {
            return await client.RenewAsync(Id, order.Lease, patience, ended);
        }
        catch (LeaseOverException e)
        {
            return e.State;
        }
        catch (RefusedException)
        {
            // The token is worth nothing any more.
            return Lost;
        }
        catch (Exception e) when (e is not OperationCanceledException || !ended.IsCancellationRequested)
        {
            // No answer, or none of the pipeline's, such as the page of a proxy.
            return null;
        }
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other)
        => other <= TimeSpan.Zero ? TimeSpan.FromMilliseconds(1) : one < other ? one : other;

    private async Task GiveBackAsync(GiveBackBody body)
    {
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(3));
            await client.GiveBackAsync(Id, order.Lease, body, limit.Token);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            // The lease runs out by itself.
        }
    }
}
