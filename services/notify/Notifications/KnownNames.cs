using Auxo.Contracts;

using Npgsql;

namespace Auxo.Notify.Notifications;

/// <summary>What people call a repository and a patch, as far as it was ever told; later messages name only ids.</summary>
/// <param name="Repository">Null when it was tracked before this service first ran.</param>
/// <param name="Patch">The patch's title.</param>
public sealed record KnownNames(string? Repository, string? Patch)
{
    /// <summary>Reads both.</summary>
    public static async Task<KnownNames> ReadAsync(NpgsqlDataSource source, Rid rid, PatchId? patch, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            "select (select name from notify.names where key = $1), (select name from notify.names where key = $2)");
        command.Parameters.Add(new NpgsqlParameter { Value = rid.Value });
        command.Parameters.Add(new NpgsqlParameter { Value = $"{rid}/{patch}" });
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return new KnownNames(await reader.IsDBNullAsync(0, ct)
            ? null
            : reader.GetString(0), await reader.IsDBNullAsync(1, ct) ? null : reader.GetString(1));
    }

    /// <summary>Remembers a repository's name, and a patch's title, with the next save.</summary>
    public static NpgsqlBatchCommand Remember(Rid rid, string repository, PatchId? patch = null, string? title = null) => new("""
        insert into notify.names (key, name) select * from unnest($1::text[], $2::text[])
        on conflict (key) do update set name = excluded.name where notify.names.name <> excluded.name
        """)
    {
        Parameters =
        {
            new() { Value = patch is null ? new[] { rid.Value } : [rid.Value, $"{rid}/{patch}"] },
            new()
            {
                Value = patch is null
                    ? new[] { Notification.Line(repository, 100) }
                    : [Notification.Line(repository, 100), Notification.Line(title)],
            },
        },
    };
}
