using System.Collections.Concurrent;
using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Histories;

/// <summary>
/// The series of all repositories, worked out once and kept until there is a new fact: a question then costs one look whether
/// there is one, and a search in sorted lists. Facts are not kept: they are read again, packed as they are, when a repository
/// has new ones, and for questions about an earlier moment or for evidence (docs/decisions/113).
/// </summary>
public sealed class HistoryCache(FactQueries facts) : IDisposable
{
    /// <summary>
    /// While a history is worked out it takes the memory of all facts of its repository, so that only a few may be at a time.
    /// </summary>
    private const int AtOnce = 2;

    private readonly ConcurrentDictionary<Rid, Held> _held = new();
    private readonly SemaphoreSlim _working = new(AtOnce, AtOnce);

    /// <summary>The series of the repository's history as of a moment; null when nothing is known of it.</summary>
    /// <param name="rid">The repository.</param>
    /// <param name="time">What happened later is left out.</param>
    /// <param name="position">What was learned later is left out; null for all that is known.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<DoraSeries?> GetSeriesAsync(Rid rid, DateTimeOffset time, long? position, CancellationToken ct)
    {
        var held = _held.GetOrAdd(rid, static _ => new Held());
        await held.Turn.WaitAsync(ct);
        try
        {
            if (await IsCurrentAsync(rid, held, ct) && held.At(time, position) is { } kept) return kept;
            return await WorkOutAsync(rid, time, position, (history, all, known) =>
            {
                var series = new DoraSeries(history);
                held.Keep(series, all, known);
                return series;
            }, ct);
        }
        finally
        {
            held.Turn.Release();
        }
    }

    /// <summary>The repository's whole history as of a moment, for evidence; null when nothing is known of it.</summary>
    /// <inheritdoc cref="GetSeriesAsync"/>
    public Task<History?> GetHistoryAsync(Rid rid, DateTimeOffset time, long? position, CancellationToken ct)
        => WorkOutAsync(rid, time, position, static (history, _, _) => history, ct);

    /// <summary>
    /// Shows the series as of each of many moments. Facts are read once, and a history is worked out again only where something happened
    /// since the moment before.
    /// </summary>
    /// <param name="rid">The repository.</param>
    /// <param name="moments">In ascending order.</param>
    /// <param name="visit">Gets the number of the moment, and the series; null for it before anything had happened.</param>
    /// <param name="ct">Stops it.</param>
    public async Task VisitAsync(Rid rid, IReadOnlyList<DateTimeOffset> moments, Action<int, DoraSeries?> visit, CancellationToken ct)
    {
        await _working.WaitAsync(ct);
        try
        {
            var known = await facts.PositionAsync(ct);
            var all = await facts.ReadAsync(rid, ct) ?? new FactDay();
            // That a repository is followed is no beginning of what can be told of it: its past may have been counted afterwards.
            DateTimeOffset[] times = [.. all.All().Where(static f => f is not RepositoryFact).Select(static f => f.At)
                .Concat(all.Phases.Select(static p => p.At)).Order()];
            var (series, happened) = ((DoraSeries?)null, 0);
            for (var i = 0; i < moments.Count; i++)
            {
                ct.ThrowIfCancellationRequested();
                var (before, asOf) = (happened, new AsOf(moments[i], known));
                while (happened < times.Length && times[happened] <= moments[i]) happened++;
                series = happened == 0 ? null
                    : series is not null && happened == before ? series with { AsOf = asOf }
                    : new DoraSeries(History.Of(RepositoryFacts.Of(rid, [all], asOf)));
                visit(i, series);
            }
        }
        finally
        {
            _working.Release();
        }
    }

    /// <summary>All repositories of which something is known.</summary>
    public Task<IReadOnlyList<Rid>> ListAsync(CancellationToken ct) => facts.ListAsync(ct);

    /// <inheritdoc/>
    public void Dispose() => _working.Dispose();

    /// <summary>How far the documents are, and the repositories that have facts learned after <paramref name="position"/>.</summary>
    public async Task<(long Position, IReadOnlyList<Rid> Changed)> ChangedSinceAsync(long position, CancellationToken ct)
    {
        var now = await facts.PositionAsync(ct);
        return (now, await facts.ChangedSinceAsync(position, ct));
    }

    /// <summary>
    /// Whether what is held contains all facts. When the documents are behind it, another database was restored under our feet.
    /// </summary>
    private async Task<bool> IsCurrentAsync(Rid rid, Held held, CancellationToken ct)
    {
        if (held.Position == 0) return false;
        var (position, changed) = await facts.StateAsync(rid, held.Position, ct);
        if (position < held.Position || changed) held.Forget();
        else held.Position = position;
        return held.Position > 0;
    }

    private async Task<T?> WorkOutAsync<T>(
        Rid rid, DateTimeOffset time, long? position, Func<History, FactDay, long, T> result, CancellationToken ct)
        where T : class
    {
        await _working.WaitAsync(ct);
        try
        {
            var known = await facts.PositionAsync(ct);
            var all = await facts.ReadAsync(rid, ct);
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
        private DoraSeries? _latest;
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
        public DoraSeries? At(DateTimeOffset time, long? position)
            => _latest is not null && (position is null || position >= Position)
                && time >= _last && time < _next ? _latest with { AsOf = new AsOf(time, Position) } : null;

        /// <summary>Keeps an answer about the present; one about an earlier moment is worked out for itself.</summary>
        public void Keep(DoraSeries series, FactDay all, long known)
        {
            var (time, position) = (series.AsOf.Time, series.AsOf.Position);
            if (position != known || known == 0 || (_latest is not null && time < _last)) return;
            (Position, _latest, _last, _next) = (known, series, DateTimeOffset.MinValue, DateTimeOffset.MaxValue);
            foreach (var at in all.All().Select(static f => f.At).Concat(all.Phases.Select(static p => p.At)))
            {
                if (at <= time && at > _last) _last = at;
                if (at > time && at < _next) _next = at;
            }
        }
    }
}
