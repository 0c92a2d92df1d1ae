using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Logs;
using Auxo.Pipeline.Runners.Leases;
using Auxo.Pipeline.Runners.Placing;
using Auxo.Pipeline.Running.Steps;
using Auxo.Pipeline.Verdict;
using Auxo.Pipeline.Workspaces;

namespace Auxo.Pipeline.Running;

/// <summary>Where the steps of a build run this time.</summary>
/// <param name="With">The runner's hold of them; null for this machine.</param>
/// <param name="Sandbox">What holds them in there, as it says; null where that is recorded already.</param>
/// <param name="Row">What is kept of the machines that had them before; null when none had.</param>
internal sealed record BuildPlace(Handover? With, string? Sandbox, HandoverRow? Row)
{
    /// <summary>This machine, as ever.</summary>
    public static readonly BuildPlace Here = new(null, null, null);
}

/// <summary>
/// Runs one build from wherever it stands to its verdict or to its wait for approval: its checks, and beside them its steps. What
/// has a result is never run again.
/// </summary>
internal sealed class BuildExecution(
    BuildWriter writer, CheckPhase checks, StepPhase steps, RemoteSteps remote, HandoverTable handovers, Machine here,
    StepExecutors executors, LogStore logs, WorkspaceStore workspaces, SpareWorker spares, RepositoryFolders folders, Links links,
    RunnerSettings settings, TimeProvider time, ILogger<BuildExecution> logger)
{
    /// <summary>
    /// How long the checks let the first command have the processors: it is what somebody waits for, and has started by then, unless a
    /// large tree or an image is in its way.
    /// </summary>
    private static readonly TimeSpan FirstCommandFirst = TimeSpan.FromMilliseconds(20);

    /// <summary>Runs the build; a defect of Auxo becomes its verdict.</summary>
    /// <param name="buildId">The build.</param>
    /// <param name="known">As it was queued a moment ago; null reads it.</param>
    /// <param name="place">Where its steps run.</param>
    /// <param name="stop">The build was ended by somebody else.</param>
    /// <param name="ct">This process stops, or the lease is lost: leave everything as it is, somebody carries on.</param>
    /// <returns>False when it has to wait for another machine.</returns>
    public async Task<bool> RunAsync(Guid buildId, Build? known, BuildPlace place, CancellationToken stop, CancellationToken ct)
    {
        using var running = new RunningBuild(buildId, known, writer, links, time, logger);
        try
        {
            return await RunAsync(running, buildId, place, stop, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException && !DatabaseAway.Is(e))
        {
            if (e is RunnersLostException) logger.LogError("Build {BuildId}: {Reason}", buildId, e.Message);
            else logger.LogError(e, "Build {BuildId} broke.", buildId);
            await running.BreakAsync(PlainText.OneLine(e.Message, 200), ct);
            logs.CompleteBuild(buildId);
            if (place.Row is not null) await handovers.RemoveAsync(buildId, ct);
            return true;
        }
    }

    private async Task<bool> RunAsync(
        RunningBuild running, Guid buildId, BuildPlace place, CancellationToken stop, CancellationToken ct)
    {
        if (await running.SeenAsync(ct) is not { } build) return true;
        using var activity = BuildActivity.Start(build);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, ct);
        var (spare, isOver) = (false, true);
        try
        {
            // An approval may come while the checks run; then the steps follow at once.
            while (build.State is not (BuildState.Finished or BuildState.AwaitingApproval))
            {
                CrashPoint.Hit("pipeline.build.before_start");
                spare |= await PassAsync(running, build, place, either.Token, ct);
                // Its wait ended the lease: an approval from now on gives the build to whoever takes it next, and that is not this run.
                if (await running.SeenAsync(ct) is { State: BuildState.AwaitingApproval }) break;
                build = await running.ReadAsync(ct) ?? build;
                if (place.With is null && here.MayRun(build)) continue;
                isOver = build.State is BuildState.Finished or BuildState.AwaitingApproval;
                break;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            // Its end is recorded already, by whoever ended it.
        }

        if (await running.ReadAsync(ct) is { State: BuildState.Finished })
        {
            logs.CompleteBuild(buildId);
            await workspaces.RemoveAsync(buildId);
            if (place.Row is not null) await handovers.RemoveAsync(buildId, ct);
            isOver = true;
        }

        if (spare && build.Plan.Joined is null) spares.Want(folders.FolderOf(build.Source), build.Subject.Commit);
        CrashPoint.Hit("pipeline.build.finished");
        return isOver;
    }

    /// <summary>Does what has no result yet. Returns whether a spare workspace is worth its making.</summary>
    private async Task<bool> PassAsync(
        RunningBuild running, Build build, BuildPlace place, CancellationToken run, CancellationToken ct)
    {
        var remaining = build.Remaining().ToHashSet(StringComparer.Ordinal);
        var held = build.StepsHeld || !build.Plan.Steps.Any(step => remaining.Contains(step.Name));
        // A runner says itself which steps begin.
        var first = held || place.With is not null ? [] : steps.First(build);
        var sandbox = place.With is null ? executors.Describe() : place.Sandbox ?? build.Sandbox ?? "";
        var machine = place.With?.Row.Runner ?? Environment.MachineName;

        // The record of the start and the work itself need not wait for each other; the first command waits for nothing of either.
        using var over = CancellationTokenSource.CreateLinkedTokenSource(run);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var started = Task.Run(StartAsync, CancellationToken.None);
        var stepping = place.With is { } with ? ListenAsync(running, build, with, started, over.Token, ct)
            : held ? Task.FromResult(false)
            : steps.RunAsync(build, running.RecordAsync, started, over.Token, ct, place.Row?.Last, () => begun.TrySetResult());
        var firstCommand = held || place.With is not null ? Task.CompletedTask : Task.WhenAny(begun.Task, stepping);
        var checking = CheckAsync(running, build, remaining, started, firstCommand, over.Token, ct);
        using var ended = new CancellationTokenSource();
        var announcing = AnnounceAsync(running, build, started, ended.Token);
        try
        {
            await Task.WhenAll(started, checking, stepping);
            return await stepping;
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested && !run.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            await ended.CancelAsync();
            await announcing;
        }

        async Task StartAsync()
        {
            var now = await running.WriteAsync((fresh, at) => StartBuild.Decide(fresh, machine, sandbox, first, at), ct);
            // Somebody ended it in the moment between its queueing and this.
            if (now.State == BuildState.Finished) await over.CancelAsync();
        }
    }

    /// <summary>Nobody makes a spare workspace for what was not built here.</summary>
    private async Task<bool> ListenAsync(
        RunningBuild running, Build build, Handover with, Task started, CancellationToken run, CancellationToken ct)
    {
        await remote.RunAsync(build, with, running.RecordAsync, started, run, ct);
        return false;
    }

    private async Task CheckAsync(
        RunningBuild running, Build build, HashSet<string> remaining, Task started, Task firstCommand, CancellationToken run,
        CancellationToken ct)
    {
        await Task.WhenAny(firstCommand, Task.Delay(FirstCommandFirst, time, run));
        var reports = await checks.RunAsync(build, remaining, run, ct);
        if (reports.Count == 0) return;
        await started;
        await running.RecordAsync(reports, next: [], ct);
        CrashPoint.Hit("pipeline.step.finished");
    }

    /// <summary>What is not recorded as started says nothing: on a slow database the wait can end before that record is written.</summary>
    private async Task AnnounceAsync(RunningBuild running, Build build, Task started, CancellationToken ended)
    {
        if (build.HasInterimComment) return;
        try
        {
            await Task.Delay(settings.InterimAfter, time, ended);
            await started.WaitAsync(ended);
            await running.AnnounceAsync(ended);
        }
        catch (OperationCanceledException)
        {
            // The verdict was faster.
        }
    }
}
