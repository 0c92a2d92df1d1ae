using System.Buffers;

using Auxo.ServiceDefaults.Metrics;

namespace Auxo.ServiceDefaults.Tests;

/// <summary>Alone, so that nothing else runs in between.</summary>
[Collection(nameof(Alone))]
public sealed class AllocationTests
{
    [Fact]
    public void a_scrape_copies_the_prepared_page_and_allocates_nothing()
    {
        var page = new MetricsPage();
        var gauge = page.Gauge("allocations", "Help.");
        for (var i = 0; i < 10_000; i++) gauge.Set(i, ("id", $"{i}"));
        var prepared = new PreparedMetrics();
        prepared.Publish(page);
        var buffer = new ArrayBufferWriter<byte>(4 << 20);
        prepared.Write(buffer, openMetrics: false);
        buffer.ResetWrittenCount();

        var before = GC.GetAllocatedBytesForCurrentThread();
        prepared.Write(buffer, openMetrics: false);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}

/// <summary>Tests that need the process for themselves.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
