using Npgsql;

namespace Auxo.Registry.Repositories;

/// <summary>A repository and how full it is.</summary>
/// <param name="Name">In URLs.</param>
/// <param name="QuotaBytes">What its files may have together.</param>
/// <param name="UsedBytes">What they have.</param>
/// <param name="FileCount">How many they are.</param>
/// <param name="Immutable">No file is ever replaced.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Format">raw, npm, pypi, nuget, oci, debian or brew.</param>
/// <param name="AnonymousRead">Reading needs no token.</param>
/// <param name="Mirror">Where what is not ours comes from; null: only what was published here.</param>
public sealed record RegistryRepository(
    string Name, long QuotaBytes, long UsedBytes, long FileCount, bool Immutable, DateTimeOffset CreatedAt,
    string Format, bool AnonymousRead, MirrorSettings? Mirror)
{
    /// <summary>Patterns of tags that cleaning up may remove; of images only.</summary>
    public IReadOnlyList<string> CleanupTags { get; init; } = [];
}

/// <summary>The rows of the repositories.</summary>
internal static class RepositoryTable
{
    /// <summary>What <see cref="Read"/> reads, in its order, of <c>r</c>.</summary>
    public const string Columns = "r.name, r.quota_bytes, r.used_bytes, r.file_count, r.immutable, r.created_at, "
        + "r.format, r.anonymous_read, r.upstream, r.cooldown_days, r.cooldown_off, r.refresh_days, r.cleanup_tags";

    /// <summary>The number of its columns.</summary>
    public const int ColumnCount = 13;
    private const string Select = $"select {Columns} from registry.repositories r";

    public static async Task<RegistryRepository?> FindAsync(NpgsqlDataSource source, string name, CancellationToken ct)
        => name.Contains('\0') ? null : (await source.ReadAsync(Read, ct, $"{Select} where name = $1", name)).FirstOrDefault();

    public static Task<List<RegistryRepository>> ListAsync(NpgsqlDataSource source, string after, int limit, CancellationToken ct)
        => source.ReadAsync(Read, ct, $"{Select} where name > $1 order by name limit $2", after, limit);

    /// <summary>A row.</summary>
    public static RegistryRepository Read(NpgsqlDataReader r)
        => new(r.GetString(0), r.GetInt64(1), r.GetInt64(2), r.GetInt64(3), r.GetBoolean(4), r.GetFieldValue<DateTimeOffset>(5),
            r.GetString(6), r.GetBoolean(7), r.IsDBNull(8) ? null
                : new MirrorSettings(r.GetString(8), r.GetInt32(9), r.GetFieldValue<string[]>(10), r.GetInt32(11)))
        {
            CleanupTags = r.GetFieldValue<string[]>(12),
        };
}
