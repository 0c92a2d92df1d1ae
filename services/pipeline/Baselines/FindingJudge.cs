using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Findings;
using Auxo.Pipeline.Suppressing;

namespace Auxo.Pipeline.Baselines;

/// <summary>What the checks of a build come to.</summary>
/// <param name="Results">One for each check.</param>
internal sealed record Judgement(IReadOnlyList<CheckResult> Results)
{
    /// <summary>The findings on record for the default branch that its patch takes out, worst first.</summary>
    public IReadOnlyList<Finding> Fixes { get; init; } = [];
}

/// <summary>
/// Judges what the checks of a build saw: what is new by the gate table, and what stands in the default branch as known. It is asked
/// when the checks are done, so nothing of it stands between a push and its first command.
/// </summary>
internal sealed class FindingJudge(
    BaselineStore baselines, FollowFindings findings, InstanceLayout layout, VerdictCache cache, TimeProvider time,
    ILogger<FindingJudge> logger)
{
    /// <summary>Judges; a build of the default branch sets or follows the baseline.</summary>
    /// <param name="build">The build.</param>
    /// <param name="objects">Of its repository.</param>
    /// <param name="tree">What was looked at.</param>
    /// <param name="runs">What the checks saw.</param>
    /// <param name="ct">Stops.</param>
    public async Task<Judgement> JudgeAsync(
        Build build, GitObjects objects, SourceTree tree, IReadOnlyList<CheckRun> runs, CancellationToken ct)
    {
        var settings = build.Plan.Settings;
        var found = await Sightings.OfAsync(tree, runs, settings, cache, ct);
        var isNewest = FindingsStore.IsFollowed(build) && await baselines.IsNewestAsync(build, ct);
        var compared = isNewest && IsOfDefaultBranch(build)
            ? await FollowAsync(build, objects, runs, found, ct)
            : await CompareAsync(build, objects, found, ct);
        var marked = AcceptedFindings.Mark(
            Sightings.Marked(runs, settings, compared), build.Plan.Accepted ?? [], DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
        var results = marked.Select(run => CheckBatch.Judge(run.Check, run.Report, settings, run.Duration)).ToList();
        if (isNewest) await findings.StageAsync(build, objects, tree, marked, found, ct);
        return new Judgement(results)
        {
            Fixes = await findings.FixedAsync(
                build, objects, marked, found, (commit, checks) => LookBackAsync(build, objects, commit, checks, ct), ct),
        };
    }

    /// <summary>What the checks see in a commit, as it is compared; in its whole history when <paramref name="isDeep"/>.</summary>
    public async Task<IReadOnlyList<Sighting>> LookAsync(
        GitObjects objects, CommitId commit, CommitId? since, CheckSettings settings, IReadOnlyList<string> checks, CancellationToken ct,
        bool isDeep = false)
    {
        await using var tree = await SourceTree.ReadAsync(objects, commit, layout.Checks, ct, since, isDeep);
        var runs = await CheckBatch.LookAsync(tree, settings, checks, cache, time, ct);
        return await Sightings.OfAsync(tree, runs, settings, cache, ct);
    }

    private static bool IsOfDefaultBranch(Build build)
        => build.Subject.Trigger == BuildTrigger.Branch && build.Canonical == build.Subject.Commit;

    private async Task<Comparison> FollowAsync(
        Build build, GitObjects objects, IReadOnlyList<CheckRun> runs, IReadOnlyList<Sighting> found, CancellationToken ct)
    {
        var troubled = build.Plan.Checks.Except(
            runs.Where(static run => run.Report.Trouble is null).Select(static run => run.Check), StringComparer.Ordinal).ToList();
        var seen = new Measurement(build.BuildId, build.Subject.Commit, Ruling.Of(build.Plan.Settings), troubled, found);
        var baseline = await baselines.ReadAsync(build.Subject.Rid, ct);
        IReadOnlyList<Sighting> before = [];
        if (FollowBaseline.NeedsAnotherLook(baseline, seen) && await baselines.CommitBeforeAsync(build, ct) is { } commit)
            before = await LookBackAsync(build, objects, commit, build.Plan.Checks, ct);
        return await baselines.WriteAsync(
            build.Subject.Rid, fresh => FollowBaseline.Decide(fresh, seen, before, time.GetUtcNow()), ct);
    }

    /// <summary>
    /// What a patch has and the baseline has not may still be none of its doing: it began before the default branch was tidied up, or
    /// its checks see otherwise. Only then is it looked at where it began.
    /// </summary>
    private async Task<Comparison> CompareAsync(Build build, GitObjects objects, IReadOnlyList<Sighting> found, CancellationToken ct)
    {
        if (found.Count == 0) return Comparison.Of(found, []);
        var baseline = await baselines.ReadAsync(build.Subject.Rid, ct);
        var known = baseline?.Files ?? [];
        var compared = Comparison.Of(found, known);
        var checks = compared.New.Select(static sighting => sighting.Mark.Check).Distinct(StringComparer.Ordinal).ToList();
        if (checks.Count == 0 || (build.Canonical ?? baseline?.Commit) is not { } head) return compared;
        if (await BeginningAsync(objects.Repository, head, build.Subject.Commit, ct) is not { } beginning) return compared;
        return Comparison.Of(found, Comparison.Joined(known, await LookBackAsync(build, objects, beginning, checks, ct)));
    }

    private async Task<IReadOnlyList<Sighting>> LookBackAsync(
        Build build, GitObjects objects, CommitId commit, IReadOnlyList<string> checks, CancellationToken ct)
    {
        try
        {
            return await LookAsync(objects, commit, since: null, build.Plan.Settings, checks, ct);
        }
        catch (GitException e)
        {
            logger.LogInformation("Build {BuildId}: {Commit} cannot be looked at: {Reason}", build.BuildId, commit.Short, e.Message);
            return [];
        }
    }

    /// <summary>Where the commit left the default branch; null when it never did, or stands in it.</summary>
    internal static async Task<CommitId?> BeginningAsync(string repository, CommitId head, CommitId commit, CancellationToken ct)
    {
        var found = await GitCommand.AskAsync(repository, ct, "merge-base", head.Value, commit.Value);
        return found is null || found == commit.Value ? null : CommitId.Parse(found);
    }
}
