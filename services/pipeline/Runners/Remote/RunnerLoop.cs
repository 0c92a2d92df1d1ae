using System.Net;

using Auxo.Pipeline.Runners.Placing;
using Auxo.Pipeline.Runners.Protocol;

namespace Auxo.Pipeline.Runners.Remote;

/// <summary>Asks for work for as long as there is room, and runs what it gets.</summary>
internal sealed class RunnerLoop(RunnerFile file, RunnerClient client, RunnerParts parts, TimeProvider time, Action<string> say)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>So often one without room says that it is there.</summary>
    private static readonly TimeSpan Sign = TimeSpan.FromSeconds(15);

    private readonly Guid _session = Guid.NewGuid();
    private readonly Dictionary<Guid, Task> _running = [];
    private bool _isAway;

    private int Capacity => file.Capacity ?? Environment.ProcessorCount;

    /// <summary>Works until it is stopped, drained, or known no longer.</summary>
    /// <returns>The exit code: 1 when the token or the runner is not known there.</returns>
    public async Task<int> RunAsync(CancellationToken leave)
    {
        try
        {
            while (true)
            {
                leave.ThrowIfCancellationRequested();
                if (Room() == 0) await Task.WhenAny([.. _running.Values, Task.Delay(Sign, time, leave)]);
                if (await AskAsync(leave) is not { } answer) await Task.Delay(Pause, time, leave);
                else if (answer.Order is { } order) Begin(order, leave);
                else if (answer.State == RunnerState.Draining && Busy() == 0)
                {
                    say("drained: it ends");
                    return 0;
                }
            }
        }
        catch (OperationCanceledException) when (leave.IsCancellationRequested)
        {
            return 0;
        }
        catch (RefusedException e)
        {
            say($"refused: {e.Message}");
            return 1;
        }
        finally
        {
            await Task.WhenAll(_running.Values);
        }
    }

    private int Busy()
    {
        foreach (var (id, task) in _running)
            if (task.IsCompleted) _running.Remove(id);
        return _running.Count;
    }

    private int Room() => Math.Max(0, Capacity - Busy());

    /// <summary>Null when nobody answered.</summary>
    private async Task<WorkAnswer?> AskAsync(CancellationToken leave)
    {
        var question = new WorkQuestion(
            _session, [.. _running.Where(static pair => !pair.Value.IsCompleted).Select(static pair => pair.Key)], Room(), Capacity,
            RunnerLabels.OfThisMachine, parts.Executors.Describe(), typeof(RunnerLoop).Assembly.GetName().Version?.ToString(3) ?? "");
        try
        {
            var answer = await client.AskAsync(question, leave);
            if (_isAway) say($"{file.Url} answers again");
            _isAway = false;
            return answer;
        }
        catch (RefusedException e)
            when (e.Status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound))
        {
            Away(e.Message);
            return null;
        }
        catch (Exception e) when (e is HttpRequestException or System.Text.Json.JsonException
            || e is OperationCanceledException && !leave.IsCancellationRequested)
        {
            Away(e.Message);
            return null;
        }
    }

    private void Away(string why)
    {
        if (!_isAway) say($"{file.Url} does not answer ({why}); it is asked again until it does");
        _isAway = true;
    }

    private void Begin(WorkOrder order, CancellationToken leave)
    {
        var id = order.Build.BuildId;
        // Given again, since the answer was lost on the way; what was begun meanwhile is the same.
        if (_running.TryGetValue(id, out var known) && !known.IsCompleted) return;
        _running[id] = RunAsync(order, leave);
    }

    private async Task RunAsync(WorkOrder order, CancellationToken leave)
    {
        var subject = order.Build.Subject;
        var what = $"build {subject.BuildId.ToString()[..7]} of {Checks.Files.PlainText.OneLine(subject.RepositoryName, 60)}";
        say($"{what} begins");
        try
        {
            using var build = new RemoteBuild(order, client, parts, time);
            say($"{what}: {await build.RunAsync(leave)}");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            say($"{what}: broke: {e}");
        }
    }
}
