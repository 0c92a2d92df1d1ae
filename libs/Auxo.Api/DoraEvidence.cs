using System.Text.Json.Serialization;

namespace Auxo.Api;

/// <summary>What DORA's numbers are made of; the latest come first.</summary>
/// <param name="Recoveries">Deployments whose failures ended in the window, and those that still fail.</param>
/// <param name="Unattributed">Failures that no deployment is known to have caused.</param>
public sealed record DoraEvidence(IReadOnlyList<FailedDeployment> Recoveries, IReadOnlyList<KnownFailure> Unattributed)
{
    /// <summary>Those that count.</summary>
    public IReadOnlyList<LiveDeployment> Deployments { get; init; } = [];

    /// <summary>Those that do not.</summary>
    public IReadOnlyList<ExcludedDeployment> Excluded { get; init; } = [];

    /// <summary>Changes that went live, with their lead times.</summary>
    public IReadOnlyList<LiveChange> Changes { get; init; } = [];

    /// <summary>Changes that went live without one.</summary>
    public IReadOnlyList<UntimedChange> Untimed { get; init; } = [];

    /// <summary>True when a list is longer than what is answered.</summary>
    public bool Truncated { get; init; }
}

/// <summary>A deployment that counts; <c>ByPolicy</c> says that it is a build that passed, with that build's id.</summary>
public sealed record LiveDeployment(
    string Id, DateTimeOffset At, string Commit, [property: JsonConverter(typeof(Word))] string Kind, bool ByPolicy, bool Rework,
    string? Remediates, IReadOnlyList<KnownFailure> Failures);

/// <summary>A deployment that does not count, and why.</summary>
public sealed record ExcludedDeployment(
    string Id, DateTimeOffset At, [property: JsonConverter(typeof(Word))] string Reason, string? Live);

/// <summary>A change that went live: the id of a patch, or the commit of a push.</summary>
public sealed record LiveChange(
    string Id, string Title, string Deployment, DateTimeOffset DeployedAt, double LeadTimeSeconds,
    double CodingSeconds, double ReviewSeconds, double DeploySeconds, bool LongLived);

/// <summary>A change that went live without a lead time, and why.</summary>
public sealed record UntimedChange(
    string Id, DateTimeOffset DeployedAt, string Deployment, [property: JsonConverter(typeof(Word))] string Reason);

/// <summary>A deployment that failed; the recovery is null while it lasts.</summary>
public sealed record FailedDeployment(
    string Deployment, IReadOnlyList<KnownFailure> Failures, double? RecoverySeconds = null, bool Open = false);

/// <summary>A failure; <c>OpenSince</c> is null when it is over.</summary>
public sealed record KnownFailure(
    string Id, string? Title, DateTimeOffset StartedAt, DateTimeOffset? OpenSince, bool Inferred, string? RecoveredBy);
