using System.Buffers;

namespace Auxo.ServiceDefaults.Metrics;

/// <summary>
/// Metrics that are worked out from stored facts instead of being counted in the process: rendered when something changes,
/// section by section, and only copied when <c>/metrics</c> is read.
/// </summary>
public sealed class PreparedMetrics
{
    private volatile Pages? _pages;

    /// <summary>Replaces what is handed out.</summary>
    public void Publish(MetricsPage page) => Publish(page, [page.Render()]);

    /// <summary>Replaces what is handed out.</summary>
    /// <param name="families">Names, types and meanings; its samples are not looked at.</param>
    /// <param name="sections">The samples, each rendered of a page with the same families in the same order.</param>
    /// <exception cref="ArgumentException">A section has other families.</exception>
    public void Publish(MetricsPage families, IReadOnlyList<MetricsSection> sections)
    {
        var (prometheus, openMetrics) = (families.Headers(openMetrics: false), families.Headers(openMetrics: true));
        if (sections.Any(s => s.Families != prometheus.Length)) throw new ArgumentException(
            "A section was rendered of a page with other families.", nameof(sections));
        _pages = new Pages(prometheus, openMetrics, [.. sections]);
    }

    /// <summary>Writes what is handed out, in one of the two formats; without the mark at the end of OpenMetrics.</summary>
    public void Write(IBufferWriter<byte> writer, bool openMetrics)
    {
        if (_pages is not { } pages) return;
        var headers = openMetrics ? pages.OpenMetrics : pages.Prometheus;
        for (var family = 0; family < headers.Length; family++)
        {
            writer.Write(headers[family]);
            foreach (var section in pages.Sections) writer.Write(section.Of(family, openMetrics));
        }
    }

    private sealed record Pages(byte[][] Prometheus, byte[][] OpenMetrics, MetricsSection[] Sections);
}

/// <summary>The samples of one part of a page, such as a repository's, as they are shown. Never changes.</summary>
public sealed class MetricsSection
{
    private readonly byte[]?[] _prometheus;
    private readonly byte[]?[] _openMetrics;

    internal MetricsSection(byte[]?[] prometheus, byte[]?[] openMetrics) => (_prometheus, _openMetrics) = (prometheus, openMetrics);

    internal int Families => _prometheus.Length;

    internal ReadOnlySpan<byte> Of(int family, bool openMetrics) => openMetrics ? _openMetrics[family] : _prometheus[family];
}
