using Auxo.Metrics.Histories;
using Auxo.ServiceDefaults.Metrics;

namespace Auxo.Metrics.Exposition;

/// <summary>
/// The sections of the page, a repository's values since the beginning and those of its windows. Only what may have changed is
/// worked out again: everything of a repository with new facts, and windows that are older than <see cref="Slide"/>.
/// </summary>
public sealed class ExpositionPage(HistoryCache histories)
{
    /// <summary>So old may the values of a window become while nothing happens.</summary>
    public static readonly TimeSpan Slide = TimeSpan.FromSeconds(20);

    private readonly SortedDictionary<string, Part> _parts = new(StringComparer.Ordinal);
    private long _position = -1;

    /// <summary>The repositories that are on the page: those that are followed.</summary>
    public IReadOnlySet<string> Repositories { get; private set; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>All sections as of now, and how far the facts in them are. For one caller at a time.</summary>
    public async Task<(long Position, IReadOnlyList<MetricsSection> Sections)> RefreshAsync(DateTimeOffset now, CancellationToken ct)
    {
        var (position, changed) = await histories.ChangedSinceAsync(_position, ct);
        if (position < _position)
        {
            // Another database was restored under our feet.
            _parts.Clear();
            (position, changed) = await histories.ChangedSinceAsync(-1, ct);
        }

        foreach (var rid in changed) _parts[rid.Value] = Part.Unknown(rid);
        foreach (var part in _parts.Values.Where(p => now - p.At >= Slide || now < p.At).ToList())
            _parts[part.Rid.Value] = await histories.GetSeriesAsync(part.Rid, now, position: null, ct) is { IsTracked: true } series
                ? Of(part, series, now)
                : Part.Unknown(part.Rid) with { At = now };
        Repositories = _parts.Values.Where(static part => part.Sections.Count > 0).Select(static part => part.Rid.Value)
            .ToHashSet(StringComparer.Ordinal);
        _position = position;
        return (position, [.. _parts.Values.SelectMany(static p => p.Sections)]);
    }

    private static Part Of(Part last, DoraSeries series, DateTimeOffset now)
        // The same lists mean the same facts.
        => new(series.Rid, series.Builds, now, [ReferenceEquals(last.Builds, series.Builds)
            ? last.Sections[0]
            : RadicleMetrics.Total(series), RadicleMetrics.Windowed(series, now)]);

    private sealed record Part(Rid Rid, IReadOnlyList<BuildPoint>? Builds, DateTimeOffset At, IReadOnlyList<MetricsSection> Sections)
    {
        public static Part Unknown(Rid rid) => new(rid, Builds: null, DateTimeOffset.MinValue, []);
    }
}
