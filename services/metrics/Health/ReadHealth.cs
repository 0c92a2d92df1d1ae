using System.Collections.Frozen;

using Auxo.Metrics.Coverage;
using Auxo.Metrics.Histories;
using Auxo.Metrics.Mesh;
using Auxo.Metrics.Repositories;
using Auxo.Metrics.Security;

namespace Auxo.Metrics.Health;

/// <summary>Brings together what is known of repositories at a moment, and has it scored.</summary>
public sealed class ReadHealth(
    IDocumentStore store, HistoryCache histories, MeshTable mesh, SecurityTable security, CoverageTable coverage)
{
    private const int Week = 7;

    /// <summary>The health of one repository; null when nothing was ever heard of it.</summary>
    /// <param name="rid">The repository.</param>
    /// <param name="now">The moment: earlier facts are scored by today's checks.</param>
    /// <param name="isPast">True for a moment that is over: what nodes say of private repositories is known of the present only.</param>
    /// <param name="ct">Stops.</param>
    public async Task<HealthReport?> OfAsync(Rid rid, DateTimeOffset now, bool isPast, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        var key = RepositoryHealth.StreamKey(rid);
        var health = isPast
            ? await session.Events.AggregateStreamAsync<RepositoryHealth>(key, timestamp: now, token: ct)
            : await session.LoadAsync<RepositoryHealth>(key, ct);
        var series = await histories.GetSeriesAsync(rid, now, position: null, ct);
        if (series is null && health is null) return null;
        var (found, covered) = isPast
            ? (await session.Events.AggregateStreamAsync<SecurityFacts>(SecurityFacts.StreamKey(rid), timestamp: now, token: ct),
                await session.Events.AggregateStreamAsync<CoverageFacts>(CoverageFacts.StreamKey(rid), timestamp: now, token: ct))
            : (await security.FindAsync(rid, ct), await coverage.FindAsync(rid, ct));
        var exposed = isPast ? FrozenSet<string>.Empty : await ExposedAsync(ct);
        return Report(new Known(rid, series, health, found, covered, exposed.Contains(rid.Value)), now);
    }

    /// <summary>That of all tracked repositories, by name.</summary>
    public async Task<IReadOnlyList<HealthReport>> AllAsync(DateTimeOffset now, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        var known = (await session.Query<RepositoryHealth>().ToListAsync(ct)).ToDictionary(static h => h.Id, StringComparer.Ordinal);
        var found = (await security.ListAsync(ct)).ToDictionary(static f => f.Id, StringComparer.Ordinal);
        var covered = (await coverage.ListAsync(ct)).ToDictionary(static f => f.Id, StringComparer.Ordinal);
        var exposed = await ExposedAsync(ct);
        var reports = new List<HealthReport>();
        foreach (var rid in await histories.ListAsync(ct))
        {
            if (await histories.GetSeriesAsync(rid, now, position: null, ct) is not { IsTracked: true } series) continue;
            reports.Add(Report(
                new Known(
                    rid, series, known.GetValueOrDefault(RepositoryHealth.StreamKey(rid)),
                    found.GetValueOrDefault(SecurityFacts.StreamKey(rid)), covered.GetValueOrDefault(CoverageFacts.StreamKey(rid)),
                    exposed.Contains(rid.Value)),
                now));
        }

        return [.. reports.OrderBy(static r => r.Name ?? r.Rid.Value, StringComparer.Ordinal)];
    }

    /// <summary>Scores what was known at a moment.</summary>
    internal static HealthReport Report(Known known, DateTimeOffset now)
    {
        var (series, health) = (known.Series, known.Health);
        var name = series?.Name ?? health?.Standing?.Name ?? health?.Survey?.Name;
        var score = HealthScore.Of(new HealthFacts(
            known.Rid, name, now, series, series?.Policy ?? CountingPolicy.Default, health?.Survey, health?.Standing,
            health?.Dependencies,
            known.Security is { } counted ? OpenFindings.Of(counted) : null,
            known.Coverage?.Newest is { Lines: > 0 } newest ? 100.0 * newest.Covered / newest.Lines : null, known.IsExposed));
        var days = health?.Days ?? [];
        var weekAgo = DateOnly.FromDateTime(now.UtcDateTime).AddDays(-Week);
        return new HealthReport(
            known.Rid, name, score.Score, score.Band, score.Cap, score.KnownPoints, score.Categories, score.Checks,
            score.TopFixes(most: 3), days,
            days.LastOrDefault(d => d.Day <= weekAgo)?.Score, now,
            health?.Standing?.Node is { IsRunning: true } node ? node.Seeds : null, HealthScore.Ruling);
    }

    private async Task<IReadOnlySet<string>> ExposedAsync(CancellationToken ct)
        => (await mesh.ListAsync(ct)).SelectMany(static n => n.Report.Repositories).Where(static r => r.Violations.Count > 0)
            .Select(static r => r.Rid).ToHashSet(StringComparer.Ordinal);

    internal sealed record Known(
        Rid Rid, DoraSeries? Series, RepositoryHealth? Health, SecurityFacts? Security, CoverageFacts? Coverage, bool IsExposed);
}
