namespace Auxo.Messaging;

/// <summary>A message on its way to one queue, with what is known about it.</summary>
/// <param name="Id">The same for every subscriber, and for every repeat of the same sending.</param>
/// <param name="MessageType">The written-out name, such as <c>build_finished</c>.</param>
/// <param name="GroupId">Messages of one group are handled in order; null when order does not matter.</param>
/// <param name="CorrelationId">The trace id of what began it all.</param>
/// <param name="CausationId">The envelope or request that caused this one.</param>
/// <param name="TraceParent">W3C trace context of the sender.</param>
/// <param name="SentAt">By the sender's clock.</param>
/// <param name="Attempts">How often handling it has failed so far.</param>
public sealed record Envelope(
    Guid Id, string MessageType, string? GroupId, string? CorrelationId, string? CausationId, string? TraceParent,
    DateTimeOffset SentAt, int Attempts);

/// <summary>An envelope as it lies in the queue.</summary>
/// <param name="Seq">Its place in the order of sending.</param>
/// <param name="Lane">The lane of its group.</param>
/// <param name="Body">The message as UTF-8 JSON.</param>
/// <param name="Envelope">The rest.</param>
/// <param name="Deaths">How many processes have ended while they handled it.</param>
internal sealed record QueuedEnvelope(long Seq, short Lane, byte[] Body, Envelope Envelope, int Deaths)
{
    /// <summary>
    /// True when it waited already when this process took its lane: it may have been in the hands of a process that died.
    /// </summary>
    public bool IsSuspect { get; init; }

    /// <summary>What is handled in order: the group, or the message alone when it has none.</summary>
    public string Chain => Envelope.GroupId is { } group ? "g" + group : "m" + Envelope.Id.ToString("N");
}
