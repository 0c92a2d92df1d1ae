using System.Buffers;

namespace Auxo.ServiceDefaults.Metrics;

/// <summary>
/// Metrics that are worked out from stored facts instead of being counted in the process: rendered when something changes, and only copied when
/// <c>/metrics</c> is read.
/// </summary>
public sealed class PreparedMetrics
{
    private volatile Pages? _pages;

    /// <summary>Replaces what is handed out.</summary>
    public void Publish(MetricsPage page) => _pages = new Pages(page.Render(openMetrics: false), page.Render(openMetrics: true));

    internal void Write(IBufferWriter<byte> writer, bool openMetrics)
    {
        if (_pages is { } pages) writer.Write(openMetrics ? pages.OpenMetrics : pages.Prometheus);
    }

    private sealed record Pages(byte[] Prometheus, byte[] OpenMetrics);
}
