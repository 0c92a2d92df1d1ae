using Npgsql;

namespace Auxo.EventStore.Projections;

/// <summary>Applies pages of events to the documents of one projection, reading each document once.</summary>
/// <param name="store">The store.</param>
/// <param name="projection">What folds.</param>
/// <param name="table">The documents' table; a rebuild has its own.</param>
/// <param name="empty">The table was empty at the beginning: what this fold has not seen is not there.</param>
internal sealed class DocumentFold(DocumentStore store, Projection projection, string table, bool empty)
{
    private readonly DocumentMapping _mapping = store.Document(projection.DocumentType);
    private readonly Dictionary<string, Held> _held = new(StringComparer.Ordinal);
    private bool _knowsAll = empty;

    public int Count => _held.Count;

    public async Task ApplyAsync(IEnumerable<Event> events, NpgsqlConnection? connection, CancellationToken ct)
    {
        var changes = events.Cast<IEvent>()
            .Where(e => projection.Handles(e.Data.GetType())).SelectMany(e => projection.Keys(e).Select(id => (Id: id, Event: e))).ToList();
        if (!_knowsAll) await LoadAsync(changes.Select(change => change.Id)
            .Where(id => !_held.ContainsKey(id)).Distinct(StringComparer.Ordinal).ToArray(), connection, ct);
        foreach (var (id, @event) in changes)
        {
            if (!_held.TryGetValue(id, out var held)) _held[id] = held = new Held();
            // A document may be ahead of the progress: it was kept inline before. Each event counts once.
            var at = projection.SingleStream ? @event.Version : @event.Sequence;
            if (at <= held.Version) continue;
            (held.State, held.Version, held.Dirty) = (projection.Apply(held.State, @event), at, true);
        }
    }

    /// <summary>What has changed since the last call.</summary>
    public IEnumerable<NpgsqlBatchCommand> Commands()
    {
        var writes = new DocumentWrites();
        foreach (var (id, held) in _held.Where(entry => entry.Value.Dirty))
        {
            if (held.State is null) writes.Delete(_mapping, id);
            else writes.Upsert(_mapping, id, held.State, held.Version);
            held.Dirty = false;
        }

        return writes.Commands(_ => table);
    }

    /// <summary>Gives memory back; documents are read again when they are needed.</summary>
    public void Forget()
    {
        _held.Clear();
        _knowsAll = false;
    }

    private async Task LoadAsync(string[] ids, NpgsqlConnection? connection, CancellationToken ct)
    {
        if (ids.Length == 0) return;
        var sql = $"select id, data, mt_version from {table} where id = any($1)";
        await using var command = connection is null ? store.Source.CreateCommand(sql) : new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new() { Value = ids });
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            _held[reader.GetString(0)] = new Held { State = _mapping.Read(reader.GetFieldValue<byte[]>(1)), Version = reader.GetInt64(2) };
    }

    private sealed class Held
    {
        public object? State { get; set; }
        public long Version { get; set; }
        public bool Dirty { get; set; }
    }
}
