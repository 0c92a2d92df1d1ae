using Auxo.Metrics.Mirrors;
using Auxo.Metrics.Troubles;

using Npgsql;

namespace Auxo.Metrics.Alerts;

/// <summary>The alerts, and what of their facts is stored in no other table.</summary>
public sealed class AlertTable(IDocumentStore store, NpgsqlDataSource database)
{
    /// <summary>So many of the newest events are looked through for builds that wait: older ones are not stuck, but lost.</summary>
    private const int NewestEvents = 20_000;

    /// <summary>All that ever began.</summary>
    public async Task<IReadOnlyList<Alert>> ListAsync(CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return [.. await session.Query<Alert>().OrderBy(static alert => alert.Id).ToListAsync(ct)];
    }

    /// <summary>What lately went past the rules.</summary>
    public async Task<IReadOnlyList<RepositoryTroubles>> TroublesAsync(CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return [.. await session.Query<RepositoryTroubles>().ToListAsync(ct)];
    }

    /// <summary>How the mirrors are; null when the registry never said.</summary>
    public async Task<MirrorFacts?> MirrorsAsync(CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return await session.LoadAsync<MirrorFacts>(MirrorFacts.StreamKey, ct);
    }

    /// <summary>Since when the oldest build of each repository waits of which nothing has begun.</summary>
    public async Task<IReadOnlyDictionary<Rid, DateTimeOffset>> WaitingAsync(CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            with newest as (
                select stream_id, type, data from metrics.mt_events
                where seq_id > (select coalesce(max(seq_id), 0) - $1 from metrics.mt_events) and type like 'build_%')
            select q.data ->> 'rid', min((q.data ->> 'at')::timestamptz) from newest q
            where q.type = 'build_queued'
                and not exists (select from newest n where n.stream_id = q.stream_id and n.type <> 'build_queued')
            group by 1
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = (long)NewestEvents });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var waiting = new Dictionary<Rid, DateTimeOffset>();
        while (await reader.ReadAsync(ct)) waiting[Rid.Parse(reader.GetString(0))] = reader.GetFieldValue<DateTimeOffset>(1);
        return waiting;
    }
}
