using Npgsql;

namespace Auxo.EventStore.Projections;

/// <summary>
/// Computes a projection anew beside the running one and swaps the documents at the end. Readers see the old documents until
/// then; appends wait only for the swap, and only where the projection is inline.
/// </summary>
public sealed class ProjectionRebuild(DocumentStore store)
{
    private const int PageSize = 5_000;
    private const int FlushAfter = 50_000;

    /// <summary>Rebuilds the projection of that name.</summary>
    /// <returns>The number of events it went through.</returns>
    /// <exception cref="ArgumentException">There is no stored projection of that name.</exception>
    public async Task<long> RunAsync(string name, CancellationToken ct)
    {
        var projection = store.Options.Projections.All.FirstOrDefault(p => p.Name == name && p.Lifecycle != ProjectionLifecycle.Live)
            ?? throw new ArgumentException(
                $"There is no stored projection {name}; there are: "
                    + $"{string.Join(", ", store.Options.Projections.All.Where(p => p.Lifecycle != ProjectionLifecycle.Live).Select(p => p.Name))}.",
                nameof(name));
        var table = store.Document(projection.DocumentType).Table;
        var shadow = table + "_rebuild";
        await SchemaMigrations.RunAsync(store.Source, store.Schema, async connection =>
            await ExecuteAsync(connection, $"drop table if exists {shadow}; create table {shadow} (like {table} including all)", ct), ct);

        var fold = new DocumentFold(store, projection, shadow, empty: true);
        var reached = new Progress(0, 0);
        // Without a lock up to where the projection is (async) or the store is proven final; the rest, usually little, under the lock.
        await using (var connection = await store.Source.OpenConnectionAsync(ct))
            reached = await FoldAsync(connection, fold, reached, await GoalAsync(connection, projection, ct), ct);

        await SchemaMigrations.RunAsync(store.Source, store.Schema, async connection =>
        {
            var goal = projection.Lifecycle == ProjectionLifecycle.Inline
                ? await StopWritersAsync(connection, ct)
                : await StopDaemonAsync(connection, projection, ct);
            reached = await FoldAsync(connection, fold, reached, goal, ct);
            await ExecuteAsync(connection, $"drop table {table}; alter table {shadow} rename to {table[(store.Schema.Length + 1)..]}", ct);
        }, ct);
        return reached.Events;
    }

    private async Task<Progress> FoldAsync(
        NpgsqlConnection connection, DocumentFold fold, Progress reached, long goal, CancellationToken ct)
    {
        var unwritten = 0;
        while (reached.Position < goal)
        {
            var events = await PageAsync(connection, reached.Position, goal, ct);
            await fold.ApplyAsync(events, connection, ct);
            reached = new(events.Count < PageSize ? goal : events[^1].Sequence, reached.Events + events.Count);
            unwritten += events.Count;
            if (unwritten < FlushAfter) continue;
            await FlushAsync(connection, fold, ct);
            unwritten = 0;
            if (fold.Count > FlushAfter) fold.Forget();
        }

        await FlushAsync(connection, fold, ct);
        return reached;
    }

    private async Task<List<Event>> PageAsync(NpgsqlConnection connection, long from, long upTo, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            $"select {QueryEventStore.Columns} from {store.Schema}.mt_events e where e.seq_id > $1 and e.seq_id <= $2 "
                + $"order by e.seq_id limit {PageSize}", connection);
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = upTo });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var events = new List<Event>(PageSize);
        while (await reader.ReadAsync(ct)) events.Add(QueryEventStore.ReadEvent(reader, store.Options.Events));
        return events;
    }

    private static async Task FlushAsync(NpgsqlConnection connection, DocumentFold fold, CancellationToken ct)
    {
        await using var batch = connection.CreateBatch();
        foreach (var command in fold.Commands()) batch.BatchCommands.Add(command);
        if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(ct);
    }

    private async Task<long> GoalAsync(NpgsqlConnection connection, Projection projection, CancellationToken ct)
    {
        if (projection.Lifecycle == ProjectionLifecycle.Inline)
        {
            // What is committed and below every running transaction's first position is not known here; a reader proves it.
            var reader = new EventReader(store, 0);
            while ((await reader.NextAsync(PageSize, ct)).Events.Count > 0)
            {
                // On to the end, or to the first hole that is still open.
            }

            return reader.Position;
        }

        await using var command = new NpgsqlCommand(
            $"select coalesce((select last_seq_id from {store.Schema}.mt_event_progression where name = $1), 0)", connection);
        command.Parameters.Add(new() { Value = projection.ShardName });
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Waits for the running appends, keeps new ones waiting; then what is there is everything.</summary>
    private async Task<long> StopWritersAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            $"lock table {store.Schema}.mt_streams in share row exclusive mode; select coalesce(max(seq_id), 0) from "
                + $"{store.Schema}.mt_events", connection);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>A new generation: what the daemon has computed from the old documents cannot be written any more.</summary>
    private async Task<long> StopDaemonAsync(NpgsqlConnection connection, Projection projection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            $"""
            insert into {store.Schema}.mt_event_progression as p (name, generation) values ($1, 1)
            on conflict (name) do update set generation = p.generation + 1
            returning last_seq_id
            """, connection);
        command.Parameters.Add(new() { Value = projection.ShardName });
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    private readonly record struct Progress(long Position, long Events);
}
