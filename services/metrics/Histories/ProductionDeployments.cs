using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Histories;

/// <summary>A deployment to production that counts.</summary>
/// <param name="Id">As reported; the build's id when it follows from the policy.</param>
/// <param name="At">When.</param>
/// <param name="Commit">What is live since.</param>
/// <param name="Kind">What for.</param>
/// <param name="Remediates">The failure that it repairs.</param>
/// <param name="ByPolicy">True when nobody reported it: it is a passed build of the default branch.</param>
public sealed record LiveDeployment(string Id, DateTimeOffset At, Oid Commit, DeploymentKind Kind, string? Remediates, bool ByPolicy)
{
    /// <summary>True for unplanned work: a rollback, a hotfix, or the repair of a failure.</summary>
    public bool IsRework => Kind is DeploymentKind.Rollback or DeploymentKind.Hotfix || Remediates is not null;
}

/// <summary>Why a deployment does not count.</summary>
public enum Exclusion
{
    /// <summary>Not an environment that counts.</summary>
    OtherEnvironment,

    /// <summary>The attempt failed, and no failure names it.</summary>
    NeverLive,

    /// <summary>The same commit was live already.</summary>
    NothingNew,

    /// <summary>Another part of the same rollout was first.</summary>
    SameRollout,

    /// <summary>A newer commit went live while it was built.</summary>
    Overtaken,
}

/// <summary>A deployment that does not count.</summary>
/// <param name="Id">As reported, or the build's id.</param>
/// <param name="At">When.</param>
/// <param name="Reason">Why not.</param>
/// <param name="Live">The deployment that was live then, when the reason has to do with it.</param>
public sealed record ExcludedDeployment(string Id, DateTimeOffset At, Exclusion Reason, string? Live);

/// <summary>A change that reached production, by the first counted deployment that brought it.</summary>
/// <param name="Id">The patch, or the head of a direct push.</param>
/// <param name="Title">For people.</param>
/// <param name="StartedAt">Its first commit.</param>
/// <param name="OpenedAt">When it was proposed.</param>
/// <param name="MergedAt">When it was merged.</param>
/// <param name="DeployedAt">When it went live.</param>
/// <param name="Deployment">With which deployment.</param>
public sealed record DeployedChange(
    Oid Id, string Title, DateTimeOffset StartedAt, DateTimeOffset OpenedAt, DateTimeOffset MergedAt,
    DateTimeOffset DeployedAt, string Deployment)
{
    private static readonly TimeSpan Long = TimeSpan.FromDays(30);

    /// <summary>From the first commit to production; always the sum of the three stages.</summary>
    public TimeSpan LeadTime => DeployedAt - StartedAt;

    /// <summary>From the first commit to the proposal.</summary>
    public TimeSpan Coding => OpenedAt - StartedAt;

    /// <summary>From the proposal to the merge.</summary>
    public TimeSpan Review => MergedAt - OpenedAt;

    /// <summary>From the merge to production.</summary>
    public TimeSpan Deploy => DeployedAt - MergedAt;

    /// <summary>
    /// True when its first commit is more than 30 days older than its proposal: an old branch, or a clock that was wrong.
    /// </summary>
    public bool IsLongLived => Coding > Long;
}

/// <summary>Why a change that was deployed has no lead time.</summary>
public enum Gap
{
    /// <summary>It was there before the repository was followed, so nobody knows when it began.</summary>
    BeginningUnknown,

    /// <summary>Its first commit is younger than its deployment or than the look that found it: a clock is wrong.</summary>
    ClockSkew,

    /// <summary>Its first commit says that it is of a time before 2000.</summary>
    ImpossibleTime,

    /// <summary>The branch was written again: what looks new may have been there before.</summary>
    HistoryRewritten,

    /// <summary>Not all of its commits are here: the repository is shallow or damaged.</summary>
    ObjectsMissing,

    /// <summary>It has more commits than are read.</summary>
    TooManyCommits,
}

/// <summary>A deployed change without a lead time.</summary>
public sealed record UntimedChange(string Id, DateTimeOffset DeployedAt, string Deployment, Gap Reason);

/// <summary>What reached production when, as a pure function of the facts.</summary>
public sealed record ProductionDeployments(
    IReadOnlyList<LiveDeployment> Live, IReadOnlyList<ExcludedDeployment> Excluded,
    IReadOnlyList<DeployedChange> Changes, IReadOnlyList<UntimedChange> Untimed,
    IReadOnlyList<Failure> Reverts)
{
    /// <summary>Works through all deployments in the order in which they happened.</summary>
    /// <param name="facts">The facts.</param>
    /// <param name="named">The deployments that failures name: a failed attempt among them was live after all.</param>
    public static ProductionDeployments Of(RepositoryFacts facts, IReadOnlySet<string> named)
    {
        var ledger = new ChangeLedger(facts);
        var (live, excluded) = (new List<LiveDeployment>(), new List<ExcludedDeployment>());
        var rollouts = new HashSet<string>(StringComparer.Ordinal);
        foreach (var next in Candidates(facts))
        {
            if (Judge(facts, next, named, live, rollouts, ledger) is { } reason)
            {
                excluded.Add(new ExcludedDeployment(next.Id, next.At, reason, live.Count == 0 ? null : live[^1].Id));
                continue;
            }

            if (next.Rollout is not null) rollouts.Add(next.Rollout);
            var takesBack = ledger.AssignChanges(next);
            var kind = takesBack && next.Kind == DeploymentKind.Planned ? DeploymentKind.Rollback : next.Kind;
            live.Add(new LiveDeployment(next.Id, next.At, next.Commit, kind, next.Remediates, next.Seq < 0));
        }

        return new ProductionDeployments(
            live, excluded, ledger.Delivered(), ledger.Untimed, [.. ledger.Reverts, .. ledger.PendingReverts()]);
    }

    /// <summary>
    /// Reported deployments and, by the policy, passed builds of the default branch (their position is -1), in order of time.
    /// </summary>
    private static List<DeploymentFact> Candidates(RepositoryFacts facts)
    {
        var all = new List<DeploymentFact>(facts.Deployments);
        if (facts.Policy.Deployments == Repositories.DeploymentRule.PassedBuild)
        {
            foreach (var build in facts.Builds.Where(b => b.Outcome == Outcome.Passed && RedMain.IsOfDefaultBranch(facts, b)))
                all.Add(new DeploymentFact(-1, build.At, build.Build.ToString(), "production", build.Commit, [],
                    Succeeded: true, DeploymentKind.Planned, null, null));
        }

        all.Sort(static (a, b) => a.At != b.At ? a.At.CompareTo(b.At) : string.CompareOrdinal(a.Id, b.Id));
        return all;
    }

    private static Exclusion? Judge(
        RepositoryFacts facts, DeploymentFact next, IReadOnlySet<string> named, List<LiveDeployment> live,
        HashSet<string> rollouts, ChangeLedger ledger)
    {
        if (next.Seq >= 0 && !facts.Policy.Counts(next.Environment)) return Exclusion.OtherEnvironment;
        if (!next.Succeeded && !named.Contains(next.Id)) return Exclusion.NeverLive;
        if (next.Rollout is not null && rollouts.Contains(next.Rollout)) return Exclusion.SameRollout;
        if (live.Count > 0 && live[^1].Commit == next.Commit) return Exclusion.NothingNew;
        return next.Seq < 0 && ledger.IsDelivered(next.Commit) ? Exclusion.Overtaken : null;
    }
}
