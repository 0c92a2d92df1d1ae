namespace Auxo.EventStore;

/// <summary>A stored event with its metadata.</summary>
public interface IEvent
{
    /// <summary>The event's own id.</summary>
    Guid Id { get; }

    /// <summary>Its position in the whole store: the only order (time is not).</summary>
    long Sequence { get; }

    /// <summary>Its position in its stream, from 1.</summary>
    long Version { get; }

    /// <summary>Its stream.</summary>
    string StreamKey { get; }

    /// <summary>The stored name, such as <c>build_finished</c>.</summary>
    string EventTypeName { get; }

    /// <summary>The event.</summary>
    object Data { get; }

    /// <summary>When it was appended, by the database's clock.</summary>
    DateTimeOffset Timestamp { get; }

    /// <summary>The trace id of the push that began it all; null outside of any trace.</summary>
    string? CorrelationId { get; }

    /// <summary>The message or request that caused it.</summary>
    string? CausationId { get; }
}

/// <inheritdoc cref="IEvent"/>
public interface IEvent<out T> : IEvent
{
    /// <inheritdoc cref="IEvent.Data"/>
    new T Data { get; }
}

/// <summary>What is known of a stream without reading its events.</summary>
public sealed record StreamState(string Key, long Version, DateTimeOffset Created, DateTimeOffset LastTimestamp);

/// <summary>Another writer appended first. Nothing of this save was written; decide again on fresh state.</summary>
public class ConcurrencyException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A stream that was to be started exists already. For streams whose key says what they are, that is the dedupe.</summary>
public sealed class ExistingStreamIdCollisionException(string key)
    : ConcurrencyException($"The stream {key} exists already.")
{
    /// <summary>The stream's key.</summary>
    public string Key { get; } = key;
}
