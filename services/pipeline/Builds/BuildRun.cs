using System.Text;

using Auxo.EventStore;
using Auxo.Pipeline.Artifacts;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Logs;
using Auxo.Pipeline.Verdict;
using Auxo.Pipeline.Workspaces;

namespace Auxo.Pipeline.Builds;

/// <summary>What a run needs of its surroundings.</summary>
internal sealed record BuildTools(
    GitSources Sources, VerdictCache Cache, WorkspaceStore Workspaces, SpareWorker Spares, StepExecutors Executors,
    LogStore Logs, ArtifactStore Artifacts, Links Links, TimeProvider Time,
    TimeSpan InterimAfter);

/// <summary>
/// Runs one build from wherever it stands: the checks that have no result side by side, and beside them the steps that have
/// none, one after the other. What has a result is never run again.
/// </summary>
internal sealed class BuildRun(BuildTools tools, BuildJournal journal, string runner)
{
    private const string CommandKind = "command";

    private bool _large;

    /// <summary>Runs the build to its verdict or to its wait for approval.</summary>
    /// <param name="buildId">Which.</param>
    /// <param name="stop">The build was ended by somebody else.</param>
    /// <param name="ct">This process stops, or the lease is lost: leave everything as it is, somebody carries on.</param>
    public async Task RunAsync(Guid buildId, CancellationToken stop, CancellationToken ct)
    {
        if (await journal.ReadAsync(ct) is not { } build) return;
        using var activity = BuildActivity.Start(build);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, ct);
        using var ended = new CancellationTokenSource();
        var interim = build.Spoke ? Task.CompletedTask : AnnounceAsync(ended.Token);
        try
        {
            // An approval may come while the checks run; then the steps follow at once.
            while (build.State is not (BuildState.Finished or BuildState.AwaitingApproval))
            {
                CrashPoint.Hit("pipeline.build.before_start");
                build = await PassAsync(build, either.Token, ct);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            // Its end is recorded already, by whoever ended it.
        }
        finally
        {
            await ended.CancelAsync();
            await interim;
        }

        if (await journal.ReadAsync(ct) is { State: BuildState.Finished }) tools.Logs.CompleteBuild(buildId);
        if (_large) tools.Spares.Want(build.Source, build.Subject.Commit);
        CrashPoint.Hit("pipeline.build.finished");
    }

    private async Task<Build> PassAsync(Build build, CancellationToken run, CancellationToken ct)
    {
        var remaining = build.Remaining().ToHashSet(StringComparer.Ordinal);
        var steps = build.StepsHeld ? [] : build.Plan.Steps.Where(step => remaining.Contains(step.Name)).ToList();
        var checks = build.Plan.Checks.Where(remaining.Contains).ToList();
        var sandbox = tools.Executors.Describe();

        // The record of the start and the work itself need not wait for each other.
        var started = journal.WriteAsync((fresh, now) => StartBuild.Decide(fresh, runner, sandbox, steps.FirstOrDefault()?.Name, now), ct);
        var checking = ChecksAsync(build, checks, remaining.Contains(Plan.FileStep), started, run, ct);
        var stepping = StepsAsync(build, steps, started, run, ct);
        await Task.WhenAll(started, checking, stepping);
        return await journal.ReadAsync(ct) ?? build;
    }

    private async Task ChecksAsync(Build build, List<string> names, bool file, Task started, CancellationToken run, CancellationToken ct)
    {
        List<StepReport> reports = file ? [await FileAsync(build)] : [];
        if (names.Count > 0)
        {
            IReadOnlyList<CheckResult> results;
            try
            {
                await using var source = tools.Sources.Open(build.Source);
                await using var tree = await SourceTree.ReadAsync(source.Objects, build.Subject.Commit, run);
                results = await CheckBatch.RunAsync(tree, build.Plan.Settings, names, tools.Cache, tools.Time, run);
            }
            catch (Exception e) when (e is GitException or IOException)
            {
                results = [.. names.Select(
                    name => CheckBatch.Judge(name, CheckReport.Errored(PlainText.OneLine(e.Message)), build.Plan.Settings, TimeSpan.Zero))];
            }

            foreach (var result in results)
            {
                await using var log = await tools.Logs.OpenAsync(build.Id, result.Step.Step, ct);
                await log.WriteAsync(Encoding.UTF8.GetBytes(result.Log));
                await log.CompleteAsync();
                reports.Add(new StepReport(result.Step, result.Findings, []));
            }
        }

        if (reports.Count == 0) return;
        await started;
        await journal.RecordAsync(reports, next: null, ct);
        CrashPoint.Hit("pipeline.step.finished");
    }

    /// <summary>A broken pipeline file fails the build with its line and column, like any other finding.</summary>
    private async Task<StepReport> FileAsync(Build build)
    {
        var problems = build.Plan.Problems;
        var findings = problems.Select(problem => new Finding(
            Plan.FileStep, "invalid", Severity.High, problem.Path, problem.Line, problem.Column is { } column
                ? $"column {column}: {problem.Message}"
                : problem.Message, Blocks: true)).ToList();
        await using var log = await tools.Logs.OpenAsync(build.Id, Plan.FileStep, CancellationToken.None);
        foreach (var problem in problems) log.WriteLine($"{problem.Path}:{problem.Line}:{problem.Column}: {problem.Message}");
        await log.CompleteAsync();
        return new StepReport(
            new StepResult(Plan.FileStep, CheckBatch.Kind, Outcome.Failed, Blocks: true, TimeSpan.Zero, ExitCode: null,
                problems.Count == 1 ? "1 error" : $"{problems.Count} errors"),
            findings, []);
    }

