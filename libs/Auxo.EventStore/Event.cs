using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Auxo.EventStore;

/// <summary>An event with its metadata; position, version and time are filled in when it is stored.</summary>
internal abstract class Event : IEvent
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public long Sequence { get; set; }
    public long Version { get; set; }
    public required string StreamKey { get; init; }
    public required EventMapping Mapping { get; init; }
    public string EventTypeName => Mapping.Name;
    public DateTimeOffset Timestamp { get; set; }
    public string? CorrelationId { get; set; }
    public string? CausationId { get; set; }
    object IEvent.Data => Untyped;

    protected abstract object Untyped { get; }
}

internal sealed class Event<T>(T data) : Event, IEvent<T>
    where T : notnull
{
    public T Data { get; } = data;
    protected override object Untyped => Data;
}

/// <summary>How one type of event is named and written. The name is what is stored, for ever.</summary>
internal abstract class EventMapping(string name, Type type)
{
    public string Name { get; } = name;
    public Type Type { get; } = type;

    public abstract Event Wrap(string streamKey, object data);
    public abstract byte[] Write(object data);
    public abstract Event Read(string streamKey, ReadOnlySpan<byte> json);
}

internal sealed class EventMapping<T>(string name, JsonTypeInfo<T> json) : EventMapping(name, typeof(T))
    where T : notnull
{
    public override Event Wrap(string streamKey, object data) => new Event<T>((T)data) { StreamKey = streamKey, Mapping = this };

    public override byte[] Write(object data) => JsonSerializer.SerializeToUtf8Bytes((T)data, json);

    public override Event Read(string streamKey, ReadOnlySpan<byte> utf8)
        => new Event<T>(JsonSerializer.Deserialize(utf8, json) ?? throw new JsonException($"A stored {Name} is null."))
        {
            StreamKey = streamKey, Mapping = this,
        };
}

/// <summary>An old name or shape of an event that is turned into today's when it is read; it is never written.</summary>
internal sealed class Upcaster<TOld, TNew>(string name, JsonTypeInfo<TOld> json, Func<TOld, TNew> upcast) : EventMapping(name, typeof(TNew))
    where TNew : notnull
{
    public override Event Wrap(string streamKey, object data) => throw new NotSupportedException($"{Name} is only read, never written.");

    public override byte[] Write(object data) => throw new NotSupportedException($"{Name} is only read, never written.");

    public override Event Read(string streamKey, ReadOnlySpan<byte> utf8)
    {
        var old = JsonSerializer.Deserialize(utf8, json) ?? throw new JsonException($"A stored {Name} is null.");
        return new Event<TNew>(upcast(old)) { StreamKey = streamKey, Mapping = this };
    }
}

/// <summary>
/// The store holds an event whose type this program does not know: it was written by a newer version, or its mapping was removed.
/// </summary>
public sealed class UnknownEventTypeException(string eventTypeName, string streamKey, long sequence)
    : Exception($"The event type '{eventTypeName}' (stream {streamKey}, position {sequence}) is not known to this program: "
        + "map it with MapEventType or Upcast, or start the version that wrote it.")
{
    /// <summary>The stored name.</summary>
    public string EventTypeName { get; } = eventTypeName;
}
