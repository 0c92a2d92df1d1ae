using Auxo.Metrics.Alerts;
using Auxo.Metrics.Ci;
using Auxo.Metrics.Dora;
using Auxo.Metrics.Health;
using Auxo.Metrics.Histories;
using Auxo.Metrics.Mesh;
using Auxo.Metrics.Security;

namespace Auxo.Metrics.Reporting;

/// <summary>Brings together what reports are made of.</summary>
public sealed class GatherFacts(
    ReadHealth health, HistoryCache histories, SecurityTable security, AlertTable alerts, MeshTable mesh, ListeningSince since,
    IDocumentStore store)
{
    /// <summary>All of it, as of now.</summary>
    public async Task<ReportFacts> NowAsync(DateTimeOffset now, CancellationToken ct)
    {
        var (day, week, month) = (new List<CiReport>(), new List<CiReport>(), new List<DoraReport>());
        foreach (var rid in await histories.ListAsync(ct))
        {
            if (await histories.GetSeriesAsync(rid, now, position: null, ct) is not { IsTracked: true } series) continue;
            var calendar = Calendar.FindOrUtc(series.Policy.Zone);
            day.Add(MeasureCi.Ci(series, Last(now, 1), calendar));
            week.Add(MeasureCi.Ci(series, Last(now, 7), calendar));
            month.Add(Measure.Dora(series, Last(now, 30), calendar));
        }

        var reports = await health.AllAsync(now, ct);
        var tracked = reports.Select(static r => SecurityFacts.StreamKey(r.Rid)).ToHashSet(StringComparer.Ordinal);
        var found = (await security.ListAsync(ct)).Where(f => tracked.Contains(f.Id)).ToList();
        return new ReportFacts(
            now, reports, day, week, month, found, await BeforeAsync(found, now, ct), await alerts.ListAsync(ct),
            MeshMatrix.Of(await mesh.ListAsync(ct), now, since.Time));
    }

    private async Task<IReadOnlyList<SecurityFacts>> BeforeAsync(
        IReadOnlyList<SecurityFacts> found, DateTimeOffset now, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        var before = new List<SecurityFacts>();
        foreach (var facts in found)
        {
            if (await session.Events.AggregateStreamAsync<SecurityFacts>(facts.Id, timestamp: now.AddDays(-7), token: ct) is { } then)
                before.Add(then);
        }

        return before;
    }

    private static Window Last(DateTimeOffset now, int days) => new(now.AddDays(-days), now);
}
