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

/// <summary>A message of another group than the one it would have by default.</summary>
/// <param name="Message">The message.</param>
/// <param name="GroupId">Messages of one group reach each subscriber in the order of their commits.</param>
public sealed record GroupedMessage(object Message, string GroupId);

/// <summary>Words for messages.</summary>
public static class MessageExtensions
{
    /// <summary>Send this in that group; see <see cref="GroupedMessage"/>.</summary>
    public static GroupedMessage InGroup(this object message, string groupId) => new(message, groupId);

    /// <summary>Handle this after <paramref name="delay"/>.</summary>
    public static DelayedMessage DelayedFor(this object message, TimeSpan delay) => new(message, delay);
}

/// <summary>What a handler's <c>Validate</c> says.</summary>
public enum HandlerContinuation
{
    /// <summary>Go on to <c>Handle</c>.</summary>
    Continue,

    /// <summary>There is nothing to do: the message counts as handled.</summary>
    Stop,
}

/// <summary>
/// The handler works on an aggregate: its <c>Handle</c> parameter that has <c>Create</c> or <c>Apply</c> methods is fetched for
/// writing, and returned <see cref="Events"/> are appended to its stream. The stream is the handler's <c>static string
/// StreamKey(message)</c>; or else the aggregate's <c>static string StreamKey(id)</c> applied to the message's
/// <c>{Aggregate}Id</c>; or that property itself when it is a string. A nullable parameter is null while the stream does not
/// exist; otherwise that is an <see cref="UnknownStreamException"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class AggregateHandlerAttribute : Attribute;

/// <summary>
/// Handling a message twice does no harm, so its acknowledgements may be gathered and written together after the handlers' own
/// commits. Quicker, but after a crash or a lost connection the last few messages are handled again.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class IdempotentHandlerAttribute : Attribute;

/// <summary>A message named a stream that does not exist (yet).</summary>
public sealed class UnknownStreamException(string key) : Exception($"There is no stream {key}.")
{
    /// <summary>The stream's key.</summary>
    public string Key { get; } = key;
}
