using System.Security.Claims;

using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.People;

/// <summary>What changes of a person; what is left out stays.</summary>
/// <param name="Role">What she may from now on; her open sessions too.</param>
/// <param name="Password">A new one; an empty one is none at all.</param>
/// <param name="Keys">All her keys; those that are not named can no longer be used.</param>
public sealed record ChangePersonBody(string? Role, string? Password, IReadOnlyList<string>? Keys);

/// <summary>
/// <c>PATCH /people/{name}</c>: another role, password or keys. A new password, and a key less, end her sessions: a person who
/// had the old one is out.
/// </summary>
public static class ChangePerson
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapPatch("/people/{name}", HandleAsync).WithName("ChangePerson").WithTags("People").RequireScope(AccessToken.Admin);

    private static async Task<Results<Ok<PersonAnswer>, ProblemHttpResult>> HandleAsync(
        string name, ChangePersonBody body, HttpContext http, NpgsqlDataSource source, Passwords passwords, AccessTokens tokens,
        TimeProvider time, CancellationToken ct)
    {
        if (((body.Role is null ? null : PersonRules.RefuseRole(body.Role))
            ?? (body.Password is null or "" ? null : PersonRules.RefusePassword(body.Password, name))
            ?? (body.Keys is null ? null : PersonRules.RefuseKeys(body.Keys))) is { } wrong) return wrong;

        var (now, by) = (time.GetUtcNow(), http.Caller());
        var stored = body.Password is null or "" ? null : await passwords.HashAsync(body.Password, ct);
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var change = new NpgsqlCommand(
            """
            update access.people set role = coalesce($2::text, role), password = case when $3 then $4::text else password end
            where name = $1
            """, connection).With(name, body.Role, body.Password is not null, stored);
        if (await change.ExecuteNonQueryAsync(ct) == 0) return PersonProblems.NotFound(name);
        var before = await KeysAsync(connection, name, ct);
        if (body.Keys is { } keys && await PeopleTable.SetKeysAsync(connection, name, keys, ct) is { } taken)
            return PersonProblems.KeyTaken(taken);
        if (body.Password is not null || body.Keys is not null && before.Except(body.Keys, StringComparer.Ordinal).Any())
        {
            var own = http.User.Person() == name ? Guid.Parse(http.User.FindFirstValue(ClaimTypes.NameIdentifier)!) : (Guid?)null;
            await PeopleTable.EndSessionsAsync(connection, name, own, by, now, ct);
        }

        await transaction.CommitAsync(ct);
        tokens.Forget();
        return TypedResults.Ok((await PeopleTable.FindAsync(source, name, now, ct))!);
    }

    private static async Task<string[]> KeysAsync(NpgsqlConnection connection, string name, CancellationToken ct)
    {
        await using var read = new NpgsqlCommand("select array(select did from access.person_keys where person = $1)", connection)
            .With(name);
        return (string[])(await read.ExecuteScalarAsync(ct))!;
    }
}
