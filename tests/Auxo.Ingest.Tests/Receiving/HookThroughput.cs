using System.Collections.Concurrent;
using System.Diagnostics;

using Auxo.Testing.Radicle;
using Auxo.Testing;

namespace Auxo.Ingest.Tests.Receiving;

/// <summary>Run by hand (<c>-explicit only -class …HookThroughput</c>): prints figures, judges nothing.</summary>
public sealed class HookThroughput(PostgresFixture postgres, ITestOutputHelper output)
{
    [Fact(Explicit = true)]
    public async Task durable_webhooks_per_second()
    {
        var home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
        using var alice = new RadicleTestKey("alice");
        var database = await postgres.CreateDatabaseAsync();
        var storage = await RadicleStorage.CreateAsync(Path.Combine(home, "storage"), "demo", alice, new Dictionary<string, string>
        {
            ["a"] = "a",
        });
        string secret;
        await using (var host = await IngestHost.StartAsync(database, home)) secret = await host.TrackAsync(storage.Rid);
        await using var service = await ServiceProcess.StartAsync(
            "ingest", database, crashAt: null, ("RAD_HOME", home), ("RAD_SOCKET", Path.Combine(home, "none")));
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 32 }) { BaseAddress = service.Address };
        foreach (var (round, count) in ((string, int)[])[("warm-up", 4000), ("measured", 20000)])
        {
            var bodies = Enumerable.Range(0, count)
                .Select(i
                    => IngestHost.PatchBody(storage.Rid, $"{i:x8}{(round == "warm-up" ? 'a' : 'b')}"
                        + new string('0', 31), storage.Head)).ToArray();
            var times = new ConcurrentBag<double>();
            var next = -1;
            var watch = Stopwatch.StartNew();
            var senders = Enumerable.Range(0, 32).Select(_ => Task.Run(async () =>
            {
                for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
                {
                    var start = Stopwatch.GetTimestamp();
                    using var request = IngestHost.Hook(bodies[i], secret);
                    using var answer = await client.SendAsync(request);
                    Assert.Equal(202, (int)answer.StatusCode);
                    times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }
            })).ToArray();
            await Task.WhenAll(senders);
            var sorted = times.Order().ToArray();
            output.WriteLine(
                $"{round}: {count / watch.Elapsed.TotalSeconds:0} webhooks/s, p50 {sorted[count / 2]:0.0} ms, p99 "
                    + $"{sorted[count * 99 / 100]:0.0} ms, worst {sorted[^1]:0.0} ms (32 senders in the same machine)");
        }

        Directory.Delete(home, recursive: true);
    }
}
