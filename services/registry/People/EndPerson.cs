using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.People;

/// <summary>
/// <c>DELETE /people/{name}</c>: she signs in no longer, and her sessions end: here at once, in the other services within ten
/// seconds. What she did keeps her name.
/// </summary>
public static class EndPerson
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapDelete("/people/{name}", HandleAsync).WithName("EndPerson").WithTags("People").RequireScope(AccessToken.Admin);

    private static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        string name, HttpContext http, NpgsqlDataSource source, AccessTokens tokens, TimeProvider time, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var end = new NpgsqlCommand(
            "delete from access.accounts a using access.people p where p.name = a.name and a.name = $1", connection).With(name);
        if (await end.ExecuteNonQueryAsync(ct) == 0) return PersonProblems.NotFound(name);
        await PeopleTable.EndSessionsAsync(
            connection, name, except: null, http.Caller(), time.GetUtcNow(), ct);
        await transaction.CommitAsync(ct);
        tokens.Forget();
        return TypedResults.NoContent();
    }
}
