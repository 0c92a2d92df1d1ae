namespace Auxo.EventStore;

/// <summary>
/// Appends of many concurrent callers in shared transactions, routed by stream. For streams whose views are all asynchronous; a
/// conflict of one caller is that caller's alone.
/// </summary>
public sealed class GroupedAppends
{
    private readonly DocumentStore _store;
    private readonly GroupCommit<StreamAppend, long> _group;

    /// <summary>One per store and process.</summary>
    public GroupedAppends(DocumentStore store)
    {
        _store = store;
        _group = new(CommitAsync, append => string.GetHashCode(append.Key, StringComparison.Ordinal));
    }

    /// <summary>Appends to a stream and returns its new version.</summary>
    /// <param name="key">The stream.</param>
    /// <param name="expectedVersion">The version it must have; 0: it must not exist; null: any.</param>
    /// <param name="events">At least one.</param>
    /// <param name="ct">Ends the wait; the events may be appended all the same.</param>
    /// <param name="correlationId">Stored with the events.</param>
    /// <exception cref="ConcurrencyException">It is at another version.</exception>
    /// <exception cref="InvalidOperationException">An inline projection concerns these events: use a session.</exception>
    public async Task<long> AppendAsync(
        string key, long? expectedVersion, IReadOnlyList<object> events, CancellationToken ct, string? correlationId = null)
    {
        if (events.Count == 0) throw new ArgumentException("There is nothing to append.", nameof(events));
        var wrapped = events.Select(data =>
        {
            var @event = _store.Options.Events.For(data).Wrap(key, data);
            @event.CorrelationId = correlationId ?? System.Diagnostics.Activity.Current?.TraceId.ToHexString();
            return @event;
        }).ToList();
        if (_store.Inline.FirstOrDefault(projection => events.Any(e => projection.Handles(e.GetType()))) is { } inline)
            throw new InvalidOperationException($"{inline.Name} is an inline projection of these events; append them with a session.");
        var version = await _group.AddAsync(new StreamAppend(key, null, expectedVersion, wrapped), ct);
        return version > 0
            ? version
            : throw new ConcurrencyException($"The stream {key} is not at version {expectedVersion}; decide again on fresh state.");
    }

    private async Task<IReadOnlyList<long>> CommitAsync(IReadOnlyList<StreamAppend> appends, CancellationToken ct)
    {
        // Streams are locked in one order everywhere; calls on one stream keep theirs (the sort is stable).
        var ordered = appends.OrderBy(append => append.Key, StringComparer.Ordinal).ToList();
        await using (var batch = _store.Source.CreateBatch())
        {
            batch.BatchCommands.Add(AppendCommand.For(_store.Schema, ordered, lenient: true));
            await using var reader = await batch.ExecuteReaderAsync(ct);
            await AppendCommand.ReadAsync(reader, ordered, ct);
        }

        _store.Doorbell?.Ring(_store.EventsChannel);
        // A stream left out has no versions.
        return [.. appends.Select(append => append.Events[^1].Version)];
    }
}
