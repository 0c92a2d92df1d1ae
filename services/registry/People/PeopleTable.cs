using Npgsql;

namespace Auxo.Registry.People;

/// <summary>A person as administrators see her.</summary>
/// <param name="Name">What she signs in with, and what stands in events.</param>
/// <param name="Role"><c>admin</c>, <c>developer</c> or <c>viewer</c>.</param>
/// <param name="HasPassword">Whether she can sign in with one.</param>
/// <param name="Keys">The Radicle keys that she signs in with, as <c>did:key:…</c>.</param>
/// <param name="CreatedAt">When she was added.</param>
/// <param name="CreatedBy">By whom.</param>
/// <param name="Sessions">How many sessions of hers work now.</param>
/// <param name="SignedInAt">When she signed in last; null for never.</param>
public sealed record PersonAnswer(
    string Name, string Role, bool HasPassword, IReadOnlyList<string> Keys, DateTimeOffset CreatedAt, string? CreatedBy,
    long Sessions, DateTimeOffset? SignedInAt);

/// <summary>Who signs in: the tables of people and their keys.</summary>
internal static class PeopleTable
{
    private const string Columns =
        """
        select p.name, p.role, p.password is not null,
            array(select k.did from access.person_keys k where k.person = p.name order by k.did), p.created_at, p.created_by,
            (select count(*) from access.tokens t where t.person = p.name and t.revoked_at is null and t.expires_at > $1),
            (select max(t.created_at) from access.tokens t where t.person = p.name)
        from access.people p
        """;

    public static Task<List<PersonAnswer>> ListAsync(NpgsqlDataSource source, DateTimeOffset now, CancellationToken ct)
        => source.ReadAsync(Read, ct, $"{Columns} order by p.name", now);

    public static async Task<PersonAnswer?> FindAsync(NpgsqlDataSource source, string name, DateTimeOffset now, CancellationToken ct)
        => (await source.ReadAsync(Read, ct, $"{Columns} where p.name = $2", now, name)).SingleOrDefault();

    /// <summary>The name and stored password of somebody; null for a name that no person has.</summary>
    public static async Task<string?> PasswordAsync(NpgsqlDataSource source, string name, CancellationToken ct)
        => (await source.ReadAsync(
            static r => r.IsDBNull(0) ? null : r.GetString(0), ct, "select password from access.people where name = $1", name))
            .SingleOrDefault();

    /// <summary>Whose key it is; null for a key that no person has.</summary>
    public static async Task<string?> HolderAsync(NpgsqlDataSource source, string did, CancellationToken ct)
        => (await source.ReadAsync(static r => r.GetString(0), ct, "select person from access.person_keys where did = $1", did))
            .SingleOrDefault();

    /// <summary>Gives her these keys and no others; null, or the one that is somebody else's.</summary>
    public static async Task<string?> SetKeysAsync(
        NpgsqlConnection connection, string name, IReadOnlyList<string> keys, CancellationToken ct)
    {
        var wanted = keys.Distinct(StringComparer.Ordinal).ToArray();
        await using var remove = new NpgsqlCommand("delete from access.person_keys where person = $1 and did <> all($2)", connection)
            .With(name, wanted);
        await remove.ExecuteNonQueryAsync(ct);
        await using var add = new NpgsqlCommand(
            "insert into access.person_keys (did, person) select unnest($2), $1 on conflict do nothing", connection).With(name, wanted);
        await add.ExecuteNonQueryAsync(ct);
        await using var other = new NpgsqlCommand(
            "select did from access.person_keys where did = any($2) and person <> $1 limit 1", connection).With(name, wanted);
        return (string?)await other.ExecuteScalarAsync(ct);
    }

    /// <summary>Ends her sessions, but for the one with which it is asked.</summary>
    public static async Task EndSessionsAsync(
        NpgsqlConnection connection, string name, Guid? except, string by, DateTimeOffset now, CancellationToken ct)
    {
        await using var end = new NpgsqlCommand(
            """
            update access.tokens set revoked_at = $3, revoked_by = $4
            where person = $1 and revoked_at is null and id is distinct from $2::uuid
            """, connection).With(name, except, now, by);
        await end.ExecuteNonQueryAsync(ct);
    }

    private static PersonAnswer Read(NpgsqlDataReader r) => new(
        r.GetString(0), r.GetString(1), r.GetBoolean(2), r.GetFieldValue<string[]>(3), r.GetFieldValue<DateTimeOffset>(4),
        r.IsDBNull(5) ? null : r.GetString(5), r.GetInt64(6), r.IsDBNull(7) ? null : r.GetFieldValue<DateTimeOffset>(7));
}
