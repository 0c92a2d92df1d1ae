using System.Net.Http.Json;

using Auxo.Benchmarks.Measuring;

namespace Auxo.Benchmarks.Metrics;

/// <summary>
/// <c>/metrics</c> with 10,000 series over HTTP, what a scrape allocates and what working the page out takes, beside
/// prometheus-net with as many.
/// </summary>
internal static class Scrape
{
    /// <summary>Repositories whose year gives 10,000 series of <c>radicle_*</c>.</summary>
    private const int Repositories = 82;
    private const string Allocated = "dotnet_gc_heap_total_allocated_bytes_total";

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        await using var side = await MetricsSide.CreateAsync(ct);
        var repositories = context.Options.Count(Repositories, 8);
        var past = new Past(seed: 3);
        await side.AppendAsync(past.Tell(repositories, repositories * 1_000, Poll.Now), ct);
        await side.StartAsync(ct);
        await side.CatchUpAsync(ct);
        await side.PageIsCurrentAsync(ct);
        var text = await side.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), ct);
        var series = text.Split('\n').Count(static l => l.Length > 0 && l[0] != '#');
        await using var peer = await PrometheusNet.StartAsync(series, ct);
        context.Tell($"{series:N0} series, {text.Length / 1024:N0} KiB");

        var rounds = context.Options.Count(400, 40);
        for (var i = 0; i < rounds / 4; i++)
        {
            await GetAsync(side.Client, new Uri(side.Client.BaseAddress!, "/metrics"), ct);
            await GetAsync(side.Client, peer.Page, ct);
        }

        List<double> took = [], peers = [];
        for (var i = 0; i < rounds; i++)
        {
            took.Add(await GetAsync(side.Client, new Uri(side.Client.BaseAddress!, "/metrics"), ct));
            peers.Add(await GetAsync(side.Client, peer.Page, ct));
        }

        var (perScrape, ofPeer) = (await AllocatedPerScrapeAsync(side, rounds, ct), await AllocatedPerRenderAsync(peer, rounds, ct));
        var (working, allocated) = await WorkOutAsync(context, side, past, ct);
        var (all, peerAll) = (new Series(took), new Series(peers));
        return
        [
            new($"/metrics with {series:N0} series, over HTTP", "ms", all, peerAll, Goal.AtMost(5))
            {
                Note = $"{text.Length / 1024:N0} KiB; p99 {all.P99:0.0} ms, peer {peerAll.P99:0.0} ms; the peer is "
                    + "prometheus-net with as many gauges, served by Kestrel",
            },
            new("allocated per scrape", "KiB", Series.One(perScrape), Series.One(ofPeer), Goal.AtMost(16))
            {
                Note = "by the service's own counter, the HTTP server's part and all that runs beside included; of the "
                    + "peer the rendering alone; the goal is that none of it is for the page",
            },
            new("working the page out after one fact", "ms", working)
            {
                Note = "as the service itself says; of the page only what that fact may have changed",
            },
            new("allocated for one fact, from its report to the page", "KiB", allocated)
            {
                IsPart = true, Note = "the report, its event, the projection and the page",
            },
        ];
    }

    private static async Task<double> GetAsync(HttpClient client, Uri page, CancellationToken ct)
    {
        var began = TimeProvider.System.GetTimestamp();
        using var answer = await client.GetAsync(page, HttpCompletionOption.ResponseHeadersRead, ct);
        await answer.Content.CopyToAsync(Stream.Null, ct);
        answer.EnsureSuccessStatusCode();
        return TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
    }

    private static async Task<double> AllocatedPerScrapeAsync(MetricsSide side, int count, CancellationToken ct)
    {
        var before = (await side.GaugeAsync(Allocated, ct))!.Value;
        for (var i = 0; i < count; i++) await GetAsync(side.Client, new Uri(side.Client.BaseAddress!, "/metrics"), ct);
        return ((await side.GaugeAsync(Allocated, ct))!.Value - before) / (count + 1) / 1024;
    }

    private static async Task<double> AllocatedPerRenderAsync(PrometheusNet peer, int count, CancellationToken ct)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < count; i++) await peer.RenderAsync(ct);
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)count / 1024;
    }

    private static async Task<(Series Working, Series AllocatedKiB)> WorkOutAsync(
        BenchmarkContext context, MetricsSide side, Past past, CancellationToken ct)
    {
        List<double> working = [], allocated = [];
        for (var i = 0; i < context.Options.Count(12, 3); i++)
        {
            var (sum, count, bytes) = await ReadAsync();
            using (var answer = await side.Client.PostAsJsonAsync(
                new Uri("/api/failures", UriKind.Relative), new { rid = past.Repositories[i % past.Repositories.Count].Value }, ct))
                answer.EnsureSuccessStatusCode();
            await side.PageIsCurrentAsync(ct);
            var (sumAfter, countAfter, bytesAfter) = await ReadAsync();
            if (countAfter > count) working.Add((sumAfter - sum) * 1000 / (countAfter - count));
            allocated.Add((bytesAfter - bytes) / 1024);
        }

        return (new Series(working), new Series(allocated));

        async Task<(double, double, double)> ReadAsync()
            => ((await side.GaugeAsync("auxo_exposition_refresh_seconds_sum", ct)) ?? 0,
                (await side.GaugeAsync("auxo_exposition_refresh_seconds_count", ct)) ?? 0, (await side.GaugeAsync(Allocated, ct))!.Value);
    }
}
