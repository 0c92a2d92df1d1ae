using Auxo.EventStore.Projections;

namespace Auxo.EventStore;

/// <summary>One stream of a unit of work: what is known of it and what will be appended.</summary>
internal sealed class StreamAction(string key)
{
    public string Key { get; } = key;
    public string? Type { get; set; }

    /// <summary>The version it must have when saved; null: any.</summary>
    public long? Expected { get; set; }

    public List<object> Events { get; } = [];

    /// <summary>The projection whose state is known, so that a snapshot can be computed before the save.</summary>
    public Projection? Fetched { get; set; }

    public object? State { get; set; }
}

/// <inheritdoc cref="IEventStream{T}"/>
internal sealed class EventStream<T>(StreamAction action, EventOptions events) : IEventStream<T>
    where T : class
{
    public T? Aggregate => (T?)action.State;
    public string Key => action.Key;
    public long StartingVersion => action.Expected!.Value;
    public long CurrentVersion => StartingVersion + action.Events.Count;
    public IReadOnlyList<object> Events => action.Events;

    public void AppendOne(object @event)
    {
        _ = events.For(@event);
        action.Events.Add(@event);
    }

    public void AppendMany(params IEnumerable<object> events)
    {
        foreach (var @event in events) AppendOne(@event);
    }
}

/// <summary>Reads and writes of streams.</summary>
internal sealed class EventOperations(DocumentStore store, DocumentSession session) : QueryEventStore(store), IEventStore
{
    private readonly SortedDictionary<string, StreamAction> _streams = new(StringComparer.Ordinal);

    /// <summary>The streams with new events, in the order of their keys: the order in which all sessions lock them.</summary>
    public IReadOnlyList<StreamAction> Pending => [.. _streams.Values.Where(stream => stream.Events.Count > 0)];

    public void StartStream<T>(string key, params object[] events)
        where T : class
    {
        if (events.Length == 0) throw new ArgumentException($"The stream {key} must start with an event.", nameof(events));
        if (_streams.TryGetValue(key, out var known)
            && (known.Events.Count > 0 || known.Expected > 0)) throw new ExistingStreamIdCollisionException(key);
        var stream = _streams[key] = new StreamAction(key) { Type = typeof(T).Name, Expected = 0 };
        Add(stream, events);
    }

    public void Append(string key, params object[] events)
    {
        if (!_streams.TryGetValue(key, out var stream)) _streams[key] = stream = new StreamAction(key);
        Add(stream, events);
    }

    public async Task<IEventStream<T>> FetchForWriting<T>(string key, CancellationToken ct)
        where T : class
    {
        if (_streams.TryGetValue(key, out var known) && known.Events.Count > 0)
            throw new InvalidOperationException($"The stream {key} has unsaved events in this session; save them before it is fetched.");
        var aggregate = Store.Aggregate<T>();
        await using var command = Store.Source.CreateCommand(LatestSql(aggregate));
        command.Parameters.Add(new() { Value = key });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var latest = await ReadLatestAsync(reader, aggregate, ct);
        var stream = _streams[key] = new StreamAction(key) { Expected = latest.Version, Fetched = aggregate, State = latest.State };
        return new EventStream<T>(stream, Store.Options.Events);
    }

    public async Task WriteToAggregate<T>(string key, Action<IEventStream<T>> write, CancellationToken ct)
        where T : class
    {
        write(await FetchForWriting<T>(key, ct));
        await session.SaveChangesAsync(ct);
    }

    /// <summary>After a commit: a stream that somebody still holds goes on from where it is now.</summary>
    public void Saved(IReadOnlyList<StreamAppend> appended)
    {
        foreach (var append in appended)
        {
            var stream = _streams[append.Key];
            stream.Events.Clear();
            if (stream.Fetched is { } projection)
            {
                stream.State = append.Events.Aggregate(stream.State, (state, e) => projection.Apply(state, e));
                stream.Expected += append.Events.Count;
            }
            else
            {
                _streams.Remove(append.Key);
            }
        }
    }

    private void Add(StreamAction stream, object[] events)
    {
        foreach (var @event in events) _ = Store.Options.Events.For(@event);
        stream.Events.AddRange(events);
    }
}
