using System.Net.Http.Json;
using System.Text.Json;

using Auxo.Benchmarks.Measuring;
using Auxo.Contracts;
using Auxo.Testing;
using Auxo.Testing.Receivers;

namespace Auxo.Benchmarks.Notify;

/// <summary>
/// Ends of builds that several channels hear, from the queue to a receiver on this machine; beside a bare HttpClient that posts
/// the same bodies over as many connections, without rows, signatures or a log.
/// </summary>
internal static class Deliveries
{
    private const int Channels = 8;
    private const int AtOnce = 8;
    private static readonly Rid Rid = Rid.Parse("git:benchmark-00000000");
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        var auxo = await context.PlainInstanceAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var queue = new Queues(auxo.OpenDatabase());
        await TellAsync(auxo.Client("notify"), receiver, ct);

        context.Tell("one message at a time, to one channel");
        await RoundAsync(queue, receiver, "quiet", 20, ct);
        List<double> latencies = [];
        for (var i = 0; i < context.Options.Count(200, 30); i++)
        {
            var begun = TimeProvider.System.GetTimestamp();
            await SendAsync(queue, "quiet", 1);
            await receiver.NextAsync();
            latencies.Add(TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds);
        }

        context.Tell($"many messages at once, to {Channels} channels");
        var (messages, rounds) = (context.Options.Count(250, 50), context.Options.Count(5, 1));
        List<double> perSecond = [], bare = [], bareLatencies = [];
        var body = await RoundAsync(queue, receiver, "loud", messages / 5, ct);
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        for (var i = 0; i < rounds; i++)
        {
            var begun = TimeProvider.System.GetTimestamp();
            await RoundAsync(queue, receiver, "loud", messages, ct);
            perSecond.Add(messages * Channels / TimeProvider.System.GetElapsedTime(begun).TotalSeconds);
            begun = TimeProvider.System.GetTimestamp();
            await PostAsync(client, receiver, body, messages * Channels, Channels * AtOnce, ct);
            bare.Add(messages * Channels / TimeProvider.System.GetElapsedTime(begun).TotalSeconds);
            for (var n = 0; n < 50; n++)
            {
                begun = TimeProvider.System.GetTimestamp();
                await PostAsync(client, receiver, body, 1, 1, ct);
                bareLatencies.Add(TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds);
            }
        }

        await RecordedAsync(auxo.Client("notify"), ct);
        var latency = new Series(latencies);
        return
        [
            new("deliveries per second, 8 channels", "1/s", new Series(perSecond), new Series(bare))
            {
                Note = $"{messages} messages at once, each to {Channels} webhooks, until the last one is received; "
                    + "every attempt begins and ends with a commit; the peer posts the same bodies with "
                    + $"{Channels * AtOnce} at once and stores nothing",
            },
            new("message in the queue → received by a webhook, at rest", "ms", latency, new Series(bareLatencies))
            {
                Note = $"p99 {latency.P99:0.0} ms; the peer is one post of the same body",
            },
        ];
    }

    /// <summary>Eight channels that hear loud builds, one that hears quiet ones.</summary>
    private static async Task TellAsync(HttpClient notify, WebhookReceiver receiver, CancellationToken ct)
    {
        var loud = Enumerable.Range(1, Channels).Select(static i => $"bench-{i}").ToArray();
        foreach (var name in loud.Append("bench-quiet")) await PutAsync($"/channels/{name}", new
        {
            webhook = new { url = receiver.Address },
        });
        await PutAsync("/routes/bench-loud", new { on = new[] { "build.*" }, repositories = new[] { "loud" }, channels = loud });
        await PutAsync("/routes/bench-quiet", new
        {
            on = new[] { "build.*" }, repositories = new[] { "quiet" }, channels = new[] { "bench-quiet" },
        });

        async Task PutAsync(string path, object body)
        {
            using var answer = await notify.PutAsJsonAsync(path, body, ct);
            if (!answer.IsSuccessStatusCode) throw new InvalidOperationException(
                $"PUT {path}: {await answer.Content.ReadAsStringAsync(ct)}");
        }
    }

    /// <summary>Sends so many and waits until all channels have all of them; returns a body.</summary>
    /// <exception cref="InvalidOperationException">One came twice.</exception>
    private static async Task<byte[]> RoundAsync(
        Queues queue, WebhookReceiver receiver, string repository, int messages, CancellationToken ct)
    {
        await SendAsync(queue, repository, messages);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        byte[] body = [];
        for (var i = 0; i < messages * (repository == "loud" ? Channels : 1); i++)
        {
            var received = await receiver.NextAsync();
            if (!ids.Add(received.Id)) throw new InvalidOperationException($"{received.Id} came twice.");
            body = received.Body;
        }

        return body;
    }

    /// <summary>As the pipeline does it: all of them in one transaction.</summary>
    private static Task SendAsync(Queues queues, string repository, int count)
        => queues.SendAsync("notify", Enumerable.Range(0, count).Select(_ => Finished(repository)));

    private static BuildFinished Finished(string repository)
    {
        var (now, commit) = (TimeProvider.System.GetUtcNow(), CommitId.Parse(new string('b', 40)));
        return new BuildFinished(
            new BuildSubject(Guid.NewGuid(), Rid, repository, BuildTrigger.Branch, null, null, "main", commit, "Something to tell", null),
            Outcome.Failed, null,
            [new StepResult("tests", "command", Outcome.Failed, true, TimeSpan.FromSeconds(3), 1, "exit code 1")], [],
            [], now.AddSeconds(-5), now.AddSeconds(-4), now, null);
    }

    private static async Task PostAsync(
        HttpClient client, WebhookReceiver receiver, byte[] body, int count, int atOnce, CancellationToken ct)
    {
        var left = count;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(atOnce, count)).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                using var content = new ByteArrayContent(body);
                using var answer = await client.PostAsync(receiver.Address, content, ct);
                answer.EnsureSuccessStatusCode();
            }
        }));
        for (var i = 0; i < count; i++) await receiver.NextAsync();
    }

    /// <summary>Waits until the end of every delivery is in the log.</summary>
    private static Task<bool> RecordedAsync(HttpClient notify, CancellationToken ct)
        => Poll.UntilAsync<bool>(
            async () => (await notify.GetFromJsonAsync<JsonElement>("/deliveries?state=open&limit=1", ct))
                .GetProperty("items").GetArrayLength() == 0 ? true : null,
            "all deliveries are recorded", ct, 50, Limit);
}
