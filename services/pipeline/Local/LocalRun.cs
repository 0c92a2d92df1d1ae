using System.Text;

using Auxo.Pipeline.Artifacts;
using Auxo.Pipeline.Baselines;
using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Caches;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Advisories;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Execution.Processes;
using Auxo.Pipeline.Joining;
using Auxo.Pipeline.Logs;
using Auxo.Pipeline.Reports;
using Auxo.Pipeline.Running;
using Auxo.Pipeline.Running.Steps;
using Auxo.Pipeline.Suppressing;
using Auxo.Pipeline.Workspaces;

using Microsoft.Extensions.Logging.Abstractions;

namespace Auxo.Pipeline.Local;

/// <summary>
/// Runs a plan by the code that builds run by, in the same sandbox; what is printed is what the verdict would be made of. Findings that
/// stand in the commit that is compared with are known, as in a build.
/// </summary>
internal sealed class LocalRun : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(20);
    private readonly TextWriter _output;
    private readonly Lock _printing = new();
    private readonly InstanceLayout _layout;
    private readonly LogStore _logs;
    private readonly StepExecutors _executors;
    private readonly StepPhase _steps;
    private readonly AdvisorySources _advisories;

    /// <summary>Wires what a build needs of the pipeline, in a folder of its own.</summary>
    public LocalRun(string place, TextWriter output, IConfiguration configuration)
    {
        _output = output;
        _layout = new InstanceLayout(Path.Combine(place, "home"));
        _layout.Make();
        _advisories = LocalAdvisories.From(configuration, place);
        var (settings, user, time) = (ExecutionSettings.From(configuration), StepUser.Current(), TimeProvider.System);
        _logs = new LogStore(_layout, settings, time);
        _executors = new StepExecutors(_layout, settings, user, new StepLauncher(), time);
        var (workspaces, folders, runner) =
            (new WorkspaceStore(_layout, user), RepositoryFolders.From(configuration), RunnerSettings.From(configuration));
        var joiner = new CommitJoiner(_layout, folders);
        _steps = new StepPhase(
            workspaces, new WorkspacesAhead(workspaces, _executors, folders, joiner, runner, time, NullLogger<WorkspacesAhead>.Instance),
            joiner, _executors, _logs,
            new ArtifactStore(_layout, settings), new ReportCollector(static (_, _, _) => Task.FromResult(ReportsBefore.Nothing)),
            new CacheStore(LocalCaches(place), settings.CacheBytes, time),
            (build, _) => Task.FromResult(LocalSecrets.Of(build, configuration)), runner);
    }

    /// <summary>Ends what is left of the steps.</summary>
    public ValueTask DisposeAsync() => _executors.DisposeAsync();

    /// <summary>Runs it.</summary>
    /// <returns>0 when it passed, else 1.</returns>
    public async Task<int> RunAsync(LocalPlan plan, CancellationToken ct)
    {
        Say(LocalWords.Of(plan) + "\n");
        if (plan.Plan.Problems.Count > 0) return 1;
        var build = BuildOf(plan);
        var results = new List<StepResult>();
        var following = new List<Task>();
        foreach (var step in _steps.First(build)) following.Add(FollowAsync(build.BuildId, step, ct));
        await Task.WhenAll(CheckAsync(plan, Took, ct), _steps.RunAsync(build, RecordAsync, Task.CompletedTask, ct, ct));
        await Task.WhenAll(following);

        var (outcome, reason) = FinishBuild.Judge(build with { Results = results });
        var said = new StringBuilder("\n");
        foreach (var name in plan.Plan.StepNames()) foreach (var result in results.Where(result => result.Step == name))
            said.Append(LocalWords.Of(result)).Append('\n');
        said.Append('\n').Append(outcome == Outcome.Passed ? "✓ It would pass" : "✗ It would not pass");
        Say(said.Append(reason is null ? ".\n" : $": {reason}.\n").ToString());
        return outcome == Outcome.Passed ? 0 : 1;

        Task RecordAsync(IReadOnlyList<StepReport> reports, IReadOnlyList<string> next, CancellationToken stop)
        {
            foreach (var report in reports) Took(report.Result);
            foreach (var step in next) following.Add(FollowAsync(build.BuildId, step, ct));
            return Task.CompletedTask;
        }

        void Took(StepResult result)
        {
            lock (results) results.Add(result);
        }
    }

    /// <summary>Where a user's caches lie: those of a run are there for the next one.</summary>
    private static string LocalCaches(string place)
    {
        var caches = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } named ? named
            : Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home ? Path.Combine(home, ".cache")
            : place;
        return Path.Combine(caches, "auxo", "steps");
    }

    private static Build BuildOf(LocalPlan plan)
    {
        var rid = Rid.ForPlainGit(plan.Tree.Top);
        var id = BuildId.For(rid, plan.Tree.Commit, plan.Facts.Trigger, plan.Facts.Ref, 1);
        var subject = new BuildSubject(
            id, rid, Path.GetFileName(plan.Tree.Top), plan.Facts.Trigger, PatchId: null, RevisionId: null, plan.Facts.Ref, plan.Tree.Commit,
            "The working tree", Author: null);
        return Build.Of(new BuildEvent.Queued(
            subject, RepositoryLocator.OfFolder(plan.Tree.Repository), Attempt: 1, Trust.Trusted, plan.Tree.Base, plan.Plan,
            RequestedBy: null, TimeProvider.System.GetUtcNow()));
    }

    private async Task CheckAsync(LocalPlan plan, Action<StepResult> took, CancellationToken ct)
    {
        var (settings, cache) = (plan.Plan.Settings, new VerdictCache { Advisories = _advisories });
        await using var objects = new GitObjects(plan.Tree.Repository);
        var (runs, found) = await LookAsync(plan.Tree.Commit, plan.Tree.Base);
        var (_, known) = found.Count > 0 && plan.Tree.Base is { } from ? await LookAsync(from, since: null) : ([], []);
        var compared = Comparison.Of(found, Comparison.Joined([], known));
        var marked = AcceptedFindings.Mark(
            Sightings.Marked(runs, settings, compared), plan.Plan.Accepted ?? [], plan.Facts.Today);
        foreach (var run in marked)
        {
            var result = CheckBatch.Judge(run.Check, run.Report, settings, run.Duration);
            foreach (var finding in result.Findings.Where(static finding => !finding.Known))
                Say($"{finding.Path}:{finding.Line ?? 1}: {(finding.Blocks ? "error" : "warning")}: {finding.Message} [{finding.Rule}]\n");
            took(result.Step);
        }

        async Task<(IReadOnlyList<CheckRun>, IReadOnlyList<Sighting>)> LookAsync(CommitId commit, CommitId? since)
        {
            await using var tree = await SourceTree.ReadAsync(objects, commit, _layout.Checks, ct, since);
            var looked = await CheckBatch.LookAsync(tree, settings, plan.Plan.Checks, cache, TimeProvider.System, ct);
            return (looked, await Sightings.OfAsync(tree, looked, settings, cache, ct));
        }
    }

    /// <summary>Prints a step's log as it is written, each line with the step's name in front.</summary>
    private async Task FollowAsync(Guid buildId, string step, CancellationToken ct)
    {
        while (_logs.Find(buildId, step) is null) await Task.Delay(Soon, TimeProvider.System, ct);
        var left = new List<byte>();
        await foreach (var chunk in _logs.FollowAsync(buildId, step, 0, ct))
        {
            left.AddRange(chunk.Bytes.Span);
            if (left.LastIndexOf((byte)'\n') is >= 0 and var end)
            {
                Print(left[..(end + 1)]);
                left.RemoveRange(0, end + 1);
            }
        }

        if (left.Count > 0) Print([.. left, (byte)'\n']);

        void Print(List<byte> bytes)
        {
            var text = new StringBuilder();
            foreach (var line in Encoding.UTF8.GetString([.. bytes])[..^1].Split('\n'))
                text.Append(step).Append(" │ ").Append(line).Append('\n');
            Say(text.ToString());
        }
    }

    private void Say(string text)
    {
        lock (_printing)
        {
            _output.Write(text);
            _output.Flush();
        }
    }
}
