using System.Diagnostics.Metrics;

namespace Auxo.Pipeline.Merging;

/// <summary>Counts merges.</summary>
public sealed class MergeMetrics : IDisposable
{
    private readonly Meter _meter = new("Auxo.Pipeline");
    private readonly Counter<long> _merges;

    /// <summary>Makes the instrument.</summary>
    public MergeMetrics()
        => _merges = _meter.CreateCounter<long>(
            "auxo_merges", description: "Merges of patches, by whether exactly their result had passed.");

    /// <summary>A merge was seen.</summary>
    public void Merged(bool passed) => _merges.Add(1, new KeyValuePair<string, object?>("passed", passed ? "yes" : "no"));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
