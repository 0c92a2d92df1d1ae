using System.Net.Http.Json;
using System.Text.Json;

using Auxo.Benchmarks.Measuring;
using Auxo.Benchmarks.Sides;
using Auxo.Testing;

namespace Auxo.Benchmarks.Thread;

/// <summary>
/// Signed webhooks of 6 KiB, each answered after the commit of its receipt, beside bare inserts of the same row into a
/// PostgreSQL of the same settings; and how soon a webhook has become a fact.
/// </summary>
internal static class Webhooks
{
    private const int Connections = 8;

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        var auxo = await context.InstanceAsync(ct);
        var pair = await context.PairAsync(ct);
        var repository = await pair.Auxo.AddRepositoryAsync("hooks", new Dictionary<string, string>(StringComparer.Ordinal), ct);
        var secret = await SecretAsync(auxo, repository.Rid, ct);
        var hooks = new WebhookLoad(
            auxo.Url("ingest"), repository.Rid, secret, (await pair.Auxo.PushMainAsync(repository, ct)).Subject.Commit.Value);
        await using var inserts = await BareInserts.StartAsync(ct);

        var round = TimeSpan.FromSeconds(context.Options.Count(4, 1));
        List<double> perSecond = [], rows = [];
        List<double> many = [], manyRows = [], single = [], singleRows = [];
        for (var i = 0; i < context.Options.Count(3, 1); i++)
        {
            if (i == 0) await hooks.RunAsync(Connections, round / 2, ct);
            perSecond.Add(Rate(many, await hooks.RunAsync(Connections, round, ct), round));
            rows.Add(Rate(manyRows, await inserts.RunAsync(Connections, round, ct), round));
            single.AddRange((await hooks.RunAsync(1, round / 2, ct)).InOrder);
            singleRows.AddRange((await inserts.RunAsync(1, round / 2, ct)).InOrder);
        }

        var facts = await FactsAsync(pair.Auxo, repository, secret, context.Options.Count(30, 8), ct);
        const string peer = "the peer is a bare insert of the same row with Npgsql, without HTTP, signature or JSON";
        return
        [
            new($"webhooks per second, {Connections} connections", "1/s", new Series(perSecond), new Series(rows), Goal.AtLeast(4000))
            {
                Note = peer + "; the load generator shares the cores",
            },
            new($"webhook → answer after its commit, {Connections} connections", "ms", new Series(many), new Series(manyRows),
                Goal.P99AtMost(10)) { Note = $"p99 {new Series(many).P99:0.0} ms, peer {new Series(manyRows).P99:0.0} ms" },
            new("webhook → answer after its commit, 1 connection", "ms", new Series(single), new Series(singleRows))
            {
                Note = $"p99 {new Series(single).P99:0.0} ms, peer {new Series(singleRows).P99:0.0} ms",
            },
            new("webhook → the fact is committed (new head of main)", "ms", facts)
            {
                Note = $"p99 {facts.P99:0.0} ms; the node tells nothing of this push; until the head stands in GET "
                    + "/repositories/…/refs, asked every 2 ms",
            },
        ];
    }

    private static double Rate(List<double> all, Series latencies, TimeSpan took)
    {
        all.AddRange(latencies.InOrder);
        return latencies.Count / took.TotalSeconds;
    }

    private static async Task<string> SecretAsync(AuxoInstance auxo, string rid, CancellationToken ct)
    {
        using var answer = await auxo.Client("ingest")
            .PostAsync(new Uri($"/repositories/{Uri.EscapeDataString(rid)}/secret", UriKind.Relative), content: null, ct);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("secret").GetString()!;
    }

    /// <summary>A push of which the node tells nobody, then its webhook.</summary>
    private static async Task<Series> FactsAsync(AuxoSide auxo, SideRepository repository, string secret, int count, CancellationToken ct)
    {
        var refs = new Uri($"/repositories/{Uri.EscapeDataString(repository.Rid)}/refs", UriKind.Relative);
        List<double> took = [];
        for (var i = 0; i < count; i++)
        {
            var commit = await auxo.PushMainQuietlyAsync(repository, ct);
            var begun = TimeProvider.System.GetTimestamp();
            await new WebhookLoad(auxo.Instance.Url("ingest"), repository.Rid, secret, commit.Value).SendOneAsync(ct);
            await Poll.UntilAsync(
                async () => (await auxo.Instance.Client("ingest").GetStringAsync(refs, ct))
                    .Contains(commit.Value, StringComparison.Ordinal) ? true : (bool?)null,
                "the fact of the webhook is committed", ct, everyMilliseconds: 2);
            took.Add(TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds);
        }

        return new Series(took);
    }
}
