using Auxo.Pipeline.Builds;

using Npgsql;

namespace Auxo.Pipeline.StepSecrets;

/// <summary>A row of the table.</summary>
/// <param name="Secret">What is said of it.</param>
/// <param name="RepositoryName">For people; null for a secret of all repositories.</param>
/// <param name="Value">Encrypted.</param>
/// <param name="KeyId">By which key.</param>
/// <param name="UsedAt">When a build was given it last.</param>
/// <param name="UsedBy">Which.</param>
internal sealed record SecretRow(
    StepSecret Secret, string? RepositoryName, byte[] Value, string KeyId, DateTimeOffset? UsedAt, Guid? UsedBy);

/// <summary>The rows of secrets.</summary>
internal static class SecretTable
{
    private const string Columns =
        """
        select s.rid, s.name, s.branches, s.steps, s.patches, s.set_by, s.set_at, r.name, s.value, s.key_id, s.used_at, s.used_by
        from pipeline.secrets s left join pipeline.repositories r on r.rid = s.rid
        """;

    /// <summary>All; or those that builds of one repository can be given, its own and those of all repositories.</summary>
    public static async Task<IReadOnlyList<SecretRow>> ListAsync(NpgsqlDataSource database, Rid? rid, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            $"{Columns} where $1::text is null or s.rid in ($1, '') order by r.name nulls first, s.rid, s.name")
            .With((object?)rid?.Value ?? DBNull.Value);
        return await ReadAsync(command, ct);
    }

    /// <summary>Those of these names for a repository: its own before one of all repositories.</summary>
    public static async Task<IReadOnlyDictionary<string, SecretRow>> NamedAsync(
        NpgsqlDataSource database, Rid rid, IReadOnlyCollection<string> names, CancellationToken ct)
    {
        await using var command = database.CreateCommand($"{Columns} where s.rid in ($1, '') and s.name = any ($2) order by s.rid")
            .With(rid.Value, names.ToArray());
        var named = new Dictionary<string, SecretRow>(StringComparer.Ordinal);
        foreach (var row in await ReadAsync(command, ct)) named[row.Secret.Name] = row;
        return named;
    }

    /// <summary>One; null when there is none.</summary>
    public static async Task<SecretRow?> FindAsync(NpgsqlDataSource database, Rid? rid, string name, CancellationToken ct)
    {
        await using var command = database.CreateCommand($"{Columns} where s.rid = $1 and s.name = $2").With(Key(rid), name);
        return await ReadAsync(command, ct) is [var found] ? found : null;
    }

    /// <summary>Keeps it; what was there before is replaced whole.</summary>
    public static NpgsqlBatchCommand Put(StepSecret secret, byte[] value, string keyId)
        => BuildTable.Command(
            """
            insert into pipeline.secrets (rid, name, value, key_id, branches, steps, patches, set_by, set_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            on conflict (rid, name) do update set value = excluded.value, key_id = excluded.key_id, branches = excluded.branches,
                steps = excluded.steps, patches = excluded.patches, set_by = excluded.set_by, set_at = excluded.set_at
            """,
            Key(secret.Rid), secret.Name, value, keyId, secret.Branches.ToArray(), secret.Steps.ToArray(), secret.Patches.ToString(),
            secret.SetBy, secret.SetAt);

    /// <summary>Gives it a value under another key.</summary>
    public static NpgsqlBatchCommand Replace(StepSecret secret, byte[] value, string keyId)
        => BuildTable.Command("update pipeline.secrets set value = $3, key_id = $4 where rid = $1 and name = $2",
            Key(secret.Rid), secret.Name, value, keyId);

    /// <summary>Removes it.</summary>
    public static NpgsqlBatchCommand Delete(Rid? rid, string name)
        => BuildTable.Command("delete from pipeline.secrets where rid = $1 and name = $2", Key(rid), name);

    /// <summary>Remembers which build was given them.</summary>
    public static async Task UsedAsync(
        NpgsqlDataSource database, IEnumerable<StepSecret> secrets, Guid build, DateTimeOffset now, CancellationToken ct)
    {
        foreach (var secret in secrets)
        {
            await using var command = database.CreateCommand(
                "update pipeline.secrets set used_at = $3, used_by = $4 where rid = $1 and name = $2")
                .With(Key(secret.Rid), secret.Name, now, build);
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    private static string Key(Rid? rid) => rid?.Value ?? "";

    private static async Task<IReadOnlyList<SecretRow>> ReadAsync(NpgsqlCommand command, CancellationToken ct)
    {
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<SecretRow>();
        while (await reader.ReadAsync(ct))
        {
            var rid = reader.GetString(0);
            rows.Add(new SecretRow(
                new StepSecret(
                    rid.Length == 0 ? null : Rid.Parse(rid), reader.GetString(1), reader.GetFieldValue<string[]>(2),
                    reader.GetFieldValue<string[]>(3), Enum.Parse<SecretPatches>(reader.GetString(4)), reader.GetString(5),
                    reader.GetFieldValue<DateTimeOffset>(6)),
                reader.IsDBNull(7) ? null : reader.GetString(7), reader.GetFieldValue<byte[]>(8), reader.GetString(9),
                reader.IsDBNull(10) ? null : reader.GetFieldValue<DateTimeOffset>(10), reader.IsDBNull(11) ? null : reader.GetGuid(11)));
        }

        return rows;
    }
}
