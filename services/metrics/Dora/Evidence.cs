using Auxo.Metrics.Facts;
using Auxo.Metrics.Histories;

namespace Auxo.Metrics.Dora;

/// <summary>
/// What the numbers of a window are made of: every value, and what was left out and why. The latest come first; of more than a
/// thousand the rest is left out, which <paramref name="Truncated"/> says: ask for a shorter window.
/// </summary>
/// <param name="From">The window begins.</param>
/// <param name="To">The window ends before this.</param>
/// <param name="AsOf">What was known and had happened.</param>
/// <param name="Deployments">Those that count.</param>
/// <param name="Excluded">Those that do not.</param>
/// <param name="Changes">Changes that went live, with their lead times.</param>
/// <param name="Untimed">Changes that went live without one.</param>
/// <param name="Recoveries">Failed deployments whose failures ended in the window, and those that are open.</param>
/// <param name="Unattributed">Failures that no deployment is known to have caused.</param>
/// <param name="Red">Times in which the default branch was red.</param>
/// <param name="Truncated">True when a list was cut.</param>
public sealed record Evidence(
    DateTimeOffset From, DateTimeOffset To, AsOf AsOf, IReadOnlyList<DeploymentEvidence> Deployments,
    IReadOnlyList<ExcludedDeployment> Excluded,
    IReadOnlyList<ChangeEvidence> Changes, IReadOnlyList<UntimedChange> Untimed,
    IReadOnlyList<RecoveryEvidence> Recoveries, IReadOnlyList<FailureEvidence> Unattributed,
    IReadOnlyList<RedPeriod> Red, bool Truncated)
{
    private const int Most = 1000;

    internal static Evidence Of(History history, Window window)
    {
        var (from, to) = window;
        var failed = history.Failed.ToDictionary(static f => f.Deployment.Id, StringComparer.Ordinal);
        var truncated = false;
        return new Evidence(
            from, to, history.AsOf,
            Cut(Sorted.Within(history.Production.Live, static d => d.At, from, to)
                .Select(d => DeploymentEvidence.Of(d, failed.GetValueOrDefault(d.Id)))),
            Cut(Sorted.Within(history.Production.Excluded, static d => d.At, from, to)),
            Cut(Sorted.Within(history.Production.Changes, static c => c.DeployedAt, from, to).Select(ChangeEvidence.Of)),
            Cut(Sorted.Within(history.Production.Untimed, static c => c.DeployedAt, from, to)),
            Cut(history.Failed.Where(f => f.IsOpen ? f.FailedAt < to : f.RecoveredAt >= from && f.RecoveredAt < to)
                .Select(RecoveryEvidence.Of)),
            Cut(Sorted.Within(history.Unattributed, static f => f.StartedAt, from, to).Select(FailureEvidence.Of)),
            Cut(history.Red.Where(r => r.Start < to && (r.End is null || r.End >= from))), truncated);

        List<T> Cut<T>(IEnumerable<T> items)
        {
            var all = items.ToList();
            truncated |= all.Count > Most;
            all.Reverse();
            return all.Count > Most ? all[..Most] : all;
        }
    }
}

/// <summary>A deployment that counts, with the failures that it caused.</summary>
public sealed record DeploymentEvidence(
    string Id, DateTimeOffset At, CommitId Commit, DeploymentKind Kind, bool ByPolicy, bool Rework, string? Remediates,
    IReadOnlyList<FailureEvidence> Failures)
{
    internal static DeploymentEvidence Of(LiveDeployment d, FailedDeployment? failed)
        => new(d.Id, d.At, d.Commit.ToCommit(), d.Kind, d.ByPolicy, d.IsRework, d.Remediates,
            [.. failed?.Failures.Select(FailureEvidence.Of) ?? []]);
}

/// <summary>A change and its lead time.</summary>
public sealed record ChangeEvidence(
    string Id, string Title, string Deployment, DateTimeOffset DeployedAt, double LeadTimeSeconds,
    double CodingSeconds, double ReviewSeconds, double DeploySeconds,
    bool LongLived)
{
    internal static ChangeEvidence Of(DeployedChange c)
        => new(
            c.Id.Value, c.Title, c.Deployment, c.DeployedAt, c.LeadTime.TotalSeconds, c.Coding.TotalSeconds,
            c.Review.TotalSeconds, c.Deploy.TotalSeconds, c.IsLongLived);
}

/// <summary>A failed deployment; the times are null while it is open.</summary>
public sealed record RecoveryEvidence(
    string Deployment, DateTimeOffset FailedAt, DateTimeOffset? RecoveredAt, double? RecoverySeconds,
    double? ExposureSeconds, bool Open, IReadOnlyList<FailureEvidence> Failures)
{
    internal static RecoveryEvidence Of(FailedDeployment f)
        => new(
            f.Deployment.Id, f.FailedAt, f.IsOpen
                ? null
                : f.RecoveredAt, f.IsOpen ? null : f.Recovery.TotalSeconds, f.IsOpen ? null : f.Exposure.TotalSeconds, f.IsOpen,
            [.. f.Failures.Select(FailureEvidence.Of)]);
}

/// <summary>A failure.</summary>
public sealed record FailureEvidence(
    string Id, string? Title, DateTimeOffset StartedAt, DateTimeOffset? OpenSince, bool Inferred, string? RecoveredBy)
{
    internal static FailureEvidence Of(Failure f) => new(f.Id, f.Title, f.StartedAt, f.OpenSince, f.IsInferred, f.RecoveredBy);
}
