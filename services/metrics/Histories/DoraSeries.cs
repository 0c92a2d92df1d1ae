using Auxo.Metrics.Builds;
using Auxo.Metrics.Dora;
using Auxo.Metrics.Facts;
using Auxo.Metrics.Repositories;

namespace Auxo.Metrics.Histories;

/// <summary>A point of time in eight bytes, where a million of them are kept.</summary>
public readonly record struct Instant(long UtcTicks)
{
    /// <summary>The same point.</summary>
    public static implicit operator Instant(DateTimeOffset at) => new(at.UtcTicks);

    /// <summary>The same point.</summary>
    public static implicit operator DateTimeOffset(Instant at) => new(at.UtcTicks, TimeSpan.Zero);

    /// <summary>From <paramref name="b"/> to <paramref name="a"/>.</summary>
    public static TimeSpan operator -(Instant a, Instant b) => new(a.UtcTicks - b.UtcTicks);
}

/// <summary>A deployment that counts.</summary>
public readonly record struct DeploymentPoint(Instant At, bool IsRework);

/// <summary>A change that reached production.</summary>
public readonly record struct ChangePoint(Instant DeployedAt, TimeSpan LeadTime, TimeSpan Coding, TimeSpan Review, bool IsLongLived)
{
    /// <summary>From the merge to production.</summary>
    public TimeSpan Deploy => LeadTime - Coding - Review;
}

/// <summary>A deployment that failed; the end and the recovery mean nothing while it is open.</summary>
public readonly record struct FailedPoint(
    Instant DeployedAt, Instant FailedAt, Instant RecoveredAt, TimeSpan Recovery, TimeSpan Exposure, TimeSpan Detection, bool IsOpen);

/// <summary>A build that ended.</summary>
public readonly struct BuildPoint(BuildFact build, int commit, IReadOnlyList<FailedStep> failures)
{
    private readonly long _duration = build.Duration?.Ticks ?? -1;
    private readonly long _wait = build.Wait?.Ticks ?? -1;
    // In two bytes, and the whole in forty.
    private readonly byte _outcome = (byte)build.Outcome;
    private readonly bool _isPushed = build.Trigger is BuildTrigger.Patch or BuildTrigger.Branch;

    /// <summary>When.</summary>
    public Instant At { get; } = build.At;

    /// <summary>From its first step on; null when it never began.</summary>
    public TimeSpan? Duration => _duration < 0 ? null : new TimeSpan(_duration);

    /// <summary>Up to its first step; null when it never began.</summary>
    public TimeSpan? Wait => _wait < 0 ? null : new TimeSpan(_wait);

    /// <summary>
    /// From its plan, which follows a push at once, to its verdict; null of a build that nobody's push asked for, and without a verdict.
    /// </summary>
    public TimeSpan? Feedback => Counts && _isPushed && Wait + Duration is { } feedback ? feedback : null;

    /// <summary>The same number for the same commit.</summary>
    public int Commit { get; } = commit;

    /// <summary>How it ended.</summary>
    public Outcome Outcome => (Outcome)_outcome;

    /// <summary>True for a verdict about the commit.</summary>
    public bool Counts => BuildFact.IsVerdict(Outcome);

    /// <summary>The steps that made it fail.</summary>
    public IReadOnlyList<FailedStep> Failures { get; } = failures;
}

/// <summary>A merged patch, and how long it was open; null when nobody saw it opened, or a clock says that it was merged before.</summary>
public readonly record struct MergePoint(Instant At, TimeSpan? Open);

