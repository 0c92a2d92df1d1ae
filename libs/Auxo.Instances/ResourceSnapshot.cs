using System.Text.Json.Serialization;

namespace Auxo.Instances;

/// <summary>Where a resource is in its life; the names are Aspire's.</summary>
public enum ResourceState
{
    /// <summary>Nobody asked for it yet, or it was stopped by hand.</summary>
    NotStarted,

    /// <summary>It waits for what it needs.</summary>
    Waiting,

    /// <summary>It was started and has not said yet that it is healthy.</summary>
    Starting,

    /// <summary>Running and healthy.</summary>
    Running,

    /// <summary>Running, but its health check fails.</summary>
    RuntimeUnhealthy,

    /// <summary>It was asked to end.</summary>
    Stopping,

    /// <summary>It ended after it had run; it is started again after a pause, unless it was stopped.</summary>
    Exited,

    /// <summary>It never became healthy; it is tried again after a pause.</summary>
    FailedToStart,

    /// <summary>It has done its work, once for this start.</summary>
    Finished,
}

/// <summary>A resource as it is at one moment; never changes, is replaced.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind"><c>project</c>, <c>postgres</c>, <c>database</c> or <c>executable</c>.</param>
/// <param name="State">Where it is in its life.</param>
/// <param name="Pid">Its process, or null when it has none (now, or of our own).</param>
/// <param name="Urls">Where it answers.</param>
/// <param name="Restarts">How often it was started again after it ended by itself.</param>
/// <param name="Since">When it came to this state.</param>
/// <param name="Reason">Why it is in this state, for people; null where the state says all.</param>
public sealed record ResourceSnapshot(
    string Name, string Kind, ResourceState State, int? Pid, IReadOnlyList<string> Urls, int Restarts,
    DateTimeOffset Since, string? Reason)
{
    /// <summary>Running and healthy, or done.</summary>
    [JsonIgnore]
    public bool IsWell => State is ResourceState.Running or ResourceState.Finished;
}