    private async Task StepsAsync(Build build, List<CommandStep> steps, Task started, CancellationToken run, CancellationToken ct)
    {
        if (steps.Count == 0) return;
        if (build.Results.FirstOrDefault(result => result.Kind == CommandKind && result.Outcome != Outcome.Passed) is { } before)
        {
            // A crash came between a failed step and the record of those it kept from running.
            await started;
            await journal.RecordAsync([.. steps.Select(step => NotRun(step, before.Step))], next: null, ct);
            return;
        }

        Workspace? workspace = null;
        try
        {
            for (var i = 0; i < steps.Count; i++)
            {
                var step = steps[i];
                StepReport report;
                try
                {
                    report = tools.Executors.For(step) is { Executor: { } executor }
                        ? await StepAsync(build, step, executor, workspace ??= await WorkspaceAsync(build, run), run)
                        : await RefuseAsync(build, step, tools.Executors.For(step).Refusal!);
                }
                catch (Exception e) when (e is WorkspaceException or IOException or UnauthorizedAccessException)
                {
                    report = await RefuseAsync(build, step, PlainText.OneLine(e.Message));
                }

                await started;
                // Stopped: whoever stopped it has recorded the end, or this process ends and another carries on with this step.
                if (run.IsCancellationRequested) return;
                var passed = report.Result.Outcome == Outcome.Passed;
                await journal.RecordAsync(
                    passed ? [report] : [report, .. steps.Skip(i + 1).Select(later => NotRun(later, step.Name))],
                    passed && i + 1 < steps.Count ? steps[i + 1].Name : null, ct);
                CrashPoint.Hit("pipeline.step.finished");
                if (!passed) return;
            }
        }
        finally
        {
            // Whoever carries on needs what the steps made.
            if (workspace is not null && !ct.IsCancellationRequested)
            {
                _large = workspace.CountFiles() >= SpareWorker.WorthFiles;
                await workspace.DisposeAsync();
            }
        }
    }

    /// <summary>A fresh one; where steps have passed before a stop or a crash, the one that they worked in.</summary>
    private async Task<Workspace> WorkspaceAsync(Build build, CancellationToken run)
    {
        if (build.Results.Any(static result => result.Kind == CommandKind)
            && await tools.Workspaces.CarryOnAsync(build.Source, build.Subject.Commit, build.Id, run) is { } theirs) return theirs;
        return await tools.Workspaces.PrepareAsync(build.Source, build.Subject.Commit, build.Id, run);
    }

    private async Task<StepReport> StepAsync(
        Build build, CommandStep step, IStepExecutor executor, Workspace workspace, CancellationToken run)
    {
        await using var log = await tools.Logs.OpenAsync(build.Id, step.Name, run);
        if (log.LengthBytes > 0) log.WriteLine("--- Auxo was stopped here; the step begins again.");
        var exit = await executor.RunAsync(new StepRun(build.Id, step, workspace, log, Variables(build)), run);
        IReadOnlyList<BuildArtifact> artifacts = [];
        if (step.Artifacts.Count > 0 && !run.IsCancellationRequested)
        {
            (artifacts, var problems) = await tools.Artifacts.CollectAsync(build.Id, workspace, step.Artifacts, run);
            foreach (var problem in problems) log.WriteLine($"artifact: {problem}");
        }

        if (!run.IsCancellationRequested) await log.CompleteAsync();
        return new StepReport(
            new StepResult(step.Name, CommandKind, exit.Outcome, Blocks: true, exit.Duration, exit.ExitCode,
                exit.Reason is null ? "" : PlainText.OneLine(exit.Reason)), [], artifacts);
    }

    private async Task<StepReport> RefuseAsync(Build build, CommandStep step, string reason)
    {
        await using var log = await tools.Logs.OpenAsync(build.Id, step.Name, CancellationToken.None);
        log.WriteLine($"not run: {reason}");
        await log.CompleteAsync();
        return new StepReport(new StepResult(step.Name, CommandKind, Outcome.Errored, Blocks: true, TimeSpan.Zero,
            ExitCode: null, PlainText.OneLine(reason)), [], []);
    }

    private static StepReport NotRun(CommandStep step, string because)
        => new(new StepResult(step.Name, CommandKind, Outcome.Skipped, Blocks: false, TimeSpan.Zero, ExitCode: null,
            $"not run, since {because} did not pass"), [], []);

    private async Task AnnounceAsync(CancellationToken ended)
    {
        try
        {
            await Task.Delay(tools.InterimAfter, tools.Time, ended);
            await journal.WriteAsync((build, now) => AnnounceBuild.Decide(build, tools.Links, now), ended);
        }
        catch (OperationCanceledException)
        {
            // The verdict was faster.
        }
    }

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
