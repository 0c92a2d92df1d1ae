using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Schedules;
using Auxo.Pipeline.Schedules.Scans;

using Npgsql;

namespace Auxo.Pipeline.Queueing;

/// <summary>
/// Remembers where a repository is, for builds by hand. One that was followed before has its schedules again; of a new one the
/// default branch is reported right after this.
/// </summary>
public static class OnRepositoryTrackedHandler
{
    /// <summary>Reads the schedules of the head that is known from before.</summary>
    public static async Task<IReadOnlyList<ScheduleDefinition>?> LoadAsync(
        RepositoryTracked message, NpgsqlDataSource database, DeclaredSchedules schedules, CancellationToken ct)
        => await BuildTable.HeadAsync(database, message.Rid, ct) is { } head ? await schedules.ReadAsync(message.Source, head, ct) : null;

    /// <summary>Keeps both.</summary>
    public static (RememberRepository, FollowSchedules, OutgoingMessages) Handle(
        RepositoryTracked message, IReadOnlyList<ScheduleDefinition>? declared, ScanSettings scans, DateTimeOffset now)
        => (new RememberRepository(message), new FollowSchedules(message.Rid, declared, message.At, now, scans),
            declared is { Count: > 0 } ? [new SchedulesChanged()] : []);
}

/// <summary>Remembers where a repository is, and that it is followed.</summary>
/// <param name="Tracked">What ingest reported.</param>
public sealed record RememberRepository(RepositoryTracked Tracked) : IMartenOp
{
    /// <inheritdoc/>
    public void Execute(IDocumentSession session)
        => session.QueueSqlCommand(BuildTable.Command(
            """
            insert into pipeline.repositories (rid, name, default_branch, source) values ($1, $2, $3, $4)
            on conflict (rid) do update set name = excluded.name, default_branch = excluded.default_branch,
                source = excluded.source, untracked_at = null
            """,
            Tracked.Rid.Value, Tracked.Name, Tracked.DefaultBranch, Tracked.Source.Value));
}
