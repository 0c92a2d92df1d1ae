using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.People;

/// <summary>A person to add.</summary>
/// <param name="Name">What she signs in with.</param>
/// <param name="Role">What she may.</param>
/// <param name="Password">Null for somebody who signs in by key.</param>
/// <param name="Keys">Her Radicle keys, as <c>did:key:…</c>.</param>
public sealed record AddPersonBody(string? Name, string? Role, string? Password, IReadOnlyList<string>? Keys);

/// <summary><c>POST /people</c>: lets somebody sign in, by password, by key, or by both.</summary>
public static class AddPerson
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapPost("/people", HandleAsync).WithName("AddPerson").WithTags("People").RequireScope(AccessToken.Admin);

    private static async Task<Results<Created<PersonAnswer>, ProblemHttpResult>> HandleAsync(
        AddPersonBody body, HttpContext http, NpgsqlDataSource source, Passwords passwords, TimeProvider time, CancellationToken ct)
    {
        var keys = body.Keys ?? [];
        if ((PersonRules.RefuseName(body.Name) ?? PersonRules.RefuseRole(body.Role)
            ?? (body.Password is null ? null : PersonRules.RefusePassword(body.Password, body.Name!))
            ?? PersonRules.RefuseKeys(keys)) is { } wrong) return wrong;
        if (body.Password is null && keys.Count == 0)
            return AuxoProblem.BadRequest(
                "person/no-way-in", "Give a password or a key: without both, this person could not sign in.");

        var (name, now, by) = (body.Name!, time.GetUtcNow(), http.Caller());
        var stored = body.Password is null ? null : await passwords.HashAsync(body.Password, ct);
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        // The account keeps the name: of two who take it at once, for a person or a token, the second finds it taken.
        await using var account = new NpgsqlCommand(
            """
            insert into access.accounts (name, description, created_at, created_by)
            select $1, 'a person', $2, $3 where not exists (select from access.accounts where lower(name) = $1)
            on conflict do nothing
            """, connection).With(name, now, by);
        if (await account.ExecuteNonQueryAsync(ct) == 0) return PersonProblems.NameTaken(name);
        await using var person = new NpgsqlCommand(
            "insert into access.people (name, role, password, created_at, created_by) values ($1, $2, $3::text, $4, $5)", connection)
            .With(name, body.Role, stored, now, by);
        await person.ExecuteNonQueryAsync(ct);
        if (await PeopleTable.SetKeysAsync(connection, name, keys, ct) is { } taken) return PersonProblems.KeyTaken(taken);
        await transaction.CommitAsync(ct);
        return TypedResults.Created($"/people/{name}", (await PeopleTable.FindAsync(source, name, now, ct))!);
    }
}