/// <summary>
/// All that numbers are made of: a <see cref="History"/> without ids and titles. It is kept for every repository (some 25 bytes
/// per event), a history for none: only evidence needs one. All lists are in order of time.
/// </summary>
public sealed record DoraSeries
{
    /// <summary>Leaves out what only evidence needs.</summary>
    public DoraSeries(History history)
    {
        var facts = history.Facts;
        (Rid, Name, Policy, IsTracked, AsOf, Red) = (facts.Rid, facts.Name, facts.Policy, facts.IsTracked, history.AsOf, history.Red);
        Live = [.. history.Production.Live.Select(static d => new DeploymentPoint(d.At, d.IsRework))];
        Changes = [.. history.Production.Changes.Select(
            static c => new ChangePoint(c.DeployedAt, c.LeadTime, c.Coding, c.Review, c.IsLongLived))];
        Untimed = [.. history.Production.Untimed.Select(static c => (Instant)c.DeployedAt)];
        Excluded = [.. history.Production.Excluded.Select(static d => (Instant)d.At)];
        Failed = [.. history.Failed.Select(static f => new FailedPoint(
            f.Deployment.At, f.FailedAt, f.RecoveredAt, f.Recovery, f.IsOpen ? default : f.Exposure, f.Detection, f.IsOpen))];
        Unattributed = [.. history.Unattributed.Select(static f => (Instant)f.StartedAt)];
        Merges = [.. history.Merges.Select(
            m => new MergePoint(m.At, history.Opened.TryGetValue(m.Patch, out var at) && at <= m.At ? m.At - at : null))];
        Builds = Points(history.Builds);
        HasDefaultBranchVerdict = history.Builds.Any(b => b.Counts && RedMain.IsOfDefaultBranch(facts, b));
        HeadIsJudged = IsHeadJudged(facts);
        Totals = Totals.Of(history);
    }

    /// <summary>The repository.</summary>
    public Rid Rid { get; }

    /// <summary>For people; null when it is not known.</summary>
    public string? Name { get; }

    /// <summary>How it is counted.</summary>
    public CountingPolicy Policy { get; }

    /// <summary>False when it is no longer followed.</summary>
    public bool IsTracked { get; }

    /// <summary>The moment: later than that of the facts when nothing happened since.</summary>
    public AsOf AsOf { get; init; }

    /// <summary>The deployments that count.</summary>
    public IReadOnlyList<DeploymentPoint> Live { get; }

    /// <summary>When deployments were that do not count.</summary>
    public IReadOnlyList<Instant> Excluded { get; }

    /// <summary>The changes that reached production.</summary>
    public IReadOnlyList<ChangePoint> Changes { get; }

    /// <summary>When changes without a lead time reached production.</summary>
    public IReadOnlyList<Instant> Untimed { get; }

    /// <summary>The deployments that failed.</summary>
    public IReadOnlyList<FailedPoint> Failed { get; }

    /// <summary>When failures began that no deployment is known to have caused.</summary>
    public IReadOnlyList<Instant> Unattributed { get; }

    /// <summary>The times in which the default branch was red.</summary>
    public IReadOnlyList<RedPeriod> Red { get; }

    /// <summary>Builds that ended.</summary>
    public IReadOnlyList<BuildPoint> Builds { get; }

    /// <summary>Merged patches.</summary>
    public IReadOnlyList<MergePoint> Merges { get; }

    /// <summary>True when a build of the default branch ever had a verdict.</summary>
    public bool HasDefaultBranchVerdict { get; }

    /// <summary>True when the newest head of the default branch had a verdict; null when no head is known.</summary>
    public bool? HeadIsJudged { get; }

    /// <summary>What is counted from the beginning on.</summary>
    public Totals Totals { get; }

    private static bool? IsHeadJudged(RepositoryFacts facts)
        => facts.BranchAdvances.MaxBy(static h => (h.SeenAt, h.Seq)) is { } head
            ? facts.Builds.Any(b => b.Counts && b.Commit == head.Commit && RedMain.IsOfDefaultBranch(facts, b))
            : null;

    private static BuildPoint[] Points(IReadOnlyList<BuildFact> builds)
    {
        var (commits, steps, points) = (new Dictionary<Oid, int>(), new Dictionary<FailedStep, FailedStep>(), new BuildPoint[builds.Count]);
        for (var i = 0; i < points.Length; i++)
        {
            var b = builds[i];
            if (!commits.TryGetValue(b.Commit, out var commit)) commits[b.Commit] = commit = commits.Count;
            points[i] = new BuildPoint(b, commit, b.Failures.Count == 0 ? [] : [.. b.Failures.Select(Once)]);
        }

        return points;

        // Few steps fail, and they often do.
        FailedStep Once(FailedStep step) => steps.TryGetValue(step, out var known) ? known : steps[step] = step;
    }
}
