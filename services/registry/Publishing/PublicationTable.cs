using Npgsql;

namespace Auxo.Registry.Publishing;

/// <summary>The rows beside the streams of publications: what a worker takes, what is looked up, and what holds contents.</summary>
internal static class PublicationTable
{
    /// <summary>What a worker may take.</summary>
    public static readonly LeaseTable Leases = new(
        "registry.publications", "build_id", "state = 'waiting' and (not_before is null or not_before <= now())", "finished_at, build_id");

    public static IEnumerable<NpgsqlBatchCommand> Insert(PublicationEvent.Requested e)
    {
        yield return Sql.Command(
            "insert into registry.publications (build_id, rid, ref, commit_id, trigger, finished_at, state) values "
                + "($1, $2, $3, $4, $5, $6, 'waiting')",
            e.Subject.BuildId, e.Subject.Rid.Value, e.Subject.Ref, e.Subject.Commit.Value, e.Subject.Trigger.ToString(), e.FinishedAt);
        yield return Sql.Command(
            "insert into registry.published_files (build_id, name, media_type, digest, size_bytes) select $1, n, m, d, "
                + "s from unnest($2::text[], $3::text[], $4::text[], $5::bigint[]) u (n, m, d, s)",
            e.Subject.BuildId, e.Files.Select(static f => f.Name).ToArray(), e.Files.Select(static f => f.MediaType).ToArray(),
            e.Files.Select(static f => f.Digest).ToArray(), e.Files.Select(static f => f.SizeBytes).ToArray());
    }

    public static NpgsqlBatchCommand Published(Guid build, DateTimeOffset at)
        => Sql.Command(
            "update registry.publications set state = 'published', reason = null, published_at = $2 where build_id = $1", build, at);

    public static NpgsqlBatchCommand Failed(Guid build, string reason)
        => Sql.Command("update registry.publications set state = 'failed', reason = $2 where build_id = $1", build, reason);

    /// <summary>The contents are let go; the sweep takes what nobody else has.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Expired(Guid build, string reason)
    {
        yield return Sql.Command("update registry.publications set state = 'expired', reason = $2 where build_id = $1", build, reason);
        yield return Sql.Command("update registry.published_files set blob = null where build_id = $1", build);
    }

    /// <summary>Later again; nobody else takes it before.</summary>
    public static NpgsqlBatchCommand Later(Guid build, string reason, int attempts, DateTimeOffset notBefore)
        => Sql.Command("update registry.publications set reason = $2, attempts = $3, not_before = $4 where build_id = $1",
            build, reason, attempts, notBefore);

    /// <summary>The files of a build that are not here yet.</summary>
    public static Task<List<BuildArtifact>> MissingAsync(NpgsqlDataSource source, Guid build, CancellationToken ct)
        => source.ReadAsync(
            static r => new BuildArtifact(r.GetString(0), r.GetString(1), r.GetString(2), r.GetInt64(3)), ct,
            "select name, media_type, digest, size_bytes from registry.published_files where build_id = $1 and blob is null order by name",
            build);

    public static async Task<int> AttemptsAsync(NpgsqlDataSource source, Guid build, CancellationToken ct)
        => (await source.ReadAsync(static r => r.GetInt32(0), ct, "select attempts from registry.publications where build_id = $1", build))
            .FirstOrDefault();

    /// <summary>A content is here: every file of the build that has it refers to it from now on.</summary>
    public static Task HoldAsync(NpgsqlDataSource source, Guid build, Blobs.Digest digest, CancellationToken ct)
        => source.ExecuteAsync(ct, "update registry.published_files set blob = $2 where build_id = $1 and digest = $3",
            build, digest.Hex, digest.ToString());

    /// <summary>The build that <c>latest</c> means: of the newest head of the default branch that has one, the newest.</summary>
    public static async Task<Guid?> LatestAsync(NpgsqlDataSource source, Rid rid, CancellationToken ct, Guid? asIfPublished = null)
        => (await source.ReadAsync(
            static r => r.GetGuid(0), ct,
            """
            select p.build_id from registry.publications p join registry.heads h on h.rid = p.rid and h.commit_id = p.commit_id
            where p.rid = $1 and p.trigger = 'Branch' and (p.state = 'published' or p.build_id = $2::uuid)
            order by h.position desc, p.finished_at desc, p.build_id limit 1
            """, rid.Value, asIfPublished)) is [var build] ? build : null;

    /// <summary>The build that a commit means: the first that was published, forever.</summary>
    public static async Task<Guid?> OfCommitAsync(NpgsqlDataSource source, Rid rid, CommitId commit, CancellationToken ct)
        => (await source.ReadAsync(
            static r => r.GetGuid(0), ct,
            "select build_id from registry.publications where commit_id = $2 and rid = $1 and published_at is not null "
                + "order by published_at, build_id limit 1", rid.Value, commit.Value))
            is [var build] ? build : null;

    /// <summary>Somebody fetched something of it; a write per build and day is enough for cleaning up.</summary>
    public static Task DownloadedAsync(NpgsqlDataSource source, Guid build, DateTimeOffset now, CancellationToken ct)
        => source.ExecuteAsync(
            ct, "update registry.publications set downloaded_at = $2 where build_id = $1 and (downloaded_at is null or "
                + "downloaded_at < $3)", build, now, now - TimeSpan.FromDays(1));
}
