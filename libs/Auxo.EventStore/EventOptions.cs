using System.Text.Json.Serialization.Metadata;

namespace Auxo.EventStore;

/// <summary>The events of a service: their stored names and how they are written.</summary>
public sealed class EventOptions
{
    private readonly Dictionary<Type, EventMapping> _byType = [];
    private readonly Dictionary<string, EventMapping> _byName = new(StringComparer.Ordinal);

    /// <summary>The stored names of all events, those only read included.</summary>
    public IReadOnlyCollection<string> Names => _byName.Keys;

    internal IReadOnlyCollection<Type> Types => _byType.Keys;

    /// <summary>
    /// Events of type <typeparamref name="T"/> are stored under <paramref name="name"/>. It is written out, never derived from
    /// the type, so that a rename in the code cannot corrupt a database.
    /// </summary>
    public EventOptions MapEventType<T>(string name, JsonTypeInfo<T> json)
        where T : notnull
    {
        var mapping = new EventMapping<T>(name, json);
        if (!_byType.TryAdd(typeof(T), mapping)) throw new InvalidOperationException($"{typeof(T)} is mapped twice.");
        AddName(mapping);
        return this;
    }

    /// <summary>Stored events named <paramref name="name"/>, of an older shape, are read as <typeparamref name="TNew"/>.</summary>
    public EventOptions Upcast<TOld, TNew>(string name, JsonTypeInfo<TOld> json, Func<TOld, TNew> upcast)
        where TNew : notnull
    {
        AddName(new Upcaster<TOld, TNew>(name, json, upcast));
        return this;
    }

    /// <summary>The event that a stored text means: what a read of the store gives, without the store.</summary>
    /// <exception cref="UnknownEventTypeException">No event of that name is mapped.</exception>
    public object Read(string name, ReadOnlySpan<byte> json) => ((IEvent)ByName(name, "", 0).Read("", json)).Data;

    internal EventMapping For(object data)
        => _byType.TryGetValue(data.GetType(), out var mapping)
            ? mapping
            : throw new InvalidOperationException(
                $"{data.GetType()} is no mapped event: add o.Events.MapEventType<…>(\"its_name\", …) to the options.");

    internal EventMapping ByName(string name, string streamKey, long sequence)
        => _byName.TryGetValue(name, out var mapping) ? mapping : throw new UnknownEventTypeException(name, streamKey, sequence);

    private void AddName(EventMapping mapping)
    {
        if (!_byName.TryAdd(mapping.Name, mapping)) throw new InvalidOperationException(
            $"The event name '{mapping.Name}' is mapped twice.");
    }
}
