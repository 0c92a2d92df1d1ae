using System.Text.Json.Serialization;

namespace Auxo.Api;

/// <summary>The moment an answer is given for.</summary>
public sealed record AsOf(DateTimeOffset Time, long Position);

/// <summary>Statistics of times, in seconds; all null when <paramref name="N"/> is 0.</summary>
public sealed record Spread(int N, double? P50Seconds, double? P75Seconds, double? P90Seconds, double? P95Seconds, double? MeanSeconds);

/// <summary>DORA's numbers of one repository.</summary>
public sealed record DoraReport
{
    public required string Rid { get; init; }
    public string? Name { get; init; }

    public required DateTimeOffset From { get; init; }
    public required DateTimeOffset To { get; init; }
    public required AsOf AsOf { get; init; }
    public required string Zone { get; init; }
    public required double Days { get; init; }
    public string? Profile { get; init; }
    public string? Provisional { get; init; }

    public required FrequencyNumber DeploymentFrequency { get; init; }
    public required LeadTimeNumber ChangeLeadTime { get; init; }
    public required RateNumber ChangeFailRate { get; init; }
    public required RecoveryNumber Recovery { get; init; }
    public required RateNumber Rework { get; init; }
    public required RedNumber DefaultBranch { get; init; }

    public double? Score { get; init; }
    public string? ScoreReason { get; init; }
    public required QuickCheck QuickCheck { get; init; }
    public required ClassicNumbers Classic { get; init; }

    public required IReadOnlyList<DoraWeek> Weeks { get; init; }
}

/// <summary>How often something went live.</summary>
public sealed record FrequencyNumber(
    int N, double PerDay, int DeploymentDays, double DeploymentDaysPerWeek, double? MedianIntervalSeconds,
    int Excluded, [property: JsonConverter(typeof(Word))] string? Tier, string? Reason);

/// <summary>How long changes took.</summary>
public sealed record LeadTimeNumber(
    Spread Time, StageNumbers Stages, int LongLived, int Untimed, [property: JsonConverter(typeof(Word))] string? Tier, string? Reason);

/// <summary>Medians of the stages.</summary>
public sealed record StageNumbers(double? CodingP50Seconds, double? ReviewP50Seconds, double? DeployP50Seconds);

/// <summary>A share of the deployments.</summary>
public sealed record RateNumber(
    int N, int Count, double? Ratio, int? Unattributed, [property: JsonConverter(typeof(Word))] string? Tier, string? Reason);

/// <summary>How long failed deployments hurt.</summary>
public sealed record RecoveryNumber(Spread Time, int Open, double? ExposureP50Seconds, double? DetectionP50Seconds,
    [property: JsonConverter(typeof(Word))] string? Tier, string? Reason);

/// <summary>How long the default branch was red.</summary>
public sealed record RedNumber(Spread Mttr, double RedSeconds, DateTimeOffset? RedSince, string? Reason);

/// <summary>The score of dora.dev's Quick Check.</summary>
public sealed record QuickCheck(
    double? LeadTime, double? DeploymentFrequency, double? Recovery, double? ChangeFailure, double? Rework, double? Score);

/// <summary>What the old reports counted.</summary>
public sealed record ClassicNumbers(double MergesPerDay, double CiJobsPerDay, Spread LeadTimeToMerge);

/// <summary>One week.</summary>
public sealed record DoraWeek(DateOnly Monday, int Deployments, int Rework, int Failed, int Changes,
    double? LeadTimeP50Seconds, int Recovered, double? RecoveryP50Seconds);

/// <summary>How the builds of one repository went.</summary>
public sealed record CiReport
{
    public required string Rid { get; init; }
    public string? Name { get; init; }

    public required DateTimeOffset From { get; init; }
    public required DateTimeOffset To { get; init; }
    public required AsOf AsOf { get; init; }
    public required string Zone { get; init; }

    public required int Builds { get; init; }
    public required Share Success { get; init; }
    public required Share Before { get; init; }
    public required Share LastDay { get; init; }
    public required Share LastTen { get; init; }

    public required double Target { get; init; }
    public required double Stretch { get; init; }

    public required Share Commits { get; init; }
    public required int FlakyCommits { get; init; }

    public required Spread Duration { get; init; }
    public required Spread Wait { get; init; }
    public required RedNumber DefaultBranch { get; init; }

    public required IReadOnlyList<Named> Categories { get; init; }
    public required IReadOnlyList<Named> Steps { get; init; }
    public required IReadOnlyList<CiDay> Daily { get; init; }
}

/// <summary>A share; the ratio of none is null.</summary>
public sealed record Share(int N, int Passed, double? Ratio);

/// <summary>A count with its name.</summary>
public sealed record Named(string Name, int Count);

/// <summary>One day of builds.</summary>
public sealed record CiDay(DateOnly Day, int Passed, int Failed, int Other);

/// <summary>A deployment as it is reported; what is null is usual.</summary>
public sealed record DeploymentReport
{
    public required string Rid { get; init; }
    public required string Commit { get; init; }
    public string? Id { get; init; }

    public string? Environment { get; init; }
    public IReadOnlyList<string>? Patches { get; init; }
    public bool? Succeeded { get; init; }
    [JsonConverter(typeof(Word))] public string? Kind { get; init; }
    public string? RolloutId { get; init; }
    public string? Remediates { get; init; }

    public DateTimeOffset? At { get; init; }
    public string? DeploymentId { get; init; }
}

/// <summary>A failure as it is reported.</summary>
public sealed record FailureReport(
    string Rid, string? Id, string? DeploymentId, string? Title, DateTimeOffset? StartedAt, DateTimeOffset? At, string? FailureId = null);

/// <summary>What is said of a known failure.</summary>
public sealed record FailureTransition(DateTimeOffset? At, string? By, string? Reason);

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
    string Deployment, IReadOnlyList<KnownFailure> Failures, double? RecoverySeconds = null, bool Open = false,
    DateTimeOffset? RecoveredAt = null);

/// <summary>A failure; <c>OpenSince</c> is null when it is over.</summary>
public sealed record KnownFailure(
    string Id, string? Title, DateTimeOffset StartedAt, DateTimeOffset? OpenSince, bool Inferred, string? RecoveredBy);

/// <summary>Every node of the mesh as every other sees it.</summary>
public sealed record MeshMatrix(IReadOnlyList<MeshMember> Nodes, IReadOnlyList<MeshPair> Pairs);

/// <summary>A node of the mesh; <c>SilentSeconds</c> is null while it reports.</summary>
public sealed record MeshMember(
    string Name, string Node, string Alias, string Version, DateTimeOffset ReceivedAt, double? SilentSeconds, bool IsUp,
    double ClockSkewSeconds, DateTimeOffset? KeyExpiry, IReadOnlyList<MeshProblem> Problems, IReadOnlyList<string> Violations);

/// <summary>Something that is not fine on a node's machine.</summary>
public sealed record MeshProblem(string Name, string State, string Text, double? Value, string? Next);

/// <summary>What one node says of another, and what mends it; <c>NextOn</c> is the node where <c>Next</c> is to be typed.</summary>
public sealed record MeshPair(
    string From, string To, [property: JsonConverter(typeof(Word))] string State, double? RttSeconds, DateTimeOffset? LastHandshake,
    bool? RefsEqual, IReadOnlyList<string> Behind, bool Asymmetric, string? Cause, string? NextOn, string? Next)
{
    /// <summary>It does not work, or nobody says whether it does.</summary>
    [JsonIgnore]
    public bool IsFailing => State is "failing" or "silent";
}
