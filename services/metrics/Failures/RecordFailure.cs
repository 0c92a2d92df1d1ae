using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Failures;

/// <summary>
/// Records what is reported of failures, and passes on to other services what is new. The end of one may be reported before its
/// beginning; the same words again change nothing.
/// </summary>
public static class RecordFailureHandler
{
    /// <summary>A failure that is reported so often is a loop of somebody.</summary>
    private const int MostReports = 1000;

    /// <summary>It was noticed.</summary>
    public static (Events, FailureDetected?) Handle(
        FailureDetected m, [WriteAggregate(FromMethod = nameof(KeyOfFailureDetected), Required = false)] ReportedFailure? failure)
        => Decide(m, failure, new FailureEvent.Detected(
            m.Rid, PlainText.Of(m.FailureId), Text(m.DeploymentId), Text(m.Title), m.StartedAt, m.At));

    /// <summary>It is over.</summary>
    public static (Events, FailureRecovered?) Handle(
        FailureRecovered m, [WriteAggregate(FromMethod = nameof(KeyOfFailureRecovered), Required = false)] ReportedFailure? failure)
        => Decide(m, failure, new FailureEvent.Recovered(m.Rid, PlainText.Of(m.FailureId), Text(m.By), m.At));

    /// <summary>It is back.</summary>
    public static Events Handle(
        FailureReopened m, [WriteAggregate(FromMethod = nameof(KeyOfFailureReopened), Required = false)] ReportedFailure? failure)
        => Decide(m, failure, new FailureEvent.Reopened(m.Rid, PlainText.Of(m.FailureId), m.At)).Events;

    /// <summary>It was none.</summary>
    public static Events Handle(
        FailureDismissed m, [WriteAggregate(FromMethod = nameof(KeyOfFailureDismissed), Required = false)] ReportedFailure? failure)
        => Decide(m, failure, new FailureEvent.Dismissed(m.Rid, PlainText.Of(m.FailureId), Text(m.Reason), m.At)).Events;

    /// <summary>The failure's stream.</summary>
    public static string KeyOfFailureDetected(FailureDetected m) => ReportedFailure.StreamKey(m.Rid, PlainText.Of(m.FailureId));

    /// <inheritdoc cref="KeyOfFailureDetected"/>
    public static string KeyOfFailureRecovered(FailureRecovered m) => ReportedFailure.StreamKey(m.Rid, PlainText.Of(m.FailureId));

    /// <inheritdoc cref="KeyOfFailureDetected"/>
    public static string KeyOfFailureReopened(FailureReopened m) => ReportedFailure.StreamKey(m.Rid, PlainText.Of(m.FailureId));

    /// <inheritdoc cref="KeyOfFailureDetected"/>
    public static string KeyOfFailureDismissed(FailureDismissed m) => ReportedFailure.StreamKey(m.Rid, PlainText.Of(m.FailureId));

    private static (Events Events, T? News) Decide<T>(T message, ReportedFailure? failure, FailureEvent e)
        where T : class
        => failure is not null && (failure.Reports.Contains(e) || failure.Reports.Count >= MostReports) ? ([], null) : ([e], message);

    private static string? Text(string? text) => text is null ? null : PlainText.Of(text);
}
