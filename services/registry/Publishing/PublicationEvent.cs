using JasperFx.Events;

namespace Auxo.Registry.Publishing;

/// <summary>What can happen to the files of one build. Stored in stream <c>publication/{build}</c>.</summary>
public abstract record PublicationEvent
{
    private PublicationEvent()
    {
    }

    /// <summary>A trusted author's build passed and kept files: they are to be fetched from the pipeline.</summary>
    /// <param name="Subject">What was built.</param>
    /// <param name="Files">What it kept.</param>
    /// <param name="StartedAt">When its first step began; null when none did.</param>
    /// <param name="FinishedAt">When it ended.</param>
    /// <param name="At">When.</param>
    public sealed record Requested(BuildSubject Subject, IReadOnlyList<BuildArtifact> Files, DateTimeOffset? StartedAt,
        DateTimeOffset FinishedAt, DateTimeOffset At) : PublicationEvent;

    /// <summary>All files are here and will be the same forever.</summary>
    /// <param name="Channel"><c>latest</c> when it was the newest of the default branch at that moment.</param>
    /// <param name="At">When.</param>
    public sealed record Published(string? Channel, DateTimeOffset At) : PublicationEvent;

    /// <summary>They cannot be had, and nobody tries again.</summary>
    /// <param name="Reason">One line for people.</param>
    /// <param name="At">When.</param>
    public sealed record Failed(string Reason, DateTimeOffset At) : PublicationEvent;

    /// <summary>They were cleaned up; where they came from stays known.</summary>
    /// <param name="Reason">The rule by which.</param>
    /// <param name="By">Who asked for the cleaning; null when it was the hourly one.</param>
    /// <param name="At">When.</param>
    public sealed record Expired(string Reason, string? By, DateTimeOffset At) : PublicationEvent;
}

/// <summary>Where the files of a build stand.</summary>
public enum PublicationState
{
    /// <summary>They are being fetched.</summary>
    Waiting,

    /// <summary>They are here.</summary>
    Published,

    /// <summary>They cannot be had.</summary>
    Failed,

    /// <summary>They were cleaned up.</summary>
    Expired,
}

/// <summary>The files of one build, folded from their events; kept as a document in the same transaction.</summary>
public sealed record Publication(
    BuildSubject Subject, IReadOnlyList<BuildArtifact> Files, DateTimeOffset? StartedAt, DateTimeOffset FinishedAt)
{
    /// <summary>The key of its stream.</summary>
    public string Id { get; init; } = "";

    /// <summary>The correlation id of the push; null for files from before it was kept.</summary>
    public string? TraceId { get; init; }

    /// <summary>Where they stand.</summary>
    public PublicationState State { get; init; }

    /// <summary>When they were all here.</summary>
    public DateTimeOffset? PublishedAt { get; init; }

    /// <summary>Why they are not, or no longer, to be had.</summary>
    public string? Reason { get; init; }

    /// <summary>The stream of a build's files.</summary>
    public static string StreamKey(Guid buildId) => $"publication/{buildId}";

    /// <summary>The first event.</summary>
    public static Publication Create(IEvent<PublicationEvent.Requested> e)
        => new(e.Data.Subject, e.Data.Files, e.Data.StartedAt, e.Data.FinishedAt) { TraceId = e.CorrelationId };

    /// <summary>They are here.</summary>
    public Publication Apply(PublicationEvent.Published e)
        => this with { State = PublicationState.Published, PublishedAt = e.At, Reason = null };

    /// <summary>They cannot be had.</summary>
    public Publication Apply(PublicationEvent.Failed e) => this with { State = PublicationState.Failed, Reason = e.Reason };

    /// <summary>They are gone.</summary>
    public Publication Apply(PublicationEvent.Expired e) => this with { State = PublicationState.Expired, Reason = e.Reason };
}
