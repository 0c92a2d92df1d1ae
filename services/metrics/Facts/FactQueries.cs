using Auxo.Metrics.Packing;
using Npgsql;

namespace Auxo.Metrics.Facts;

/// <summary>
/// What is read of the documents of <see cref="FactDays"/>. How far the projection is, is always read first: what the documents
/// hold beyond it is left out of an answer by its position.
/// </summary>
public sealed class FactQueries(IDocumentStore store, NpgsqlDataSource database)
{
    /// <summary>Everything learned up to here is in the documents.</summary>
    public Task<long> PositionAsync(CancellationToken ct) => store.Advanced.ProjectionProgressFor(FactDays.Shard, token: ct);

    /// <summary>All repositories of which something is known.</summary>
    public async Task<IReadOnlyList<Rid>> ListAsync(CancellationToken ct)
    {
        // One step of the index per repository, however many days there are.
        await using var command = database.CreateCommand(
            """
            with recursive r (rid) as (
                select min(repository) from metrics.mt_doc_fact_day
                union all
                select (select min(repository) from metrics.mt_doc_fact_day where repository > r.rid) from r where r.rid is not null)
            select rid from r where rid is not null
            """);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rids = new List<Rid>();
        while (await reader.ReadAsync(ct)) rids.Add(Rid.Parse(reader.GetString(0)));
        return rids;
    }

    /// <summary>The repositories that have facts learned after <paramref name="position"/>.</summary>
    public async Task<IReadOnlyList<Rid>> ChangedSinceAsync(long position, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        var names = await session.Query<DayPack>().Where(d => d.Position > position).Select(d => d.Repository).Distinct().ToListAsync(ct);
        return [.. names.Select(static name => Rid.Parse(name))];
    }

    /// <summary>
    /// How far the documents are, and whether the repository has facts learned after <paramref name="position"/>. Asked before every
    /// answer, so it is one prepared statement.
    /// </summary>
    public async Task<(long Position, bool Changed)> StateAsync(Rid rid, long position, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            select coalesce((select last_seq_id from metrics.mt_event_progression where name = $1), 0),
                exists (select from metrics.mt_doc_fact_day where repository = $2 and position > $3)
            """);
        foreach (var value in (object[])[FactDays.Shard.Identity, rid.Value, position])
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return (reader.GetInt64(0), reader.GetBoolean(1));
    }

    /// <summary>All facts of a repository; null when there are none.</summary>
    public async Task<FactDay?> ReadAsync(Rid rid, CancellationToken ct)
    {
        var (name, all) = (rid.Value, (FactDay?)null);
        await using var session = store.QuerySession();
        await foreach (var pack in session.Query<DayPack>().Where(d => d.Repository == name).ToAsyncEnumerable(ct))
            new FactReader(pack.Facts.Span).ReadInto(all ??= new FactDay());
        return all;
    }

    /// <summary>When the first event after <paramref name="position"/> was recorded; null when there is none.</summary>
    public async Task<DateTimeOffset?> OldestAfterAsync(long position, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        var next = await session.Events.QueryAllRawEvents().Where(e => e.Sequence > position).OrderBy(e => e.Sequence)
            .FirstOrDefaultAsync(ct);
        return next?.Timestamp;
    }
}
