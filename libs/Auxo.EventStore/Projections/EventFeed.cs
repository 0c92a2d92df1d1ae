namespace Auxo.EventStore.Projections;

/// <summary>The last pages of the daemon's one reader, for all shards.</summary>
internal sealed class EventFeed(int pageSize)
{
    private const int Kept = 8;
    private readonly Lock _lock = new();
    private readonly Queue<EventPage> _pages = new();
    private readonly Signal _released = new();
    private long _position;

    /// <summary>Everything up to here is final.</summary>
    public long Position => Interlocked.Read(ref _position);

    public void Start(long position)
    {
        lock (_lock) _pages.Clear();
        Interlocked.Exchange(ref _position, position);
    }

    public void Publish(EventPage page)
    {
        lock (_lock)
        {
            _pages.Enqueue(page);
            if (_pages.Count > Kept) _pages.Dequeue();
        }

        Interlocked.Exchange(ref _position, page.To);
    }

    /// <summary>The page that goes on from <paramref name="position"/>, if it is still held.</summary>
    public EventPage? TryGet(long position)
    {
        lock (_lock)
        {
            foreach (var page in _pages)
            {
                if (page.From <= position && position < page.To) return page.From == position
                    ? page
                    : page with { From = position, Events = [.. page.Events.Where(e => e.Sequence > position)] };
            }
        }

        return null;
    }

    /// <summary>Whether a page would be dropped that a working shard has still to take.</summary>
    public bool IsFull(IEnumerable<ProjectionShard> shards)
    {
        lock (_lock)
        {
            if (_pages.Count < Kept) return false;
            var oldest = _pages.Peek();
            return shards.Any(shard => shard.Error is null && shard.Position >= oldest.From && shard.Position < oldest.To);
        }
    }

    /// <summary>A shard has moved, or given up for now.</summary>
    public void Released() => _released.Set();

    public Task WhenReleasedAsync(CancellationToken ct) => _released.WaitAsync(ct);

    /// <summary>A page of what is final, read anew.</summary>
    public async Task<EventPage> LoadAsync(DocumentStore store, long from, long upTo, CancellationToken ct)
    {
        await using var command = store.Source.CreateCommand(
            $"select {QueryEventStore.Columns} from {store.Schema}.mt_events e where e.seq_id > $1 and e.seq_id <= $2 "
                + "order by e.seq_id limit $3");
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = upTo });
        command.Parameters.Add(new() { Value = pageSize });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var events = new List<Event>();
        while (await reader.ReadAsync(ct)) events.Add(QueryEventStore.ReadEvent(reader, store.Options.Events));
        return new EventPage(from, events.Count < pageSize ? upTo : events[^1].Sequence, events);
    }
}
