using Auxo.Metrics.Coverage;
using Auxo.Metrics.Health;
using Auxo.Metrics.Histories;
using Auxo.Metrics.Security;
using Auxo.ServiceDefaults.Metrics;

namespace Auxo.Metrics.Exposition.Past;

/// <summary>
/// Works out what the page of <c>/metrics</c> would have said at earlier moments. One at a time: it takes a processor.
/// </summary>
public sealed class GatherPast(HistoryCache histories, IDocumentStore store) : IDisposable
{
    /// <summary>A text of some 2 GB.</summary>
    public const long MostSamples = 20_000_000;

    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>The repositories that are followed, or the one that is asked for when it is.</summary>
    public async Task<IReadOnlyList<Rid>> FollowedAsync(Rid? only, DateTimeOffset now, CancellationToken ct)
    {
        var rids = new List<Rid>();
        foreach (var rid in only is { } one ? [one] : await histories.ListAsync(ct))
        {
            if (await histories.GetSeriesAsync(rid, now, position: null, ct) is { IsTracked: true }) rids.Add(rid);
        }

        return rids;
    }

    /// <summary>
    /// The gauges of these repositories at these moments; null when there are more than <see cref="MostSamples"/>.
    /// </summary>
    public async Task<MetricsHistory?> GatherAsync(
        IReadOnlyList<Rid> rids, IReadOnlyList<DateTimeOffset> moments, string? job, string? instance, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            var history = new MetricsHistory(moments, ("job", job ?? ""), ("instance", instance ?? ""));
            foreach (var rid in rids)
            {
                var past = await ReadAsync(rid, ct);
                await histories.VisitAsync(rid, moments, (i, series) => history.Add(past.At(series, moments[i]).Page, i), ct);
                if (history.Samples > MostSamples) return null;
            }

            return history;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task<RepositoryPast> ReadAsync(Rid rid, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return new RepositoryPast(
            rid, await EventsAsync<SecurityEvent.Counted>(session, SecurityFacts.StreamKey(rid), static e => e.At, ct),
            await EventsAsync<CoverageEvent.Measured>(session, CoverageFacts.StreamKey(rid), static e => e.At, ct),
            await EventsAsync<HealthEvent>(session, RepositoryHealth.StreamKey(rid), static e => e switch
            {
                HealthEvent.Surveyed x => x.At,
                HealthEvent.Stood x => x.At,
                HealthEvent.Scored x => x.At,
                _ => throw new System.Diagnostics.UnreachableException(),
            }, ct));
    }

    private static async Task<Replayed<T>> EventsAsync<T>(
        IQuerySession session, string stream, Func<T, DateTimeOffset> at, CancellationToken ct)
        => new((await session.Events.FetchStreamAsync(stream, token: ct)).Select(static e => e.Data).OfType<T>()
            .Select(e => (at(e), e)));
}
