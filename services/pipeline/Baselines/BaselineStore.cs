using Auxo.Pipeline.Builds;

using Npgsql;

namespace Auxo.Pipeline.Baselines;

/// <summary>Reads and writes the baselines of repositories.</summary>
public sealed class BaselineStore(IDocumentStore store, Outbox outbox, NpgsqlDataSource database)
{
    /// <summary>The baseline; null when there has never been one.</summary>
    public async Task<Baseline?> ReadAsync(Rid rid, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return await session.LoadAsync<Baseline>(Baseline.StreamKey(rid), ct);
    }

    /// <summary>All that happened to it, oldest first.</summary>
    public async Task<IReadOnlyList<BaselineEvent>> HistoryAsync(Rid rid, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return [.. (await session.Events.FetchStreamAsync(Baseline.StreamKey(rid), token: ct)).Select(static e => (BaselineEvent)e.Data)];
    }

    /// <summary>Decides and writes; decides again on what is there when somebody else wrote first.</summary>
    /// <param name="rid">The repository.</param>
    /// <param name="decide">What happens to it (null for nothing), and what the caller wants to know.</param>
    /// <param name="ct">Gives up.</param>
    public Task<T> WriteAsync<T>(Rid rid, Func<Baseline?, (BaselineEvent? Event, T Answer)> decide, CancellationToken ct)
        => LostRace.RetryAsync(async () =>
        {
            await using var work = outbox.Open();
            var before = await work.Session.LoadAsync<Baseline>(Baseline.StreamKey(rid), ct);
            var (happened, answer) = decide(before);
            if (happened is null) return answer;
            if (before is null) work.Session.Events.StartStream<Baseline>(Baseline.StreamKey(rid), happened);
            else work.Session.Events.Append(Baseline.StreamKey(rid), before.Version + 1, happened);
            await work.SaveChangesAsync(ct);
            return answer;
        });

    /// <summary>True when ingest has told of the repository.</summary>
    public async Task<bool> IsRepositoryAsync(Rid rid, CancellationToken ct)
    {
        await using var command = database
            .CreateCommand("select exists (select from pipeline.repositories where rid = $1)").With(rid.Value);
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>True when the build is of what the default branch holds now: one that comes late changes nothing.</summary>
    internal async Task<bool> IsNewestAsync(Build build, CancellationToken ct)
    {
        await using var command = database.CreateCommand("select exists (select from pipeline.repositories where rid = $1 and head = $2)")
            .With(build.Subject.Rid.Value, build.Subject.Commit.Value);
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>What the branch held before; null when nothing was built of it.</summary>
    internal async Task<CommitId?> CommitBeforeAsync(Build build, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            select commit_id from pipeline.builds
            where rid = $1 and trigger = 'Branch' and subject = $2 and commit_id <> $3 and attempt = 1
            order by queued_at desc, build_id desc limit 1
            """)
            .With(build.Subject.Rid.Value, build.Subject.Ref, build.Subject.Commit.Value);
        return await command.ExecuteScalarAsync(ct) is string commit ? CommitId.Parse(commit) : null;
    }
}
