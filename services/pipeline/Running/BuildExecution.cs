using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Logs;
using Auxo.Pipeline.Running.Steps;
using Auxo.Pipeline.Verdict;
using Auxo.Pipeline.Workspaces;

namespace Auxo.Pipeline.Running;

/// <summary>
/// Runs one build from wherever it stands to its verdict or to its wait for approval: its checks, and beside them its steps. What
/// has a result is never run again.
/// </summary>
internal sealed class BuildExecution(
    BuildWriter writer, CheckPhase checks, StepPhase steps, StepExecutors executors, LogStore logs, WorkspaceStore workspaces,
    SpareWorker spares, RepositoryFolders folders, Links links, RunnerSettings settings, TimeProvider time,
    ILogger<BuildExecution> logger)
{
    /// <summary>Runs the build; a defect of Auxo becomes its verdict.</summary>
    /// <param name="buildId">The build.</param>
    /// <param name="stop">The build was ended by somebody else.</param>
    /// <param name="ct">This process stops, or the lease is lost: leave everything as it is, somebody carries on.</param>
    public async Task RunAsync(Guid buildId, CancellationToken stop, CancellationToken ct)
    {
        using var running = new RunningBuild(buildId, writer, links, time, logger);
        try
        {
            await RunAsync(running, buildId, stop, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException && !DatabaseAway.Is(e))
        {
            logger.LogError(e, "Build {BuildId} broke.", buildId);
            await running.BreakAsync(PlainText.OneLine(e.Message, 200), ct);
            logs.CompleteBuild(buildId);
        }
    }

    private async Task RunAsync(RunningBuild running, Guid buildId, CancellationToken stop, CancellationToken ct)
    {
        if (await running.ReadAsync(ct) is not { } build) return;
        using var activity = BuildActivity.Start(build);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, ct);
        var spare = false;
        try
        {
            // An approval may come while the checks run; then the steps follow at once.
            while (build.State is not (BuildState.Finished or BuildState.AwaitingApproval))
            {
                CrashPoint.Hit("pipeline.build.before_start");
                spare |= await PassAsync(running, build, either.Token, ct);
                build = await running.ReadAsync(ct) ?? build;
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
        }

        if (spare) spares.Want(folders.FolderOf(build.Source), build.Subject.Commit);
        CrashPoint.Hit("pipeline.build.finished");
    }

    /// <summary>Does what has no result yet. Returns whether a spare workspace is worth its making.</summary>
    private async Task<bool> PassAsync(RunningBuild running, Build build, CancellationToken run, CancellationToken ct)
    {
        var remaining = build.Remaining().ToHashSet(StringComparer.Ordinal);
        var held = build.StepsHeld || !build.Plan.Steps.Any(step => remaining.Contains(step.Name));
        var (first, sandbox) = (held ? [] : steps.First(build), executors.Describe());

        // The record of the start and the work itself need not wait for each other; the first command waits for nothing of either.
        var started = Task.Run(() => running.WriteAsync(
            (fresh, now) => StartBuild.Decide(fresh, Environment.MachineName, sandbox, first, now), ct), CancellationToken.None);
        var stepping = held ? Task.FromResult(false) : steps.RunAsync(build, running.RecordAsync, started, run, ct);
        var checking = CheckAsync(running, build, remaining, started, run, ct);
        using var ended = new CancellationTokenSource();
        var announcing = AnnounceAsync(running, build, started, ended.Token);
        try
        {
            await Task.WhenAll(started, checking, stepping);
            return await stepping;
        }
        finally
        {
            await ended.CancelAsync();
            await announcing;
        }
    }

    private async Task CheckAsync(
        RunningBuild running, Build build, HashSet<string> remaining, Task started, CancellationToken run, CancellationToken ct)
    {
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
