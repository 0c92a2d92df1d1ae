using System.Net.Http.Json;
using System.Text.Json;

using Auxo.Benchmarks.Measuring;
using Auxo.Contracts;

namespace Auxo.Benchmarks.Metrics;

/// <summary>
/// The numbers of 90 days at a million events, over HTTP, beside plain SQL over a flat table of the same facts in the same
/// PostgreSQL.
/// </summary>
internal static class DoraQuery
{
    private const int Repositories = 50;
    private static readonly TimeSpan Ninety = TimeSpan.FromDays(90);

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        await using var side = await MetricsSide.CreateAsync(ct);
        var past = new Past(seed: 7);
        var count = await AppendAsync(context, side, past, ct);
        var began = TimeProvider.System.GetTimestamp();
        await side.StartAsync(ct);
        await side.CatchUpAsync(ct);
        var perSecond = count / TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        context.Tell($"caught up with {count:N0} events, {perSecond:N0} per second");
        await side.ExecuteAsync("vacuum analyze", ct);
        await FlatTable.FillAsync(side, ct);

        var cold = await ColdAsync(context, side, past, ct);
        await side.PageIsCurrentAsync(ct);
        var (warm, plain, busiest, plainBusiest) = await WarmAsync(context, side, past, ct);
        var (pss, peak) = (side.PssMiB, side.PeakMiB);
        var fresh = await AfterFactsAsync(context, side, past.Repositories[0], ct);
        var page = await PageAsync(context, side, past, ct);
        const string peer =
            "the peer is plain SQL over a flat, indexed table of the same facts in the same PostgreSQL, without HTTP; "
                + "it counts no rollbacks, repeats or reopened failures";
        return
        [
            new($"90-day DORA query at {count:N0} events in {Repositories} repositories", "ms", warm, plain, Goal.P99AtMost(50))
            {
                Note = $"p99 {warm.P99:0.0} ms, peer {plain.P99:0.0} ms; {peer}",
            },
            new("of the busiest repository", "ms", busiest, plainBusiest)
            {
                IsPart = true, Note = $"p99 {busiest.P99:0.0} ms, peer {plainBusiest.P99:0.0} ms",
            },
            new("of the busiest repository, first after a new fact", "ms", fresh) { IsPart = true },
            new("the first query after a start, of the busiest repository", "ms", cold, Goal: Goal.AtMost(500))
            {
                Note = "asked as soon as the service answers at all",
            },
            new("a fact → its repository's part of the page is worked out", "ms", page)
            {
                Note = "as the service itself says (auxo_exposition_refresh_seconds), one fact at a time in repositories of all sizes",
            },
            new("projection catching up from nothing, start included", "1/s", Series.One(perSecond), Goal: Goal.AtLeast(1_000_000 / 60.0))
            {
                Note = "the goal is a million events in a minute",
            },
            new("memory (PSS) of the service", "MiB", Series.One(pss), Goal: Goal.AtMost(150))
            {
                Note = $"after all of it was asked for; at most {peak:0} MiB resident since its start",
            },
        ];
    }

    private static async Task<int> AppendAsync(BenchmarkContext context, MetricsSide side, Past past, CancellationToken ct)
    {
        var began = TimeProvider.System.GetTimestamp();
        var events = past.Tell(Repositories, context.Options.Count(1_000_000, 30_000), Poll.Now);
        await side.AppendAsync(events, ct);
        context.Tell(
            $"{events.Count:N0} events of {Repositories} repositories appended in "
                + $"{TimeProvider.System.GetElapsedTime(began).TotalSeconds:0} s");
        return events.Count;
    }

    /// <summary>Each on a service that has just been started, which works out its page at the same time.</summary>
    private static async Task<Series> ColdAsync(BenchmarkContext context, MetricsSide side, Past past, CancellationToken ct)
    {
        List<double> took = [];
        for (var i = 0; i < context.Options.Count(3, 1); i++)
        {
            await side.StopAsync();
            await side.StartAsync(ct);
            took.Add(await AskAsync(side, past.Repositories[0], ct));
        }

        return new Series(took);
    }

    private static async Task<(Series Warm, Series Plain, Series Busiest, Series PlainBusiest)> WarmAsync(
        BenchmarkContext context, MetricsSide side, Past past, CancellationToken ct)
    {
        await using var connection = await side.Database.OpenConnectionAsync(ct);
        List<double> warm = [], plain = [], busiest = [], plainBusiest = [];
        foreach (var rid in past.Repositories)
        {
            await AskAsync(side, rid, ct);
            await PlainAsync(rid);
        }

        var random = new Random(1);
        for (var i = 0; i < context.Options.Count(500, 40); i++)
        {
            var rid = past.Repositories[random.Next(Repositories)];
            warm.Add(await AskAsync(side, rid, ct));
            plain.Add(await PlainAsync(rid));
            if (i % 5 != 0) continue;
            busiest.Add(await AskAsync(side, past.Repositories[0], ct));
            plainBusiest.Add(await PlainAsync(past.Repositories[0]));
        }

        return (new Series(warm), new Series(plain), new Series(busiest), new Series(plainBusiest));

        async Task<double> PlainAsync(Rid rid)
        {
            var (began, now) = (TimeProvider.System.GetTimestamp(), Poll.Now);
            await FlatTable.AskAsync(connection, rid, now - Ninety, now, ct);
            return TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
        }
    }

    private static async Task<Series> AfterFactsAsync(BenchmarkContext context, MetricsSide side, Rid rid, CancellationToken ct)
    {
        List<double> took = [];
        for (var i = 0; i < context.Options.Count(20, 3); i++)
        {
            await ReportAsync(side, rid, ct);
            await side.CatchUpAsync(ct);
            took.Add(await AskAsync(side, rid, ct));
        }

        return new Series(took);
    }

    /// <summary>From the service's own sums before and after, since it gathers what happens within a second.</summary>
    private static async Task<Series> PageAsync(BenchmarkContext context, MetricsSide side, Past past, CancellationToken ct)
    {
        List<double> took = [];
        await side.PageIsCurrentAsync(ct);
        for (var i = 0; i < context.Options.Count(12, 3); i++)
        {
            var before = (await side.GaugeAsync("auxo_exposition_refresh_seconds_sum", ct), await side.GaugeAsync(
                "auxo_exposition_refresh_seconds_count", ct));
            await ReportAsync(side, past.Repositories[i * 4 % Repositories], ct);
            await side.PageIsCurrentAsync(ct);
            var after = (await side.GaugeAsync("auxo_exposition_refresh_seconds_sum", ct), await side.GaugeAsync(
                "auxo_exposition_refresh_seconds_count", ct));
            if (after.Item2 > before.Item2) took.Add((after.Item1 - before.Item1)!.Value * 1000 / (after.Item2 - before.Item2)!.Value);
        }

        return new Series(took);
    }

    private static async Task ReportAsync(MetricsSide side, Rid rid, CancellationToken ct)
    {
        using var answer = await side.Client.PostAsJsonAsync(new Uri("/api/failures", UriKind.Relative), new { rid = rid.Value }, ct);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task<double> AskAsync(MetricsSide side, Rid rid, CancellationToken ct)
    {
        var began = TimeProvider.System.GetTimestamp();
        using var answer = await side.Client.GetAsync(
            new Uri($"/api/dora/{Uri.EscapeDataString(rid.Value)}?days=90", UriKind.Relative), ct);
        var bytes = await answer.Content.ReadAsByteArrayAsync(ct);
        var took = TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException(
            $"{(int)answer.StatusCode} {System.Text.Encoding.UTF8.GetString(bytes)}");
        using var json = JsonDocument.Parse(bytes);
        if (json.RootElement.GetProperty("deploymentFrequency").GetProperty("n").GetInt32() == 0) throw new InvalidOperationException(
            $"{rid} has no deployment in 90 days");
        return took;
    }
}
