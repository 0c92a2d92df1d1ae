using System.Text.Json;

using Auxo.Pipeline.Builds;

using Npgsql;

namespace Auxo.Pipeline.Surveying;

/// <summary>A repository that is due to be surveyed.</summary>
/// <param name="Rid">Which.</param>
/// <param name="Name">Its name.</param>
/// <param name="Source">Where it is.</param>
/// <param name="Head">The newest head of its default branch.</param>
/// <param name="Objects">What its objects were found to be last; null before the first time.</param>
internal sealed record DueSurvey(Rid Rid, string Name, RepositoryLocator Source, CommitId Head, ObjectSurvey? Objects);

/// <summary>The rows of what was surveyed.</summary>
internal static class SurveyTable
{
    /// <summary>How it is read now: with another one, everything is read again.</summary>
    public const string Ruling = "2";

    /// <summary>Whoever pushes again and again is not read each time.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan RestAfterFailure = TimeSpan.FromHours(1);
    private static readonly TimeSpan ObjectsAge = TimeSpan.FromDays(7);

    /// <summary>Those whose head is another one than was read, the ones that have waited longest first.</summary>
    public static Task<IReadOnlyList<DueSurvey>> DueAsync(NpgsqlDataSource database, DateTimeOffset now, CancellationToken ct)
        => ReadAsync(
            database.CreateCommand(
                """
                select r.rid, r.name, r.source, r.head, s.objects
                from pipeline.repositories r left join pipeline.surveys s using (rid)
                where r.untracked_at is null and r.head is not null
                    and (s.rid is null or s.head is distinct from r.head or s.ruling <> $1)
                    and (s.surveyed_at is null or s.ruling <> $1 or s.surveyed_at < $2) and (s.failed_at is null or s.failed_at < $3)
                order by s.surveyed_at nulls first, r.rid
                """).With(Ruling, now - Rest, now - RestAfterFailure),
            ct);

    /// <summary>One whose objects were not looked through for a week.</summary>
    public static async Task<DueSurvey?> ObjectsDueAsync(NpgsqlDataSource database, DateTimeOffset now, CancellationToken ct)
        => (await ReadAsync(
            database.CreateCommand(
                """
                select r.rid, r.name, r.source, r.head, s.objects
                from pipeline.repositories r join pipeline.surveys s using (rid)
                where r.untracked_at is null and r.head is not null and s.head is not null
                    and (s.objects_at is null or s.objects_at < $1) and (s.failed_at is null or s.failed_at < $2)
                order by s.objects_at nulls first, r.rid limit 1
                """).With(now - ObjectsAge, now - RestAfterFailure),
            ct)) is [var due] ? due : null;

    /// <summary>Keeps what was read.</summary>
    public static NpgsqlBatchCommand Keep(RepositorySurveyed survey) => BuildTable.Command(
        """
        insert into pipeline.surveys (rid, head, ruling, surveyed_at, objects, objects_at) values ($1, $2, $3, $4, $5::jsonb, $6)
        on conflict (rid) do update set head = excluded.head, ruling = excluded.ruling, surveyed_at = excluded.surveyed_at,
            failed_at = null, objects = excluded.objects, objects_at = excluded.objects_at
        """,
        survey.Rid.Value, survey.Head.Value, survey.Ruling, survey.At,
        survey.Objects is { } objects ? JsonSerializer.Serialize(objects, BuildJson.Default.ObjectSurvey) : DBNull.Value,
        (object?)survey.Objects?.At ?? DBNull.Value);

    /// <summary>Remembers that it could not be read.</summary>
    public static async Task FailAsync(NpgsqlDataSource database, Rid rid, DateTimeOffset now, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            insert into pipeline.surveys (rid, ruling, failed_at) values ($1, $2, $3)
            on conflict (rid) do update set failed_at = excluded.failed_at
            """).With(rid.Value, Ruling, now);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<IReadOnlyList<DueSurvey>> ReadAsync(NpgsqlCommand asked, CancellationToken ct)
    {
        await using var command = asked;
        await using var reader = await command.ExecuteReaderAsync(ct);
        var due = new List<DueSurvey>();
        while (await reader.ReadAsync(ct)) due.Add(new DueSurvey(
            Rid.Parse(reader.GetString(0)), reader.GetString(1), RepositoryLocator.Parse(reader.GetString(2)),
            CommitId.Parse(reader.GetString(3)),
            await reader.IsDBNullAsync(4, ct) ? null : JsonSerializer.Deserialize(reader.GetString(4), BuildJson.Default.ObjectSurvey)));
        return due;
    }
}
