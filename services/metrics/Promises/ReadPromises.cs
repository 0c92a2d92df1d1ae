using System.Globalization;
using System.Text.Json;

using Auxo.Metrics.Ci;
using Auxo.Metrics.Dora;
using Auxo.Metrics.Health;
using Auxo.Metrics.Histories;
using Auxo.Metrics.Mesh;
using Auxo.Metrics.Promises.Commands;
using Auxo.Metrics.Promises.Known;

using Npgsql;

namespace Auxo.Metrics.Promises;

/// <summary>Brings together what is known of a time, and has the promises judged.</summary>
public sealed class ReadPromises(IDocumentStore store, NpgsqlDataSource database, HistoryCache histories, MeshTable mesh)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>All promises over a window. What happened after its end is left out.</summary>
    public async Task<PromisesReport> OfAsync(Window window, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        var series = new List<DoraSeries>();
        foreach (var rid in await histories.ListAsync(ct))
            if (await histories.GetSeriesAsync(rid, window.To, position: null, ct) is { IsTracked: true } one) series.Add(one);
        var runs = await RunsAsync(session, window, ct);
        var (uptime, unknown) = await UptimeAsync(session, window, ct);
        var feedback = series.SelectMany(one => MeasureCi.Of(one, window)).Select(static b => b.Feedback).OfType<TimeSpan>();
        return new PromisesReport(
            window.From, window.To,
            [
                ScorePromise.Of(PromiseRule.Create, Of(runs, KnownCommands.Create, PromiseRule.Create)),
                ScorePromise.Of(PromiseRule.Feedback, Measured.Of(feedback, PromiseRule.Feedback)),
                ScorePromise.Of(PromiseRule.Merge, Of(runs, KnownCommands.Merge, PromiseRule.Merge)),
                ScorePromise.Of(PromiseRule.NodeUptime, Measured.Of(uptime, Hour), LeftOut(unknown)),
                ScorePromise.Of(PromiseRule.Sync, Measured.Of(await SyncAsync(series, window, ct), SyncLooks.Every)),
            ]);
    }

    private static Measured Of(IEnumerable<CommandRun> runs, string command, PromiseRule rule)
        => Measured.Of(runs.Where(run => run.Command == command).Select(static run => TimeSpan.FromSeconds(run.Seconds)), rule);

    private static string? LeftOut(TimeSpan unknown)
        => unknown < Hour
            ? null
            : string.Create(
                CultureInfo.InvariantCulture, $"{unknown.TotalHours:0} hours are left out, in which a node's agent was silent");

    private static async Task<IReadOnlyList<CommandRun>> RunsAsync(IQuerySession session, Window window, CancellationToken ct)
    {
        var (first, last) = (DateOnly.FromDateTime(window.From.UtcDateTime), DateOnly.FromDateTime(window.To.UtcDateTime));
        var keys = Enumerable.Range(0, last.DayNumber - first.DayNumber + 1).Select(i => CommandDay.StreamKey(first.AddDays(i)));
        var days = await session.LoadManyAsync<CommandDay>(ct, [.. keys]);
        return [.. days.SelectMany(static day => day.Runs).Where(run => run.At >= window.From && run.At < window.To)];
    }

    private async Task<(KnownTime Time, TimeSpan Unknown)> UptimeAsync(IQuerySession session, Window window, CancellationToken ct)
    {
        var heard = (await mesh.ListAsync(ct)).ToDictionary(static n => n.Name, static n => n.ReceivedAt, StringComparer.Ordinal);
        var (all, unknown) = (default(KnownTime), TimeSpan.Zero);
        foreach (var node in await session.Query<NodeUptime>().ToListAsync(ct))
        {
            var here = heard.TryGetValue(node.Node, out var at);
            var spans = node.Known(here ? at : null);
            var time = KnownTime.Of(spans, window);
            all += time;
            // Of a node that was taken away nobody expects to hear.
            if (!here || spans.Count == 0) continue;
            var first = spans.Min(static span => span.From);
            var expected = window.To - (first > window.From ? first : window.From);
            if (expected > time.Known) unknown += expected - time.Known;
        }

        return (all, unknown);
    }

    private async Task<KnownTime> SyncAsync(IReadOnlyList<DoraSeries> series, Window window, CancellationToken ct)
    {
        var told = await StoodAsync([.. series.Select(static one => one.Rid)], window, ct);
        return series
            .Select(one => KnownTime.Of(
                SyncLooks.Of(told[RepositoryHealth.StreamKey(one.Rid)], one.Policy.Seeds, window.To), window))
            .Aggregate(default(KnownTime), static (a, b) => a + b);
    }

    /// <summary>How repositories stood, by stream; one statement, since a look for each repository would be many.</summary>
    private async Task<ILookup<string, HealthEvent.Stood>> StoodAsync(IReadOnlyList<Rid> rids, Window window, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            select stream_id, data from metrics.mt_events
            where stream_id = any($1) and type = 'health_stood' and timestamp >= $2
            """);
        foreach (var value in (object[])[rids.Select(static rid => RepositoryHealth.StreamKey(rid)).ToArray(), Earliest(window)])
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var told = new List<(string Stream, HealthEvent.Stood Stood)>();
        while (await reader.ReadAsync(ct))
            told.Add((reader.GetString(0), JsonSerializer.Deserialize(reader.GetString(1), StoredJson.Default.Stood)!));
        return told.ToLookup(static one => one.Stream, static one => one.Stood, StringComparer.Ordinal);
    }

    /// <summary>What was told before this is not believed any more when the window begins.</summary>
    private static DateTimeOffset Earliest(Window window) => (window.From - SyncLooks.Believed).ToUniversalTime();
}
