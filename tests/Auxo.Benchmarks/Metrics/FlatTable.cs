using Auxo.Contracts;

using Npgsql;

using NpgsqlTypes;

namespace Auxo.Benchmarks.Metrics;

/// <summary>
/// What a team would write without Auxo: the same facts in one flat table of the same PostgreSQL, indexed by what is asked for,
/// and the numbers of a window in one statement. It knows nothing of rollbacks, repeated and overtaken deployments, reopened
/// failures, rules that change or answers as of then.
/// </summary>
internal static class FlatTable
{
    private const string Question =
        """
        with live as (
            select build, commit, at from flat.facts
            where rid = $1 and kind = 'build_finished' and ref = 'main' and outcome = 'Passed' and at >= $2 and at < $3),
        lead as (
            select l.at - min(p.first_commit_at) as took
            from live l join flat.facts m on m.rid = $1 and m.kind = 'change_merged' and m.commit = l.commit
            join flat.facts p on p.rid = $1 and p.kind = 'change_proposed' and p.patch = m.patch
            group by l.build, l.at, m.patch),
        failed as (
            select l.build, max(r.at) - min(f.at) as took
            from live l join flat.facts f on f.rid = $1 and f.kind = 'failure_detected' and f.deployment = l.build
            left join flat.facts r on r.rid = $1 and r.kind = 'failure_recovered' and r.failure = f.failure
            group by l.build)
        select (select count(*) from live), (select count(distinct at::date) from live), (select count(*) from failed),
            (select percentile_cont(array[0.5, 0.75, 0.9, 0.95]) within group (order by extract(epoch from took)) from lead),
            (select percentile_cont(array[0.5, 0.75, 0.9, 0.95]) within group (order by extract(epoch from took)) from failed)
        """;

    /// <summary>Fills it from the store's events.</summary>
    public static Task FillAsync(MetricsSide side, CancellationToken ct) => side.ExecuteAsync(
        """
        create schema flat;
        create table flat.facts as
        select data->>'rid' as rid, type as kind, (data->>'at')::timestamptz as at, data->>'patchId' as patch,
            data->>'commit' as commit, data->>'ref' as ref, data->>'outcome' as outcome, data->>'buildId' as build,
            (data->>'firstCommitAt')::timestamptz as first_commit_at, data->>'failureId' as failure,
            data->>'deploymentId' as deployment
        from metrics.mt_events
        where type in ('change_proposed', 'change_merged', 'build_finished', 'failure_detected', 'failure_recovered');
        create index on flat.facts (rid, kind, at);
        create index on flat.facts (rid, kind, commit);
        create index on flat.facts (rid, kind, patch);
        create index on flat.facts (rid, kind, deployment) where deployment is not null;
        create index on flat.facts (rid, kind, failure) where failure is not null;
        analyze flat.facts
        """, ct);

    /// <summary>The window's numbers; how many deployments it counted.</summary>
    public static async Task<long> AskAsync(
        NpgsqlConnection connection, Rid rid, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Question, connection);
        command.Parameters.Add(new() { Value = rid.Value });
        command.Parameters.Add(new() { Value = from, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = to, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await command.PrepareAsync(ct);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return reader.GetInt64(0);
    }
}
