using Auxo.Pipeline.Artifacts;
using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Logs;
using Auxo.Pipeline.Workspaces;

namespace Auxo.Pipeline.Running;

/// <summary>The steps of a build's pipeline file, in one workspace, each in a sandbox.</summary>
internal sealed class StepPhase(
    WorkspaceStore workspaces, RepositoryFolders folders, StepExecutors executors, LogStore logs, ArtifactStore artifactStore)
{
    private const string CommandKind = "command";

    /// <summary>Runs the steps one after the other and records each; the first that does not pass ends them all.</summary>
    /// <param name="running">Where results are recorded.</param>
    /// <param name="build">The build.</param>
    /// <param name="steps">Those that have no result.</param>
    /// <param name="started">The record of the start, which comes before that of a result.</param>
    /// <param name="run">The build is stopped.</param>
    /// <param name="ct">This process stops, or the lease is lost.</param>
    /// <returns>True when the workspace had so many files that a spare one is worth its making.</returns>
    public async Task<bool> RunAsync(
        RunningBuild running, Build build, IReadOnlyList<CommandStep> steps, Task started, CancellationToken run, CancellationToken ct)
    {
        if (steps.Count == 0) return false;
        if (build.Results.FirstOrDefault(result => result.Kind == CommandKind && result.Outcome != Outcome.Passed) is { } before)
        {
            // A crash came between a failed step and the record of those it kept from running.
            await started;
            await running.RecordAsync([.. steps.Select(step => NotRun(step, before.Step))], next: null, ct);
            return false;
        }

        Workspace? workspace = null;
        try
        {
            foreach (var (i, step) in steps.Index())
            {
                StepReport report;
                try
                {
                    var choice = executors.For(step);
                    report = choice.Executor is { } executor
                        ? await StepAsync(build, step, executor, workspace ??= await WorkspaceAsync(build, run), run)
                        : await RefuseAsync(build, step, choice.Refusal!);
                }
                catch (Exception e) when (e is WorkspaceException or IOException or UnauthorizedAccessException)
                {
                    report = await RefuseAsync(build, step, PlainText.OneLine(e.Message));
                }

                await started;
                // Stopped: whoever stopped it has recorded the end, or this process ends and another carries on with this step.
                if (run.IsCancellationRequested) break;
                var passed = report.Result.Outcome == Outcome.Passed;
                await running.RecordAsync(
                    passed ? [report] : [report, .. steps.Skip(i + 1).Select(later => NotRun(later, step.Name))],
                    passed && i + 1 < steps.Count ? steps[i + 1].Name : null, ct);
                CrashPoint.Hit("pipeline.step.finished");
                if (!passed) break;
            }

            return workspace?.CountFiles() >= SpareWorker.WorthFiles;
        }
        finally
        {
            // Whoever carries on needs what the steps made.
            if (workspace is not null && !ct.IsCancellationRequested) await workspace.DisposeAsync();
        }
    }

    /// <summary>A fresh one; where steps have passed before a stop or a crash, the one that they worked in.</summary>
    private async Task<Workspace> WorkspaceAsync(Build build, CancellationToken run)
    {
        var source = folders.FolderOf(build.Source);
        if (build.Results.Any(static result => result.Kind == CommandKind)
            && await workspaces.CarryOnAsync(source, build.Subject.Commit, build.BuildId, run) is { } theirs) return theirs;
        return await workspaces.PrepareAsync(source, build.Subject.Commit, build.BuildId, run);
    }

    private async Task<StepReport> StepAsync(
        Build build, CommandStep step, IStepExecutor executor, Workspace workspace, CancellationToken run)
    {
        await using var log = await logs.OpenAsync(build.BuildId, step.Name, run);
        if (log.LengthBytes > 0) log.WriteLine("--- Auxo was stopped here; the step begins again.");
        else if (build.Results.All(static result => result.Kind != CommandKind) && step == build.Plan.Steps[0])
            foreach (var line in workspace.LeftOut()) log.WriteLine($"--- Auxo: {line}");
        var exit = await executor.RunAsync(new StepRun(build.BuildId, step, workspace, log, Variables(build)), run);
        IReadOnlyList<BuildArtifact> artifacts = [];
        if (step.Artifacts.Count > 0 && !run.IsCancellationRequested)
        {
            (artifacts, var problems) = await artifactStore.CollectAsync(build.BuildId, workspace, step.Artifacts, run);
            foreach (var problem in problems) log.WriteLine($"artifact: {problem}");
        }

        if (!run.IsCancellationRequested) await log.CompleteAsync();
        return new StepReport(
            new StepResult(step.Name, CommandKind, exit.Outcome, Blocks: true, exit.Duration, exit.ExitCode,
                exit.Reason is null ? "" : PlainText.OneLine(exit.Reason)), [], artifacts);
    }

    private async Task<StepReport> RefuseAsync(Build build, CommandStep step, string reason)
    {
        await using var log = await logs.OpenAsync(build.BuildId, step.Name, CancellationToken.None);
        log.WriteLine($"not run: {reason}");
        await log.CompleteAsync();
        return new StepReport(new StepResult(step.Name, CommandKind, Outcome.Errored, Blocks: true, TimeSpan.Zero,
            ExitCode: null, PlainText.OneLine(reason)), [], []);
    }

    private static StepReport NotRun(CommandStep step, string because)
        => new(new StepResult(step.Name, CommandKind, Outcome.Skipped, Blocks: false, TimeSpan.Zero, ExitCode: null,
            $"not run, since {because} did not pass"), [], []);

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
        return variables;
    }
}
