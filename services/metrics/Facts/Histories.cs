using System.Collections.Concurrent;
using System.Text.Json;

using Auxo.Metrics.Dora;

using Npgsql;

namespace Auxo.Metrics.Facts;

/// <summary>
/// The histories of all repositories, worked out once and kept until there is a new fact: a question then costs one look whether there is one, and a
/// search in sorted lists. Only changed days are read again. A question about an earlier moment is worked out for itself.
/// </summary>
public sealed class Histories(NpgsqlDataSource database)
{
    private readonly ConcurrentDictionary<Rid, Held> _held = new();

    /// <summary>The repository's history as of a moment; null when nothing is known of it.</summary>
    /// <param name="rid">The repository.</param>
    /// <param name="time">What happened later is left out.</param>
    /// <param name="position">What was learned later is left out; null for all that is known.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<History?> FindAsync(Rid rid, DateTimeOffset time, long? position, CancellationToken ct)
    {
        var held = _held.GetOrAdd(rid, static _ => new Held());
        await held.Turn.WaitAsync(ct);
        try
        {
            await RefreshAsync(rid, held, ct);
            return held.Days.Count == 0 ? null : held.AsOf(rid, time, Math.Min(position ?? long.MaxValue, held.Position));
        }
        finally
        {
            held.Turn.Release();
        }
    }

    /// <summary>All repositories of which something is known.</summary>
    public async Task<IReadOnlyList<Rid>> ListAsync(CancellationToken ct)
    {
        // One step of the index per repository, however many days there are.
        await using var command = database.CreateCommand(
            """
            with recursive r (rid) as (
                select min(data->>'rid') from metrics.mt_doc_fact_day
                union all
                select (select min(data->>'rid') from metrics.mt_doc_fact_day where data->>'rid' > r.rid) from r where r.rid is not null)
            select rid from r where rid is not null
            """);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rids = new List<Rid>();
        while (await reader.ReadAsync(ct)) rids.Add(Rid.Parse(reader.GetString(0)));
        return rids;
    }

    /// <summary>Reads the days that have changed, and how far the projection is, in one snapshot.</summary>
    private async Task RefreshAsync(Rid rid, Held held, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            select p.position, d.id, d.data
            from (select coalesce((select last_seq_id from metrics.mt_event_progression where name = 'FactDays:All'), 0) as position) p
            left join metrics.mt_doc_fact_day d on d.data->>'rid' = $1 and d.mt_version > $2
            """);
        command.Parameters.Add(new() { Value = rid.Value });
        command.Parameters.Add(new() { Value = held.Position });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var (position, changed) = (0L, false);
        while (await reader.ReadAsync(ct))
        {
            position = reader.GetInt64(0);
            if (await reader.IsDBNullAsync(1, ct)) continue;
            held.Days[reader.GetString(1)] = JsonSerializer.Deserialize(reader.GetFieldValue<byte[]>(2), StoredJson.Default.FactDay)!;
            changed = true;
        }

        if (position < held.Position)
        {
            // The database is not the one it was: a backup was restored under our feet.
            await reader.DisposeAsync();
            held.Forget();
            await RefreshAsync(rid, held, ct);
            return;
        }

        held.Position = position;
        if (changed) held.Latest = null;
    }

    private sealed class Held
    {
        private DateTimeOffset _last;
        private DateTimeOffset _next;

        public SemaphoreSlim Turn { get; } = new(1, 1);

        public Dictionary<string, FactDay> Days { get; } = new(StringComparer.Ordinal);

        public long Position { get; set; }

        public History? Latest { get; set; }

        public void Forget()
        {
            Days.Clear();
            (Position, Latest) = (0, null);
        }

        /// <summary>The kept history holds from the last fact in it to the next one, which a fast clock may have put into the future.</summary>
        public History AsOf(Rid rid, DateTimeOffset time, long position)
        {
            var asOf = new AsOf(time, position);
            if (Latest is not null && position == Position && time >= _last && time < _next) return Latest with { AsOf = asOf };
            var history = History.Of(RepositoryFacts.Of(rid, Days.Values, asOf));
            if (position != Position || (Latest is not null && time < _last)) return history;
            (Latest, _last, _next) = (history, DateTimeOffset.MinValue, DateTimeOffset.MaxValue);
            foreach (var fact in Days.Values.SelectMany(static d => d.All()))
            {
                if (fact.At <= time && fact.At > _last) _last = fact.At;
                if (fact.At > time && fact.At < _next) _next = fact.At;
            }

            return history;
        }
    }
}
