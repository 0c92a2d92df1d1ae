using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Deployments;

/// <summary>
/// What was reported of one deployment. Stored in stream <c>deployment/{rid}/{id}</c>, so that starting the stream is the
/// dedupe. Deployments by policy (a passed build of the default branch) are not stored: they follow from the builds, whatever
/// the policy is at the moment.
/// </summary>
public abstract record DeploymentEvent
{
    private DeploymentEvent()
    {
    }

    /// <summary>It was done, or its attempt failed.</summary>
    /// <param name="Rid">The repository.</param>
    /// <param name="DeploymentId">Its name, unique in the repository.</param>
    /// <param name="Environment">Where to.</param>
    /// <param name="Commit">What is live afterwards.</param>
    /// <param name="Patches">The patches it brings; empty lets the history of the default branch say it.</param>
    /// <param name="Succeeded">False for an attempt that never went live.</param>
    /// <param name="Kind">What for.</param>
    /// <param name="RolloutId">The same for the parts of one rollout.</param>
    /// <param name="Remediates">The failure that it repairs.</param>
    /// <param name="At">When.</param>
    public sealed record Deployed(
        Rid Rid, string DeploymentId, string Environment, CommitId Commit, IReadOnlyList<PatchId> Patches,
        bool Succeeded, DeploymentKind Kind, string? RolloutId,
        string? Remediates, DateTimeOffset At) : DeploymentEvent, IRecordedFact;
}

/// <summary>A reported deployment.</summary>
public sealed record Deployment
{
    /// <summary>The key of its stream.</summary>
    public string Id { get; init; } = "";

    /// <summary>The report; the first one counts.</summary>
    public required DeploymentEvent.Deployed Report { get; init; }

    /// <summary>Its stream.</summary>
    public static string StreamKey(Rid rid, string id) => $"deployment/{rid}/{id}";

    /// <summary>From its report.</summary>
    public static Deployment Create(DeploymentEvent.Deployed e) => new() { Report = e };
}
