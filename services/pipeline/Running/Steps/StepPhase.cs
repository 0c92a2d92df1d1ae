using Auxo.Pipeline.Artifacts;
using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Caches;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Execution.RegistryAccess;
using Auxo.Pipeline.Hints;
using Auxo.Pipeline.Joining;
using Auxo.Pipeline.Logs;
using Auxo.Pipeline.Reports.Files;
using Auxo.Pipeline.Reports.Html;
using Auxo.Pipeline.Reports;
using Auxo.Pipeline.StepSecrets;
using Auxo.Pipeline.Workspaces;

namespace Auxo.Pipeline.Running.Steps;

/// <summary>
/// The steps of a build's pipeline file, in one workspace, each in a sandbox; those that need not wait for each other run at once.
/// </summary>
internal sealed class StepPhase(
    WorkspaceStore workspaces, WorkspacesAhead ahead, CommitJoiner joiner, StepExecutors executors, LogStore logs,
    ArtifactStore artifactStore, ReportCollector reports, CacheStore cacheStore, ReadBuildSecrets readSecrets, RunnerSettings settings,
    KeptWorkspaces? kept = null, BuildRegistry? registry = null)
{
    private const string CommandKind = "command";

    private const string OnHost =
        "UNSAFE: no sandbox (Auxo__Sandbox=host). This step runs on the machine itself, with all rights of the user of Auxo.";

    /// <summary>The steps that begin with the build.</summary>
    public IReadOnlyList<string> First(Build build)
    {
        var progress = StepProgress.Of(build);
        progress.NotRun();
        return [.. progress.Begin(settings.StepsAtOnce).Select(static step => step.Name)];
    }

    /// <summary>Runs the steps and records each; what needs one that did not pass is not run.</summary>
    /// <param name="build">The build.</param>
    /// <param name="record">Records results, and the steps that begin next.</param>
    /// <param name="started">The record of the start, which comes before that of a result.</param>
    /// <param name="run">The build is stopped.</param>
    /// <param name="ct">This process stops, or the lease is lost.</param>
    /// <param name="before">The machine that had these steps before and was lost; null when it was this one, or none.</param>
    /// <param name="begun">Called when the first command has been started; may be called again, or never.</param>
    /// <returns>True when the workspace had so many files that a spare one is worth its making.</returns>
    public async Task<bool> RunAsync(
        Build build, Func<IReadOnlyList<StepReport>, IReadOnlyList<string>, CancellationToken, Task> record, Task started,
        CancellationToken run, CancellationToken ct, string? before = null, Action? begun = null)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(run);
        var secrets = new Lazy<Task<BuildSecrets>>(async () => (await readSecrets(build, stop.Token)).With(registry?.For(build)));
        var place = new Lazy<Task<Workspace>>(() => WorkspaceAsync(build, secrets, before, stop.Token));
        var progress = StepProgress.Of(build);
        // A crash may have come between a failed step and the record of those it kept from running.
        var unrecorded = progress.NotRun().Select(NotRun).ToList();
        var working = new Dictionary<Task<StepReport>, CommandStep>();
        var failed = new List<string>();
        try
        {
            Begin(progress.Begin(settings.StepsAtOnce), isFirst: build.Results.All(static result => result.Kind != CommandKind));
            while (working.Count > 0)
            {
                var ended = await Task.WhenAny(working.Keys);
                working.Remove(ended, out var step);
                var report = await ended;
                await started;
                // Stopped: whoever stopped it has recorded the end, or this process ends and another carries on with this step.
                if (run.IsCancellationRequested) return false;
                if (report.Result is { Blocks: true, Outcome: Outcome.Failed or Outcome.TimedOut }) failed.Add(step!.Name);
                progress.End(step!, report.Result.Outcome, report.Result.Blocks);
                unrecorded.AddRange([report, .. progress.NotRun().Select(NotRun)]);
                var next = progress.Begin(settings.StepsAtOnce - working.Count);
                await record(unrecorded, [.. next.Select(static begun => begun.Name)], ct);
                unrecorded.Clear();
                CrashPoint.Hit("pipeline.step.finished");
                Begin(next, isFirst: false);
            }

            await started;
            if (unrecorded.Count > 0) await record(unrecorded, [], ct);
            return place is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }
                && (await place.Value).CountFiles() >= SpareWorker.WorthFiles;
        }
        finally
        {
            await stop.CancelAsync();
            foreach (Task left in working.Keys) await left.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // It may still be made for steps that were refused.
            if (place.IsValueCreated) await ((Task)place.Value).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (place is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            {
                var workspace = await place.Value;
                await executors.LeaveAsync(workspace.Path);
                if (workspace.TakeReady() is { } unused) await unused.DisposeAsync();
                // Whoever carries on needs what the steps made.
                if (!ct.IsCancellationRequested) await EndAsync(build, workspace, failed, ct);
            }
        }

        void Begin(IReadOnlyList<CommandStep> steps, bool isFirst)
        {
            var left = progress.NotBegun();
            foreach (var (i, step) in steps.Index())
                working.Add(StepAsync(build, step, place, secrets, new Turn(isFirst && i == 0, before, left, begun), stop.Token), step);
        }
    }

    /// <summary>Removes a workspace; that of a build that failed is kept for whoever wants to look into it.</summary>
    private async Task EndAsync(Build build, Workspace workspace, List<string> failed, CancellationToken ct)
    {
        if (failed.Count > 0 && kept is not null)
        {
            var about = new KeptBuild(
                build.BuildId, build.Subject.RepositoryName, build.Subject.Commit, Variables(build), build.Plan.Steps, failed);
            if (await kept.KeepAsync(workspace, about, ct)) return;
        }

        await workspace.DisposeAsync();
    }

    /// <summary>One step, or why it cannot be run.</summary>
    private async Task<StepReport> StepAsync(
        Build build, CommandStep step, Lazy<Task<Workspace>> place, Lazy<Task<BuildSecrets>> secrets, Turn turn, CancellationToken run)
    {
        var given = BuildSecrets.None;
        try
        {
            // Neither waits for the other.
            _ = place.Value;
            given = await secrets.Value;
            if (given.Refuse(step) is { } withheld) return await RefuseAsync(build, step, withheld, Outcome.Failed);
            var choice = executors.For(step);
            return choice.Executor is { } executor
                ? await StepAsync(build, step, executor, await place.Value, given, turn, run)
                : await RefuseAsync(build, step, choice.Refusal!);
        }
        catch (Exception e) when (e is WorkspaceException or IOException or UnauthorizedAccessException)
        {
            return await RefuseAsync(build, step, PlainText.OneLine(given.Mask?.Text(e.Message) ?? e.Message));
        }
    }

    /// <summary>
    /// A fresh one; where steps have passed before a stop or a crash, the one that they worked in. Where that is lost, they run again
    /// for the files that the rest needs.
    /// </summary>
    private async Task<Workspace> WorkspaceAsync(
        Build build, Lazy<Task<BuildSecrets>> secrets, string? before, CancellationToken run)
    {
        var source = await joiner.FolderAsync(build, run);
        if (build.Results.Any(static result => result.Kind == CommandKind)
            && await workspaces.CarryOnAsync(source, build.BuiltCommit, build.BuildId, run) is { } theirs) return theirs;
        var workspace = await ahead.TakeAsync(build, run);
        try
        {
            foreach (var step in StepReplay.Of(build)) await ReplayAsync(build, step, workspace, await secrets.Value, before, run);
            return workspace;
        }
        catch
        {
            await executors.LeaveAsync(workspace.Path);
            await workspace.DisposeAsync();
            throw;
        }
    }

    private async Task ReplayAsync(
        Build build, CommandStep step, Workspace workspace, BuildSecrets secrets, string? before, CancellationToken run)
    {
        await using var log = await logs.OpenAsync(build.BuildId, step.Name, run);
        log.Hide(secrets.Mask);
        log.WriteLine(
            $"--- Auxo: {(before is null ? "the workspace" : $"runner {before}")} was lost; the step runs again for the files "
            + "that the rest needs. Its result stays.");
        var choice = executors.For(step);
        if (choice.Executor is not { } executor)
            throw new WorkspaceException("workspace/not-again", $"the step {step.Name} cannot run again here: {choice.Refusal}");
        var ran = await ExecuteAsync(build, step, executor, workspace, secrets, log, left: [], begun: null, run);
        run.ThrowIfCancellationRequested();
        await log.CompleteAsync();
        if (ran.Exit.Outcome != Outcome.Passed)
            throw new WorkspaceException(
                "workspace/not-again", $"the step {step.Name} had passed on another machine, and not when it ran again for its files "
                + $"({ran.Exit.Reason}); run the build again: auxo ci rerun");
    }

    private async Task<StepReport> StepAsync(
        Build build, CommandStep step, IStepExecutor executor, Workspace workspace, BuildSecrets secrets, Turn turn, CancellationToken run)
    {
        await using var log = await logs.OpenAsync(build.BuildId, step.Name, run);
        log.Hide(secrets.Mask);
        if (turn.Before is not null && build.Running.Contains(step.Name, StringComparer.Ordinal))
            log.WriteLine($"--- Auxo: runner {turn.Before} was lost here; the step begins again on another machine.");
        else if (log.LengthBytes > 0) log.WriteLine("--- Auxo was stopped here; the step begins again.");
        else if (turn.IsFirst)
            foreach (var line in workspace.LeftOut()) log.WriteLine($"--- Auxo: {line}");
        if (!executor.IsIsolated) log.WriteLine($"--- Auxo: {OnHost}");
        var begun = ReportFiles.Now(workspace);
        var (exit, tries, took, usage, hasNetwork) = await ExecuteAsync(
            build, step, executor, workspace, secrets, log, turn.Left, turn.Begun, run);
        IReadOnlyList<BuildArtifact> artifacts = [];
        if (step.Artifacts.Count > 0 && !run.IsCancellationRequested)
        {
            (artifacts, var problems) = await artifactStore.CollectAsync(build.BuildId, workspace, step.Artifacts, secrets.Mask, run);
            foreach (var problem in problems) log.WriteLine($"artifact: {problem}");
        }

        var reported = run.IsCancellationRequested
            ? StepReported.Nothing
            : await reports.CollectAsync(build, step, workspace, begun, log, run);
        if (!run.IsCancellationRequested)
        {
            reported = reported.With(
                step.Name, await CoveragePages.KeepAsync(artifactStore, build, step, workspace, begun, secrets.Mask, log, run));
            await log.CompleteAsync();
        }

        var hint = exit.Outcome == Outcome.Failed ? await KnownFailures.AdviseAsync(log.Path, hasNetwork, run) : null;
        var report = reported.Onto(new StepReport(
            new StepResult(step.Name, CommandKind, exit.Outcome, Blocks: !step.IgnoresFailure, took, exit.ExitCode,
                PlainText.OneLine(Summary(exit.Reason, tries)))
            {
                Hint = hint is null ? null : PlainText.OneLine(hint, 300), Usage = usage,
            },
            [], artifacts));
        return secrets.Mask?.Over(report) ?? report;
    }

    /// <summary>Its commands, as often as the pipeline file says, with its caches. What they took is all tries together.</summary>
    private async Task<(StepExit Exit, int Tries, TimeSpan Took, StepUsage? Usage, bool HasNetwork)> ExecuteAsync(
        Build build, CommandStep step, IStepExecutor executor, Workspace workspace, BuildSecrets secrets, StepLog log,
        IReadOnlyList<CommandStep> left, Action? begun, CancellationToken run)
    {
        var refused = step.Network ? executors.NetworkRefusal(build.Trust) : null;
        if (refused is not null) log.WriteLine($"--- Auxo: the step has no network: {refused}");
        if (secrets.Registry.Refusal is { } closed) log.WriteLine($"--- Auxo: the step has no registry: {closed}");
        using var caches = StepCaches.Open(cacheStore, build.Subject.Rid, step, workspace, build.Trust == Trust.Trusted, log);
        var asked = new StepRun(build.BuildId, step, workspace, log, secrets.Into(Variables(build), step))
        {
            HasNetwork = step.Network && refused is null, Caches = caches.Files, IsTrusted = build.Trust == Trust.Trusted,
            Registry = secrets.Registry.Given,
        };
        var next = build.Plan.Steps.SkipWhile(other => other.Name != step.Name).Skip(1)
            .FirstOrDefault(static after => after.LeftOut is null);
        var preparing = executors.PrepareAsync(next, build.Trust, workspace.Path, run);
        var first = executor.RunAsync(asked, run);
        begun?.Invoke();
        ahead.Follow(workspace, step.Retry is null ? left : [step, .. left]);
        var (exit, tries, took) = (await first, 1, TimeSpan.Zero);
        var usage = exit.Usage;
        while (step.Retry is { } retry && tries <= retry.Times && retry.IsFor(exit.Outcome, exit.ExitCode) && !run.IsCancellationRequested)
        {
            took += exit.Duration;
            log.WriteLine($"--- Auxo: {exit.Reason}; it is tried again ({++tries} of {retry.Times + 1}).");
            exit = await executor.RunAsync(asked, run);
            usage = StepUses.Together(usage, exit.Usage);
        }

        await preparing;
        if (exit.Outcome == Outcome.Passed) await caches.KeepAsync(run);
        return (exit, tries, took + exit.Duration, usage, asked.HasNetwork);
    }

    private static string Summary(string? reason, int tries)
        => tries == 1 ? reason ?? "" : reason is null ? $"after {tries} tries" : $"{reason}, after {tries} tries";

    private async Task<StepReport> RefuseAsync(Build build, CommandStep step, string reason, Outcome outcome = Outcome.Errored)
    {
        await using var log = await logs.OpenAsync(build.BuildId, step.Name, CancellationToken.None);
        log.WriteLine($"not run: {reason}");
        await log.CompleteAsync();
        return new StepReport(new StepResult(step.Name, CommandKind, outcome, Blocks: !step.IgnoresFailure, TimeSpan.Zero,
            ExitCode: null, PlainText.OneLine(reason)), [], []);
    }

    private static StepReport NotRun((CommandStep Step, string Why) never)
        => new(new StepResult(never.Step.Name, CommandKind, Outcome.Skipped, Blocks: false, TimeSpan.Zero, ExitCode: null, never.Why),
            [], []);

    private static Dictionary<string, string> Variables(Build build)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["AUXO_COMMIT"] = build.Subject.Commit.Value, ["AUXO_REF"] = build.Subject.Ref, ["AUXO_RID"] = build.Subject.Rid.Value,
            ["AUXO_REPOSITORY"] = build.Subject.RepositoryName, ["AUXO_TRIGGER"] = build.Subject.Trigger.ToString()
                .ToLowerInvariant(), ["AUXO_ATTEMPT"] = build.Attempt.ToString(),
        };
        if (build.Subject.PatchId is { } patch) variables["AUXO_PATCH"] = patch.Value;
        if (build.Subject.Author is { } author) variables["AUXO_AUTHOR"] = author.Value;
        if (build.Subject.Schedule is { } schedule) variables["AUXO_SCHEDULE"] = schedule;
        return variables;
    }

    /// <summary>Where a step stands among the others.</summary>
    /// <param name="IsFirst">None of the build has begun before it.</param>
    /// <param name="Before">The machine that had the build before and was lost.</param>
    /// <param name="Left">The steps that have not begun.</param>
    /// <param name="Begun">Called when its command has been started.</param>
    private sealed record Turn(bool IsFirst, string? Before, IReadOnlyList<CommandStep> Left, Action? Begun);
}
