using Auxo.Pipeline.Baselines;
using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Security;
using Auxo.Pipeline.Verdict;

using Npgsql;

namespace Auxo.Pipeline.Findings;

/// <summary>
/// Keeps the record of findings. What a build of a default branch saw is kept beside it when its checks are done, and moves
/// the record in the transaction that ends it: a build that ends otherwise leaves nothing behind.
/// </summary>
public sealed class FindingsStore(IDocumentStore store, NpgsqlDataSource database, Links links, DueDates due)
{
    /// <summary>True when the end of a build may move the record.</summary>
    public static bool IsFollowed(Build build)
        => build.Subject.Trigger is BuildTrigger.Branch or BuildTrigger.Schedule
            && build.Canonical == build.Subject.Commit;

    /// <summary>Which builds have moved the record; null when none has.</summary>
    public async Task<FindingsRecord?> RecordAsync(Rid rid, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return await session.LoadAsync<FindingsRecord>(FindingsRecord.StreamKey(rid), ct);
    }

    /// <summary>What the baseline's events say of findings that are known now.</summary>
    internal async Task<IReadOnlyDictionary<Fingerprint, KnownSince>> KnownSinceAsync(Rid rid, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        var events = await session.Events.FetchStreamAsync(Baseline.StreamKey(rid), token: ct);
        return FindingHistory.Of(events.Select(static e => (BaselineEvent)e.Data));
    }

    /// <summary>Keeps what a build saw until it ends.</summary>
    internal async Task StageAsync(FindingLook look, CancellationToken ct)
    {
        await using var command = FindingsTable.Stage(database, look.Limited());
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Moves the record with the end of a build, in its session.</summary>
    /// <param name="session">Saves the end.</param>
    /// <param name="build">As it ends.</param>
    /// <param name="now">The time.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>What is to be told of it.</returns>
    internal async Task<OutgoingMessages> MoveAsync(IDocumentSession session, Build build, DateTimeOffset now, CancellationToken ct)
    {
        // Who stops a build says nothing about its commit.
        if (!IsFollowed(build) || build.Outcome is Outcome.Cancelled or Outcome.Superseded or Outcome.Skipped) return [];
        if (await FindingsTable.StagedAsync(database, build.BuildId, ct) is not { } look) return [];
        var rid = build.Subject.Rid;
        var record = await session.LoadAsync<FindingsRecord>(FindingsRecord.StreamKey(rid), ct);
        var known = await FindingsTable.AllAsync(database, rid, ct);
        if (MoveFindings.Decide(record, known, look, now) is not { } move) return [];
        if (record is null) session.Events.StartStream<FindingsRecord>(FindingsRecord.StreamKey(rid), move.Event);
        else session.Events.Append(FindingsRecord.StreamKey(rid), record.Version + 1, move.Event);
        foreach (var command in FindingsTable.Write(move.Rows)) session.QueueSqlCommand(command);
        if (move.Event.Fixed > 0) session.QueueSqlCommand(FindingsTable.Trim(rid, now));
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var counted = CountFindings.Of(
            rid, build.Subject.RepositoryName, record?.Apply(move.Event) ?? FindingsRecord.Create(move.Event),
            await SecurityTable.ScannedAsync(database, rid, ct), CountFindings.Groups(After(known, move.Rows), today), due, now);
        return SevereNews.Of(build, look, move, links) is { } news ? [news, counted] : [counted];
    }

    private static IEnumerable<TrackedFinding> After(IReadOnlyList<TrackedFinding> known, IReadOnlyList<TrackedFinding> moved)
    {
        var ids = moved.Select(static row => row.Id).ToHashSet(StringComparer.Ordinal);
        return known.Where(row => !ids.Contains(row.Id)).Concat(moved);
    }

    /// <summary>The findings that are not fixed in some files, and those about the whole tree.</summary>
    internal Task<IReadOnlyList<TrackedFinding>> OpenInAsync(
        Rid rid, IReadOnlyCollection<string> paths, CancellationToken ct)
        => FindingsTable.OpenInAsync(database, rid, paths, ct);

    /// <summary>True when there is one that is not fixed.</summary>
    internal Task<bool> HasOpenAsync(Rid rid, CancellationToken ct)
        => FindingsTable.HasOpenAsync(database, rid, ct);
}
