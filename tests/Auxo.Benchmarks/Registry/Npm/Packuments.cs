using System.Net.Http.Json;

using Auxo.Benchmarks.Measuring;

namespace Auxo.Benchmarks.Registry.Npm;

/// <summary>
/// What an npm client asks before it installs, of a warm mirror, with token, scope and database, beside Verdaccio, which has the same
/// packages of its own and lets everybody in; and an installation by npm itself.
/// </summary>
internal static class Packuments
{
    private const int Connections = 8;
    private const int Packages = 300;

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        await using var verdaccio = await VerdaccioSide.StartAsync(context, ct);
        if (verdaccio is null) return [];
        context.Tell($"{Packages} packages are published");
        var names = Enumerable.Range(0, Packages).Select(static i => $"bench-{i}").ToList();
        foreach (var name in names) await verdaccio.PublishAsync(new NpmPackage(name, "1.0.0", []), ct);
        await verdaccio.PublishAsync(new NpmPackage("bench-all", "1.0.0", names), ct);
        var large = new NpmPackage("bench-large", "1.0.0", []);
        await verdaccio.PublishAsync(large, ct);
        var size = await verdaccio.GrowAsync(large, context.Options.Count(400, 40), 50_000, ct);

        var instance = await context.PlainInstanceAsync();
        var registry = new RegistrySide(instance, "bench-npm");
        using var defined = await instance.Client("registry").PutAsJsonAsync("/repositories/bench-npm",
            new { format = "npm", quotaBytes = 1L << 40, upstream = verdaccio.Address, cooldownDays = 0 }, ct);
        defined.EnsureSuccessStatusCode();
        var process = await registry.ProcessIdAsync();
        List<Figure> figures = [];
        foreach (var (name, what, goal) in ((string, string, double)[])[
            ("bench-0", "a small packument", 20), (large.Name, $"a packument of {size / 1e6:0} MB", 50)])
        {
            figures.AddRange(await CompareAsync(
                context, name, what, goal, new HttpLoad(registry.Address, _ => registry.HeadOf($"/npm/bench-npm/{name}"), body: null, 200)
                {
                    ProcessId = process,
                },
                new HttpLoad(verdaccio.Address, _ => $"GET /{name} HTTP/1.1", body: null, 200) { ProcessId = verdaccio.ProcessId }, ct));
        }

        if (await NpmInstalls.RunAsync(context, registry, verdaccio, "bench-all", ct) is { } install) figures.Add(install);
        return figures;
    }

    private static async Task<IEnumerable<Figure>> CompareAsync(
        BenchmarkContext context, string name, string what, double goal, HttpLoad ours, HttpLoad theirs, CancellationToken ct)
    {
        var round = TimeSpan.FromSeconds(context.Options.Count(2, 1));
        context.Tell(what);
        if (name == "bench-0") await ours.WarmUpAsync(TimeSpan.FromSeconds(20));
        await ours.RunAsync(Connections, round / 2);
        await theirs.RunAsync(Connections, round / 2);
        List<LoadRound> mine = [], peers = [];
        for (var i = 0; i < context.Options.Count(5, 1); i++)
        {
            ct.ThrowIfCancellationRequested();
            mine.Add(await ours.RunAsync(Connections, round));
            peers.Add(await theirs.RunAsync(Connections, round));
        }

        var (latencies, theirLatencies) = (Loads.Latencies(mine), Loads.Latencies(peers));
        return [
            new Figure(
                $"npm: {what} from a warm mirror, {Connections} connections", "1/s", new Series(mine.Select(static r => r.PerSecond)),
                new Series(peers.Select(static r => r.PerSecond)), Goal.AtLeastOfPeer(goal))
            {
                Note = $"p50 {latencies.P50:0.00} ms, p99 {latencies.P99:0.00} ms; peer p50 {theirLatencies.P50:0.00} ms, p99 "
                    + $"{theirLatencies.P99:0.00} ms; the peer is Verdaccio without accounts; the load generator shares the cores",
            },
            Loads.Processors(mine, peers)];
    }
}
