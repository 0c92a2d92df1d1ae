using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Failures;

/// <summary>What happened to one failure of what is live. Stored in stream <c>failure/{rid}/{id}</c>.</summary>
public abstract record FailureEvent
{
    private FailureEvent()
    {
    }

    /// <summary>It was noticed, or more of it became known.</summary>
    /// <param name="Rid">The repository.</param>
    /// <param name="FailureId">Its name, unique in the repository.</param>
    /// <param name="DeploymentId">The deployment that caused it; null when none did or nobody knows.</param>
    /// <param name="Title">One line for people.</param>
    /// <param name="StartedAt">When it began, where that is known.</param>
    /// <param name="At">When it was noticed.</param>
    public sealed record Detected(Rid Rid, string FailureId, string? DeploymentId, string? Title,
        DateTimeOffset? StartedAt, DateTimeOffset At) : FailureEvent, IRecordedFact;

    /// <summary>People are served again.</summary>
    /// <param name="Rid">The repository.</param>
    /// <param name="FailureId">Which failure.</param>
    /// <param name="By">Who or what did it.</param>
    /// <param name="At">When.</param>
    public sealed record Recovered(Rid Rid, string FailureId, string? By, DateTimeOffset At) : FailureEvent, IRecordedFact;

    /// <summary>It is back.</summary>
    /// <param name="Rid">The repository.</param>
    /// <param name="FailureId">Which failure.</param>
    /// <param name="At">When.</param>
    public sealed record Reopened(Rid Rid, string FailureId, DateTimeOffset At) : FailureEvent, IRecordedFact;

    /// <summary>It was none.</summary>
    /// <param name="Rid">The repository.</param>
    /// <param name="FailureId">Which failure.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="At">When that was found.</param>
    public sealed record Dismissed(Rid Rid, string FailureId, string? Reason, DateTimeOffset At) : FailureEvent, IRecordedFact;
}

/// <summary>What is recorded of one failure; in the order in which it came, which is not the order in which it happened.</summary>
public sealed record ReportedFailure
{
    /// <summary>The key of its stream.</summary>
    public string Id { get; init; } = "";

    /// <summary>Everything so far.</summary>
    public IReadOnlyList<FailureEvent> Reports { get; init; } = [];

    /// <summary>Its stream.</summary>
    public static string StreamKey(Rid rid, string id) => $"failure/{rid}/{id}";

    /// <summary>The state after one more event.</summary>
    public ReportedFailure Apply(FailureEvent e) => this with { Reports = [.. Reports, e] };
}
