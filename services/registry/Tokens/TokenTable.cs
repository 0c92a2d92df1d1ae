using Auxo.Registry.Identities;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.Tokens;

/// <summary>A token as clients see it; never its text.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">The service account or person that holds it.</param>
/// <param name="Scopes">What it may.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="CreatedBy">By whom; null for those of the set-up.</param>
/// <param name="ExpiresAt">The first instant at which it is worth nothing; null for never.</param>
/// <param name="RevokedAt">When it was ended by hand.</param>
/// <param name="ReplacedBy">The token that took its place.</param>
/// <param name="State"><c>active</c>, <c>expired</c> or <c>revoked</c>.</param>
/// <param name="Person">Whose session it is; null for a service account's token.</param>
/// <param name="Role">What she is now, which says what the session may; <c>ldap</c> or <c>oidc</c> for a person of a directory, whose
/// groups said it at its begin; null for a service account's token.</param>
public sealed record TokenAnswer(
    Guid Id, string Name, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt, string? CreatedBy,
    DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, Guid? ReplacedBy, string State, string? Person, string? Role);

/// <summary>A token that was just made. Its text is shown here and nowhere again.</summary>
public sealed record NewTokenAnswer(TokenAnswer Token, string Text);

/// <summary>The schema <c>access</c>: everybody reads it, the registry writes it.</summary>
internal static class TokenTable
{
    private static readonly TimeSpan KeptAfterItsEnd = TimeSpan.FromDays(90);

    private const string Columns =
        """
        id, name, scopes, created_at, created_by, expires_at, revoked_at, replaced_by, person,
            coalesce(directory, (select p.role from access.people p where p.name = person)), directory
        """;

    public static Task<List<TokenAnswer>> ListAsync(NpgsqlDataSource source, bool all, DateTimeOffset now, CancellationToken ct)
        => source.ReadAsync(
            r => Read(r, now), ct,
            $"select {Columns} from access.tokens where $1 or revoked_at is null and (expires_at is null or expires_at "
                + "> $2) order by name, created_at, id", all, now);

    /// <summary>By id, or the active ones of an account by its name.</summary>
    public static Task<List<TokenAnswer>> FindAsync(NpgsqlDataSource source, string idOrName, DateTimeOffset now, CancellationToken ct)
        => source.ReadAsync(
            r => Read(r, now), ct,
            $"select {Columns} from access.tokens where id = $1::uuid or $1::uuid is null and name = $2 and revoked_at "
                + "is null and (expires_at is null or expires_at > $3) order by created_at, id",
            Guid.TryParse(idOrName, out var id) ? id : null, idOrName, now);

    public static TokenAnswer Read(NpgsqlDataReader r, DateTimeOffset now)
    {
        var expires = r.IsDBNull(5) ? (DateTimeOffset?)null : r.GetFieldValue<DateTimeOffset>(5);
        var revoked = r.IsDBNull(6) ? (DateTimeOffset?)null : r.GetFieldValue<DateTimeOffset>(6);
        var role = r.IsDBNull(9) ? null : r.GetString(9);
        var scopes = role is null || !r.IsDBNull(10) ? r.GetFieldValue<string[]>(2) : Roles.ScopesOf(role);
        return new TokenAnswer(
            r.GetGuid(0), r.GetString(1), scopes, r.GetFieldValue<DateTimeOffset>(3),
            r.IsDBNull(4) ? null : r.GetString(4), expires, revoked,
            r.IsDBNull(7) ? null : r.GetGuid(7), revoked is not null ? "revoked" : expires <= now ? "expired" : "active",
            r.IsDBNull(8) ? null : r.GetString(8), role);
    }

