using System.Buffers;
using System.Diagnostics.Metrics;

using Auxo.ServiceDefaults.Metrics;

using Microsoft.Extensions.Logging.Abstractions;

namespace Auxo.ServiceDefaults.Tests;

/// <summary>Alone, since the collectors of other tests hear the same meters and allocate for them.</summary>
[Collection(nameof(Alone))]
public sealed class AllocationTests
{
    [Fact]
    public async Task recording_and_scraping_allocate_nothing()
    {
        using var meter = new Meter("Auxo.Allocations");
        using var collector = new MetricsCollector(NullLogger<MetricsCollector>.Instance);
        var counter = meter.CreateCounter<long>("allocations");
        var histogram = meter.CreateHistogram<double>("allocations_wait", "s");
        await collector.StartAsync(TestContext.Current.CancellationToken);
        object[] ids = [.. Enumerable.Range(0, 1000).Select(static i => $"id{i}")];
        var buffer = new ArrayBufferWriter<byte>(4 << 20);
        RecordAll();
        collector.Write(buffer, openMetrics: false);

        var before = GC.GetAllocatedBytesForCurrentThread();
        RecordAll();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        // What the runtime's own callbacks allocate is not ours; 2,000 series would show.
        buffer.ResetWrittenCount();
        before = GC.GetAllocatedBytesForCurrentThread();
        collector.Write(buffer, openMetrics: false);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16_000);

        void RecordAll()
        {
            foreach (var id in ids)
            {
                counter.Add(1, new KeyValuePair<string, object?>("id", id));
                histogram.Record(0.1, new KeyValuePair<string, object?>("id", id));
            }
        }
    }
}

/// <summary>Tests that need the process for themselves.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
