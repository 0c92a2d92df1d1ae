using Auxo.EventStore;

namespace Auxo.Messaging;

/// <summary>Sends messages outside of a handler (inside one, return them).</summary>
public interface IMessageBus
{
    /// <summary>Runs the local handler of <paramref name="message"/> now, in the caller's flow; its exception is the caller's.</summary>
    Task InvokeAsync(object message, CancellationToken ct);

    /// <summary>Sends to every subscriber in a transaction of its own; there must be one.</summary>
    Task SendAsync(object message, CancellationToken ct, string? groupId = null);

    /// <summary>Sends to every subscriber in a transaction of its own; having none is fine.</summary>
    Task PublishAsync(object message, CancellationToken ct, string? groupId = null);

    /// <summary>
    /// Sends with the next save of <paramref name="session"/>: events and messages commit together or not at all.
    /// </summary>
    /// <param name="session">The unit of work.</param>
    /// <param name="message">A message of <c>Auxo.Contracts</c> or of the own service; may be a <see cref="DelayedMessage"/>.</param>
    /// <param name="groupId">Messages of one group reach each subscriber in the order of their commits; usually the stream key.</param>
    void Publish(IDocumentSession session, object message, string? groupId = null);

    /// <summary>Sends at a later time, in a transaction of its own.</summary>
    Task ScheduleAsync(object message, DateTimeOffset at, CancellationToken ct, string? groupId = null);
}

/// <summary>Events a handler returns, to be appended to its aggregate's stream.</summary>
public sealed class Events : List<object>
{
    /// <summary>None.</summary>
    public Events()
    {
    }

    /// <summary>These.</summary>
    public Events(IEnumerable<object> events)
        : base(events)
    {
    }
}

/// <summary>Messages a handler returns, to be sent with the same commit.</summary>
public sealed class OutgoingMessages : List<object>
{
    /// <summary>None.</summary>
    public OutgoingMessages()
    {
    }

    /// <summary>These.</summary>
    public OutgoingMessages(IEnumerable<object> messages)
        : base(messages)
    {
    }
}

/// <summary>A message that is to be handled later; time is a returned value, not a timer.</summary>
/// <param name="Message">The message.</param>
/// <param name="Delay">How long after the commit.</param>
public sealed record DelayedMessage(object Message, TimeSpan Delay);

/// <summary>Words for messages.</summary>
public static class MessageExtensions
{
    /// <summary>Handle this after <paramref name="delay"/>.</summary>
    public static DelayedMessage DelayedFor(this object message, TimeSpan delay) => new(message, delay);
}

/// <summary>
/// The handler works on an aggregate: its parameter that is a class with events is fetched for writing by the message's <c>{Aggregate}Id</c>
/// or the handler's <c>static string StreamKey(message)</c>, and returned <see cref="Events"/> are appended to it.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class AggregateHandlerAttribute : Attribute;
