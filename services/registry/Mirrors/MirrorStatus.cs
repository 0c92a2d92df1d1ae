using Npgsql;

namespace Auxo.Registry.Mirrors;

/// <summary>How a mirror is.</summary>
/// <param name="Repository">The repository.</param>
/// <param name="Format">npm, pypi, nuget or oci.</param>
/// <param name="Upstream">Where it fetches from.</param>
/// <param name="CooldownDays">Versions younger than so many days are not offered.</param>
/// <param name="RefreshDays">What was fetched is asked for again so often.</param>
/// <param name="Documents">Lists and indexes that it keeps.</param>
/// <param name="Files">Files that it keeps.</param>
/// <param name="UsedBytes">What they have together.</param>
/// <param name="QuotaBytes">What they may have.</param>
/// <param name="OldestCheck">The longest time since upstream was asked about something that is used; null for nothing.</param>
/// <param name="AskedAt">When upstream last answered.</param>
/// <param name="FailedAt">When it last did not.</param>
/// <param name="Failure">Why, when that was the last try; null when all is well.</param>
public sealed record MirrorStatus(
    string Repository, string Format, string Upstream, int CooldownDays, int RefreshDays, long Documents, long Files, long UsedBytes,
    long QuotaBytes, DateTimeOffset? OldestCheck, DateTimeOffset? AskedAt, DateTimeOffset? FailedAt, string? Failure)
{
    /// <summary>All mirrors, or one.</summary>
    public static Task<List<MirrorStatus>> ListAsync(
        NpgsqlDataSource source, string? repository, DateTimeOffset usedSince, CancellationToken ct)
        => source.ReadAsync(static r => new MirrorStatus(
            r.GetString(0), r.GetString(1), r.GetString(2), r.GetInt32(3), r.GetInt32(4), r.GetInt64(5), r.GetInt64(6), r.GetInt64(7),
            r.GetInt64(8), At(r, 9), At(r, 10), At(r, 11), r.IsDBNull(12) ? null : r.GetString(12)), ct,
            """
            select r.name, r.format, r.upstream, r.cooldown_days, r.refresh_days,
                (select count(*) from registry.mirrored_documents d where d.repository = r.name and d.digest is not null),
                (select count(*) from registry.mirrored_files f where f.repository = r.name),
                r.mirrored_bytes, r.quota_bytes,
                (select min(checked_at) from registry.mirrored_documents d
                    where d.repository = r.name and d.digest is not null and d.used_at >= $2),
                r.upstream_asked_at, r.upstream_failed_at, r.upstream_failure
            from registry.repositories r where r.upstream is not null and ($1::text is null or r.name = $1::text) order by r.name
            """, repository, usedSince);

    private static DateTimeOffset? At(NpgsqlDataReader r, int column)
        => r.IsDBNull(column) ? null : r.GetFieldValue<DateTimeOffset>(column);
}
