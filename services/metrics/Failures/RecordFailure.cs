using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Failures;

/// <summary>
/// Records what is told of failures. The end of one may be told before its beginning; the same words again change nothing.
/// </summary>
[AggregateHandler]
public static class RecordFailureHandler
{
    /// <summary>A failure that is told of so often is a loop of somebody.</summary>
    private const int LongestStory = 1000;

    /// <summary>It was noticed.</summary>
    public static Events Handle(FailureDetected m, Failure? failure)
        => Decide(failure, new FailureEvent.Detected(
            m.Rid, PlainText.Of(m.FailureId), Text(m.DeploymentId), Text(m.Title), m.StartedAt, m.At));

    /// <summary>It is over.</summary>
    public static Events Handle(FailureRecovered m, Failure? failure)
        => Decide(failure, new FailureEvent.Recovered(m.Rid, PlainText.Of(m.FailureId), Text(m.By), m.At));

    /// <summary>It is back.</summary>
    public static Events Handle(FailureReopened m, Failure? failure)
        => Decide(failure, new FailureEvent.Reopened(m.Rid, PlainText.Of(m.FailureId), m.At));

    /// <summary>It was none.</summary>
    public static Events Handle(FailureDismissed m, Failure? failure)
        => Decide(failure, new FailureEvent.Dismissed(m.Rid, PlainText.Of(m.FailureId), Text(m.Reason), m.At));

    /// <summary>The failure's stream.</summary>
    public static string StreamKey(FailureDetected m) => Failure.StreamKey(m.Rid, PlainText.Of(m.FailureId));

    /// <inheritdoc cref="StreamKey(FailureDetected)"/>
    public static string StreamKey(FailureRecovered m) => Failure.StreamKey(m.Rid, PlainText.Of(m.FailureId));

    /// <inheritdoc cref="StreamKey(FailureDetected)"/>
    public static string StreamKey(FailureReopened m) => Failure.StreamKey(m.Rid, PlainText.Of(m.FailureId));

    /// <inheritdoc cref="StreamKey(FailureDetected)"/>
    public static string StreamKey(FailureDismissed m) => Failure.StreamKey(m.Rid, PlainText.Of(m.FailureId));

    private static Events Decide(Failure? failure, FailureEvent e)
        => failure is not null && (failure.Story.Contains(e) || failure.Story.Count >= LongestStory) ? [] : [e];

    private static string? Text(string? text) => text is null ? null : PlainText.Of(text);
}
