using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Auxo.Messaging;

/// <summary>Spans and figures of the bus: source and meter <c>Auxo.Messaging</c>.</summary>
internal static class MessagingTelemetry
{
    private const string Name = "Auxo.Messaging";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "auxo_message_handling_seconds", "s", "Time of one attempt to handle a message, saving included.");
    private static readonly Counter<long> Dead = Meter.CreateCounter<long>("auxo_dead_letters", description: "Messages given up on.");

    /// <summary>
    /// The span of a handling, child of the sender's. It is made even where nobody collects spans, because the trace id is also
    /// the correlation id of everything that follows.
    /// </summary>
    public static Activity Start(Envelope envelope)
    {
        var name = "handle " + envelope.MessageType;
        var activity = Source.CreateActivity(name, ActivityKind.Consumer, envelope.TraceParent) ?? Bare(name, envelope);
        return activity.SetTag("messaging.message.id", envelope.Id).SetTag("messaging.attempt", envelope.Attempts + 1).Start();
    }

    public static void Handled(Envelope envelope, TimeSpan elapsed, string result)
        => Duration.Record(elapsed.TotalSeconds, new("message", envelope.MessageType), new("result", result));

    public static void Buried(Envelope envelope) => Dead.Add(1, new KeyValuePair<string, object?>("message", envelope.MessageType));

    private static Activity Bare(string name, Envelope envelope)
    {
        var activity = new Activity(name).SetIdFormat(ActivityIdFormat.W3C);
        return envelope.TraceParent is null ? activity : activity.SetParentId(envelope.TraceParent);
    }
}
