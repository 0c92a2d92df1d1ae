using System.Buffers.Text;
using System.Collections.Concurrent;

using Auxo.Metrics.Dora;

using Npgsql;

namespace Auxo.Metrics.Facts;

/// <summary>
/// The outlines of all repositories, worked out once and kept until there is a new fact: a question then costs one look whether
/// there is one, and a search in sorted lists. Facts are not kept: they are read again, packed as they are, when a repository
/// has new ones, and for questions about an earlier moment or for evidence (docs/decisions/113).
/// </summary>
public sealed class Histories(NpgsqlDataSource database) : IDisposable
{
    /// <summary>
    /// While a history is worked out it takes the memory of all facts of its repository, so that only a few may be at a time.
    /// </summary>
    private const int AtOnce = 2;

    private readonly ConcurrentDictionary<Rid, Held> _held = new();
    private readonly SemaphoreSlim _working = new(AtOnce, AtOnce);

    /// <summary>The outline of the repository's history as of a moment; null when nothing is known of it.</summary>
    /// <param name="rid">The repository.</param>
    /// <param name="time">What happened later is left out.</param>
    /// <param name="position">What was learned later is left out; null for all that is known.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<Outline?> FindAsync(Rid rid, DateTimeOffset time, long? position, CancellationToken ct)
    {
        var held = _held.GetOrAdd(rid, static _ => new Held());
        await held.Turn.WaitAsync(ct);
        try
        {
            if (await IsCurrentAsync(rid, held, ct) && held.At(time, position) is { } kept) return kept;
            return await WorkOutAsync(rid, time, position, (history, all, known) =>
            {
                var outline = new Outline(history);
                held.Keep(outline, all, known);
                return outline;
            }, ct);
        }
        finally
        {
            held.Turn.Release();
        }
    }

    /// <summary>The repository's whole history as of a moment, for evidence; null when nothing is known of it.</summary>
    /// <inheritdoc cref="FindAsync"/>
    public Task<History?> TellAsync(Rid rid, DateTimeOffset time, long? position, CancellationToken ct)
        => WorkOutAsync(rid, time, position, static (history, _, _) => history, ct);

    /// <summary>All repositories of which something is known.</summary>
    public async Task<IReadOnlyList<Rid>> ListAsync(CancellationToken ct)
    {
        // One step of the index per repository, however many days there are.
        await using var command = database.CreateCommand(
            """
            with recursive r (rid) as (
                (select left(id, -11) from metrics.mt_doc_fact_day order by left(id, -11) limit 1)
                union all
                select (select left(id, -11) from metrics.mt_doc_fact_day where left(id, -11) > r.rid order by left(id, -11) limit 1) from r where r.rid is not null)
            select rid from r where rid is not null
            """);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rids = new List<Rid>();
        while (await reader.ReadAsync(ct)) rids.Add(Rid.Parse(reader.GetString(0)));
        return rids;
    }

    /// <inheritdoc/>
    public void Dispose() => _working.Dispose();

    /// <summary>How far the documents are, and the repositories that have facts learned after <paramref name="position"/>.</summary>
    public async Task<(long Position, IReadOnlyList<Rid> Changed)> ChangedSinceAsync(long position, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            select p.position, c.rid
            from (select coalesce((select last_seq_id from metrics.mt_event_progression where name = 'FactDays:All'), 0) as position) p
            left join (select distinct left(id, -11) as rid from metrics.mt_doc_fact_day where mt_version > $1) c on true
            """);
        command.Parameters.Add(new() { Value = position });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var (now, changed) = (0L, new List<Rid>());
        while (await reader.ReadAsync(ct))
        {
            now = reader.GetInt64(0);
            if (!await reader.IsDBNullAsync(1, ct)) changed.Add(Rid.Parse(reader.GetString(1)));
        }

        return (now, changed);
    }

    /// <summary>
    /// Whether what is held contains all facts. When the documents are behind it, another database was restored under our feet.
    /// </summary>
    private async Task<bool> IsCurrentAsync(Rid rid, Held held, CancellationToken ct)
    {
        if (held.Position == 0) return false;
        await using var command = database.CreateCommand(
            """
            select coalesce((select last_seq_id from metrics.mt_event_progression where name = 'FactDays:All'), 0),
                exists (select from metrics.mt_doc_fact_day where left(id, -11) = $1 and mt_version > $2)
            """);
        command.Parameters.Add(new() { Value = rid.Value });
        command.Parameters.Add(new() { Value = held.Position });
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var (position, changed) = (reader.GetInt64(0), reader.GetBoolean(1));
        if (position < held.Position || changed) held.Forget();
        else held.Position = position;
        return held.Position > 0;
    }

    /// <summary>All facts of a repository, and how far the projection is, in one snapshot; null when there are none.</summary>
    private async Task<(FactDay? All, long Known)> ReadAsync(Rid rid, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            select p.position, d.data->>'facts'
            from (select coalesce((select last_seq_id from metrics.mt_event_progression where name = 'FactDays:All'), 0) as position) p
            left join metrics.mt_doc_fact_day d on left(d.id, -11) = $1
            """);
        command.Parameters.Add(new() { Value = rid.Value });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var (known, all) = (0L, (FactDay?)null);
        while (await reader.ReadAsync(ct))
        {
            known = reader.GetInt64(0);
            if (await reader.IsDBNullAsync(1, ct)) continue;
            var pack = reader.GetFieldValue<byte[]>(1);
            Base64.DecodeFromUtf8InPlace(pack, out var length);
            new FactReader(pack.AsSpan(0, length)).ReadInto(all ??= new FactDay());
        }

        return (all, known);
    }

    private async Task<T?> WorkOutAsync<T>(
        Rid rid, DateTimeOffset time, long? position, Func<History, FactDay, long, T> result, CancellationToken ct)
        where T : class
    {
        await _working.WaitAsync(ct);
        try
        {
            var (all, known) = await ReadAsync(rid, ct);
            return all is null ? null : result(
                History.Of(RepositoryFacts.Of(rid, [all], new AsOf(time, Math.Min(position ?? long.MaxValue, known)))), all, known);
        }
        finally
        {
            _working.Release();
        }
    }

    private sealed class Held
    {
        private Outline? _latest;
        private DateTimeOffset _last;
        private DateTimeOffset _next;

        public SemaphoreSlim Turn { get; } = new(1, 1);

        /// <summary>Everything learned up to here is in it; 0 when nothing is held.</summary>
        public long Position { get; set; }

        public void Forget() => (Position, _latest) = (0, null);

        /// <summary>
        /// What is held, if it answers for that moment: it does from the last fact in it to the next one, which a fast clock
        /// may have put into the future.
        /// </summary>
        public Outline? At(DateTimeOffset time, long? position)
            => _latest is not null && (position is null || position >= Position)
                && time >= _last && time < _next ? _latest with { AsOf = new AsOf(time, Position) } : null;

        /// <summary>Keeps an answer about the present; one about an earlier moment is worked out for itself.</summary>
        public void Keep(Outline outline, FactDay all, long known)
        {
            var (time, position) = (outline.AsOf.Time, outline.AsOf.Position);
            if (position != known || known == 0 || (_latest is not null && time < _last)) return;
            (Position, _latest, _last, _next) = (known, outline, DateTimeOffset.MinValue, DateTimeOffset.MaxValue);
            foreach (var at in all.All().Select(static f => f.At).Concat(all.Phases.Select(static p => p.At)))
            {
                if (at <= time && at > _last) _last = at;
                if (at > time && at < _next) _next = at;
            }
        }
    }
}
