using System.Text;

using Auxo.Pipeline.Baselines;
using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Checks.Keeping;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Joining;
using Auxo.Pipeline.Logs;
using Auxo.Pipeline.Schedules.Scans;
using Auxo.Pipeline.Workspaces;

namespace Auxo.Pipeline.Running;

/// <summary>The checks of a build: they read the commit from git, and need neither a workspace nor a sandbox.</summary>
internal sealed class CheckPhase(
    GitSources sources, CommitJoiner joiner, InstanceLayout layout, VerdictCache cache, FindingJudge judge, ScanEnd scans,
    LogStore logs, KeptVerdicts kept, TimeProvider time)
{
    /// <summary>Makes the checks that have no result, all at once.</summary>
    /// <returns>What they found, in no order that matters.</returns>
    /// <param name="build">The build.</param>
    /// <param name="remaining">The names of its steps and checks that have no result.</param>
    /// <param name="run">The build is stopped.</param>
    /// <param name="ct">This process stops, or the lease is lost.</param>
    public async Task<IReadOnlyList<StepReport>> RunAsync(
        Build build, IReadOnlySet<string> remaining, CancellationToken run, CancellationToken ct)
    {
        List<StepReport> reports = remaining.Contains(Plan.FileStep) ? [await FileAsync(build)] : [];
        var names = build.Plan.Checks.Where(remaining.Contains).ToList();
        if (names.Count > 0)
        {
            Judgement judged;
            IReadOnlyList<CheckRun> runs = [];
            var isDeep = Scan.Find(build.Plan.Scan)?.IsDeep is true;
            await kept.Loaded.WaitAsync(run);
            try
            {
                await using var source = sources.Open(await joiner.FolderAsync(build, run));
                await using var tree = await SourceTree.ReadAsync(
                    source.Objects, build.BuiltCommit, layout.Checks, run, build.Since, isDeep);
                runs = await CheckBatch.LookAsync(
                    tree, build.Plan.Settings, names, isDeep ? cache.Unknowing() : cache, time, run);
                judged = await judge.JudgeAsync(build, source.Objects, tree, runs, run);
            }
            catch (Exception e) when (e is GitException or IOException or WorkspaceException)
            {
                var report = CheckReport.Errored(PlainText.OneLine(e.Message));
                judged = new Judgement(
                    [.. names.Select(name => CheckBatch.Judge(name, report, build.Plan.Settings, TimeSpan.Zero))]);
            }

            foreach (var result in judged.Results)
            {
                await using var log = await logs.OpenAsync(build.BuildId, result.Step.Step, ct);
                await log.WriteAsync(Encoding.UTF8.GetBytes(result.Log));
                await log.CompleteAsync();
                reports.Add(new StepReport(result.Step, result.Findings, [])
                {
                    Fixes = [.. judged.Fixes.Where(finding => finding.Check == result.Step.Step)],
                });
            }

            if (build.Plan.Scan is not null) return await scans.AddAsync(build, runs, judged.Results, reports, ct);
        }

        return reports;
    }

    /// <summary>A broken pipeline file fails the build with its line and column, like any other finding.</summary>
    private async Task<StepReport> FileAsync(Build build)
    {
        var problems = build.Plan.Problems;
        var findings = problems.Select(problem => new Finding(
            Plan.FileStep, "invalid", Severity.High, problem.Path, problem.Line, problem.Column is { } column
                ? $"column {column}: {problem.Message}"
                : problem.Message, Blocks: true)).ToList();
        await using var log = await logs.OpenAsync(build.BuildId, Plan.FileStep, CancellationToken.None);
        foreach (var problem in problems) log.WriteLine($"{problem.Path}:{problem.Line}:{problem.Column}: {problem.Message}");
        await log.CompleteAsync();
        return new StepReport(
            new StepResult(Plan.FileStep, CheckBatch.Kind, Outcome.Failed, Blocks: true, TimeSpan.Zero, ExitCode: null,
                problems.Count == 1 ? "1 error" : $"{problems.Count} errors"),
            findings, []);
    }
}