    /// <summary>Makes a person's session. It has no scopes of its own: they are her role's. Her sessions of long ago go.</summary>
    public static async Task<TokenAnswer> InsertSessionAsync(
        NpgsqlConnection connection, string person, byte[] hash, DateTimeOffset expires, DateTimeOffset now, CancellationToken ct)
    {
        await using var clear = new NpgsqlCommand("delete from access.tokens where person = $1 and expires_at < $2", connection)
            .With(person, now - KeptAfterItsEnd);
        await clear.ExecuteNonQueryAsync(ct);
        await using var insert = new NpgsqlCommand(
            "insert into access.tokens (name, person, hash, scopes, created_at, expires_at, created_by) "
                + $"values ($1, $1, $2, '{{}}', $3, $4, $1) returning {Columns}", connection).With(person, hash, now, expires);
        await using var reader = await insert.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return Read(reader, now);
    }

    /// <summary>
    /// Makes a session of a person of a directory, with what her groups may now. Her name is kept for her; null when it is somebody else's.
    /// </summary>
    public static async Task<TokenAnswer?> InsertOutsideSessionAsync(
        NpgsqlConnection connection, OutsidePerson person, byte[] hash, DateTimeOffset expires, DateTimeOffset now, CancellationToken ct)
    {
        await using var account = new NpgsqlCommand(
            """
            insert into access.accounts (name, description, created_at, created_by, directory) values ($1, 'a person of ' || $2, $3, $1, $2)
            on conflict do nothing
            """, connection).With(person.Name, person.Directory, now);
        await account.ExecuteNonQueryAsync(ct);
        await using var own = new NpgsqlCommand(
            "select directory from access.accounts where lower(name) = lower($1) for share", connection).With(person.Name);
        if (await own.ExecuteScalarAsync(ct) as string != person.Directory) return null;
        await using var clear = new NpgsqlCommand(
            "delete from access.tokens where person = $1 and directory is not null and expires_at < $2", connection)
            .With(person.Name, now - TimeSpan.FromDays(1));
        await clear.ExecuteNonQueryAsync(ct);
        await using var insert = new NpgsqlCommand(
            "insert into access.tokens (name, person, directory, hash, scopes, created_at, expires_at, created_by) "
                + $"values ($1, $1, $2, $3, $4, $5, $6, $1) returning {Columns}", connection)
            .With(person.Name, person.Directory, hash, person.Scopes.ToArray(), now, expires);
        await using var reader = await insert.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return Read(reader, now);
    }

    /// <summary>Makes a token of an account, which is made too when it is new; or says why the name cannot be had.</summary>
    public static async Task<(TokenAnswer? Token, ProblemHttpResult? Problem)> InsertAsync(
        NpgsqlConnection connection, string name, string description, byte[] hash, IReadOnlyList<string> scopes,
        DateTimeOffset? expires, string by, DateTimeOffset now, CancellationToken ct)
    {
        await using var account =
            new NpgsqlCommand(
                "insert into access.accounts (name, description, created_at, created_by) values ($1, $2, $3, $4) on conflict do nothing",
                connection)
            .With(name, description, now, by);
        await account.ExecuteNonQueryAsync(ct);
        await using var taken = new NpgsqlCommand(
            """
            select a.name, p.name is not null or a.directory is not null from access.accounts a left join access.people p on p.name = a.name
            where lower(a.name) = lower($1) and (a.name <> $1 or p.name is not null or a.directory is not null)
            """, connection).With(name);
        await using (var other = await taken.ExecuteReaderAsync(ct))
        {
            if (await other.ReadAsync(ct))
                return (null, other.GetBoolean(1) ? TokenProblems.NameOfAPerson(name) : TokenProblems.NameTaken(name, other.GetString(0)));
        }

        await using var token = new NpgsqlCommand(
            "insert into access.tokens (name, hash, scopes, created_at, expires_at, created_by) "
                + $"values ($1, $2, $3, $4, $5::timestamptz, $6) returning {Columns}", connection)
            .With(name, hash, scopes.ToArray(), now, expires, by);
        await using var reader = await token.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return (Read(reader, now), null);
    }
}
