using Npgsql;

namespace Auxo.EventStore.Projections;

/// <summary>Views that are written in the transaction that appends.</summary>
internal static class InlineProjection
{
    /// <summary>
    /// Computes the views without reading anything: possible when each is the snapshot of an aggregate whose state is known
    /// (fetched for writing, or a new stream) and no method asks for position or time. False, and nothing written, when it is
    /// not.
    /// </summary>
    public static bool TryWithoutReading(
        DocumentStore store, IReadOnlyList<StreamAction> streams, IReadOnlyList<StreamAppend> appends, DocumentWrites documents)
    {
        if (store.Inline.Count == 0) return true;
        var writes = new List<(Projection Projection, StreamAction Stream, StreamAppend Append)>();
        for (var i = 0; i < streams.Count; i++)
        {
            foreach (var projection in store.Inline.Where(projection => Concerns(projection, appends[i])))
            {
                var known = streams[i].Fetched == projection || (streams[i].Expected == 0 && projection.SingleStream);
                if (!known || projection.NeedsMetadata) return false;
                writes.Add((projection, streams[i], appends[i]));
            }
        }

        foreach (var (projection, stream, append) in writes)
        {
            var (state, touched, version) = (stream.Fetched == projection ? stream.State : null, 0L, stream.Expected!.Value);
            foreach (var @event in append.Events)
            {
                @event.Version = ++version;
                if (!projection.Handles(((IEvent)@event).Data.GetType())) continue;
                (state, touched) = (projection.Apply(state, @event), version);
            }

            Write(store, documents, projection, append.Key, state, touched);
        }

        return true;
    }

    /// <summary>
    /// Appends, then computes the views from what is stored. Documents fed by several streams are locked before positions are
    /// drawn, so that each gets its events in the order of their positions, as a rebuild would give them.
    /// </summary>
    public static async Task AppendAndProjectAsync(
        DocumentStore store, NpgsqlConnection connection, IReadOnlyList<StreamAppend> appends,
        DocumentWrites documents, CancellationToken ct)
    {
        var single = store.Inline.Where(p => p.SingleStream)
            .SelectMany(p => appends.Where(append => Concerns(p, append)).Select(append => (Projection: p, append.Key))).ToList();
        var shared = store.Inline.Where(p => !p.SingleStream)
            .SelectMany(p => appends.SelectMany(append => append.Events)
                .Where(e => p.Handles(((IEvent)e).Data.GetType())).SelectMany(p.Keys).Distinct(StringComparer.Ordinal)
                .Select(id => (Projection: p, Id: id)))
            .OrderBy(view => view.Projection.Name, StringComparer.Ordinal).ThenBy(view => view.Id, StringComparer.Ordinal).ToList();

        await using var batch = connection.CreateBatch();
        foreach (var (projection, id) in shared)
        {
            batch.BatchCommands.Add(new("select pg_advisory_xact_lock(hashtextextended($1, 0))")
            {
                Parameters = { new() { Value = $"{store.Document(projection.DocumentType).Table}/{id}" } },
            });
        }

        batch.BatchCommands.Add(AppendCommand.For(store.Schema, appends, lenient: false));
        var reads = new QueryEventStore(store);
        foreach (var (projection, key) in single) batch.BatchCommands.Add(new(reads.LatestSql(projection))
        {
            Parameters = { new() { Value = key } },
        });
        foreach (var (projection, id) in shared)
        {
            batch.BatchCommands.Add(new($"select data from {store.Document(projection.DocumentType).Table} where id = $1") { Parameters =
                { new() { Value = id } } });
        }

        await using var reader = await batch.ExecuteReaderAsync(ct);
        for (var skip = 0; skip < shared.Count; skip++) await reader.NextResultAsync(ct);
        await AppendCommand.ReadAsync(reader, appends, ct);
        foreach (var (projection, key) in single)
        {
            await reader.NextResultAsync(ct);
            var latest = await reads.ReadLatestAsync(reader, projection, ct);
            Write(store, documents, projection, key, latest.State, latest.Touched);
        }

        foreach (var (projection, id) in shared)
        {
            await reader.NextResultAsync(ct);
            var mapping = store.Document(projection.DocumentType);
            var state = await reader.ReadAsync(ct) ? mapping.Read(reader.GetFieldValue<byte[]>(0)) : null;
            var last = 0L;
            foreach (IEvent @event in appends.SelectMany(append => append.Events))
            {
                if (!projection.Handles(@event.Data.GetType()) || !projection.Keys(@event).Contains(id, StringComparer.Ordinal)) continue;
                (state, last) = (projection.Apply(state, @event), @event.Sequence);
            }

            Write(store, documents, projection, id, state, last);
        }
    }

    private static bool Concerns(Projection projection, StreamAppend append)
        => append.Events.Any(e => projection.Handles(((IEvent)e).Data.GetType()));

    private static void Write(DocumentStore store, DocumentWrites documents, Projection projection, string id, object? state, long version)
    {
        var mapping = store.Document(projection.DocumentType);
        if (state is null) documents.Delete(mapping, id);
        else documents.Upsert(mapping, id, state, version);
    }
}
