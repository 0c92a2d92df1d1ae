using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Runners.Placing;
using Auxo.Pipeline.Running;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Pipeline.Runners.Queue;

/// <summary>A build without a verdict.</summary>
/// <param name="Id">It.</param>
/// <param name="ShortId">Its first digits, which commands take.</param>
/// <param name="Rid">Its repository.</param>
/// <param name="RepositoryName">For people.</param>
/// <param name="Ref">The branch, tag or patch.</param>
/// <param name="Title">What it builds.</param>
/// <param name="State"><c>running</c> or <c>waiting</c>.</param>
/// <param name="Position">From 1, of those that wait; null of one that runs.</param>
/// <param name="Machine">Where it runs; null of one that waits.</param>
/// <param name="Reason">Why it waits; null of one that runs.</param>
/// <param name="Labels">What its machine must have.</param>
/// <param name="QueuedAt">Since when.</param>
/// <param name="StartsInSeconds">When it begins, by the median of its repository's last builds; null when that is not known.</param>
public sealed record QueueItem(
    Guid Id, string ShortId, Rid Rid, string RepositoryName, string Ref, string Title, string State, int? Position, string? Machine,
    string? Reason, IReadOnlyList<string> Labels, DateTimeOffset QueuedAt, double? StartsInSeconds);

/// <summary>What runs and what waits, in the order of the queue.</summary>
/// <param name="Items">At most <see cref="ShowQueue.Most"/>.</param>
public sealed record QueuePage(IReadOnlyList<QueueItem> Items);

/// <summary><c>GET /queue</c>: what runs where, and what waits, why and for how long.</summary>
public static class ShowQueue
{
    /// <summary>Builds of one answer.</summary>
    public const int Most = 200;

    /// <summary>Of a repository, that say how long one takes.</summary>
    private const int LastBuilds = 10;

    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/queue", HandleAsync).WithName("ShowQueue").RequireScope("pipeline:read");

    private static async Task<Ok<QueuePage>> HandleAsync(
        NpgsqlDataSource database, IQuerySession session, RunnerTable table, Machine here, TimeProvider time, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var rows = await RowsAsync(database, now, ct);
        var builds = await session.LoadManyAsync<Build>(ct, rows.Select(static row => Build.StreamKey(row.Waiting.Id)));
        var byId = builds.ToDictionary(static build => build.BuildId);
        rows = [.. rows.Where(row => byId.ContainsKey(row.Waiting.Id))];
        var takes = await MediansAsync(database, [.. byId.Values.Select(static build => build.Subject.Rid.Value).Distinct()], ct);
        var running = rows.Where(static row => row.IsLeased).ToList();
        var waiting = rows.Where(static row => !row.IsLeased).ToList();
        var runners = (await table.ListAsync(ct)).Select(runner => Known(
            runner, running.Count(row => row.Waiting.With == runner.Name), now)).ToList();
        var main = here with { Room = Math.Max(0, here.Room - running.Count(static row => row.Waiting.With is null)) };

        TimeSpan? TakesOf(Row row) => takes.GetValueOrDefault(byId[row.Waiting.Id].Subject.Rid.Value);
        string MachineOf(Row row) => row.Waiting.With ?? here.Name;
        var starts = StartEstimate.Of(
            [here, .. runners.Where(static runner => runner.Machine.Absence is null)
                .Select(static runner => runner.Machine.What with { Room = runner.Capacity })],
            [.. running.Select(row => new BegunBuild(MachineOf(row), Left(TakesOf(row), byId[row.Waiting.Id], now)))],
            [.. waiting.Select(row => (row.Waiting, TakesOf(row)))]);
        return TypedResults.Ok(new QueuePage(
        [
            .. running.Select(row => Item(row, byId[row.Waiting.Id], "running", null, MachineOf(row), null, null)),
            .. waiting.Select((row, i) => Item(
                row, byId[row.Waiting.Id], "waiting", i + 1, null,
                WaitReason.Of(row.Waiting, main, [.. runners.Select(static runner => runner.Machine)], row.InGroup),
                row.InGroup ? null : starts[i])),
        ]));
    }

    private static QueueItem Item(
        Row row, Build build, string state, int? position, string? machine, string? reason, TimeSpan? startsIn)
        => new(
            build.BuildId, build.BuildId.ToString()[..7], build.Subject.Rid, build.Subject.RepositoryName, build.Subject.Ref,
            build.Subject.Title, state, position, machine, reason, row.Waiting.Labels, build.QueuedAt, startsIn?.TotalSeconds);

    private static (KnownMachine Machine, int Capacity) Known(Runner runner, int busy, DateTimeOffset now)
    {
        var absence = runner.State switch
        {
            RunnerState.Paused => "is paused",
            RunnerState.Draining => "is draining",
            _ when runner.SeenAt is null => "has not come yet",
            _ when now - runner.SeenAt > RunnerResponse.Away => "is away",
            _ => null,
        };
        return (new KnownMachine(
            new Machine(
                runner.Name, [.. runner.Labels.Union(runner.Given, StringComparer.Ordinal)], runner.IsReserved, runner.TakesStrangers,
                Math.Max(0, runner.Capacity - busy)),
            absence), runner.Capacity);
    }

    private static TimeSpan? Left(TimeSpan? takes, Build build, DateTimeOffset now)
        => takes is not { } whole ? null
            : build.StartedAt is { } began && whole > now - began ? whole - (now - began)
            : TimeSpan.Zero;

    private static async Task<IReadOnlyList<Row>> RowsAsync(NpgsqlDataSource database, DateTimeOffset now, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            $"""
            select build_id, labels, trust <> 'Trusted', steps, runner, coalesce(leased_until > $1, false), not ({BuildLeases.Ready})
            from pipeline.builds left join pipeline.handovers using (build_id)
            where state = 'ready' order by queued_at, build_id limit {Most}
            """).With(now);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<Row>();
        while (await reader.ReadAsync(ct)) rows.Add(new Row(
            new WaitingBuild(
                reader.GetGuid(0), await reader.GetFieldValueAsync<string[]>(1, ct), reader.GetBoolean(2), reader.GetBoolean(3),
                await reader.IsDBNullAsync(4, ct) ? null : reader.GetString(4)),
            reader.GetBoolean(5), reader.GetBoolean(6)));
        return rows;
    }

    private static async Task<IReadOnlyDictionary<string, TimeSpan?>> MediansAsync(
        NpgsqlDataSource database, string[] repositories, CancellationToken ct)
    {
        if (repositories.Length == 0) return new Dictionary<string, TimeSpan?>(StringComparer.Ordinal);
        await using var command = database.CreateCommand(
            """
            select rid, percentile_cont(0.5) within group (
                order by extract(epoch from (data->>'finishedAt')::timestamptz - (data->>'startedAt')::timestamptz))
            from unnest($1) as asked(rid) cross join lateral (
                select build_id from pipeline.builds where builds.rid = asked.rid and state = 'done'
                order by queued_at desc, build_id desc limit $2) last
            join pipeline.mt_doc_build on mt_doc_build.id = 'build/' || last.build_id
            where data->>'finishedAt' is not null and data->>'startedAt' is not null and data->>'outcome' in ('Passed', 'Failed')
            group by rid
            """).With(repositories, LastBuilds);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var medians = new Dictionary<string, TimeSpan?>(StringComparer.Ordinal);
        while (await reader.ReadAsync(ct)) medians[reader.GetString(0)] = TimeSpan.FromSeconds(reader.GetDouble(1));
        return medians;
    }

    private sealed record Row(WaitingBuild Waiting, bool IsLeased, bool InGroup);
}
