using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.Tokens;

/// <summary>
/// <c>DELETE /tokens/{token}</c>: ends a token: here at once, in the other services within ten seconds. By an account's name it
/// ends all that the account has. Ending it twice is fine.
/// </summary>
public static class RevokeToken
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapDelete("/tokens/{token}", HandleAsync).WithName("RevokeToken").WithTags("Tokens").RequireScope(AccessToken.Admin);

    private static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        string token, HttpContext http, NpgsqlDataSource source, AccessTokens tokens, TimeProvider time, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var found = await TokenTable.FindAsync(source, token, now, ct);
        if (found.Count == 0) return TokenProblems.NotFound(token);
        if (found.FirstOrDefault(static t => t.Name is "admin" or "registry") is { State: "active" } own)
            return AuxoProblem.Conflict(
                "token/reserved-name",
                $"'{own.Name}' is an account of Auxo's own: remove run/{own.Name}.token from the instance's folder and "
                    + "start Auxo again, and it gets a new one.");
        await source.ExecuteAsync(
            ct, "update access.tokens set revoked_at = $2, revoked_by = $3 where id = any($1) and revoked_at is null",
            found.Select(static t => t.Id).ToArray(), now, http.Caller());
        tokens.Forget();
        return TypedResults.NoContent();
    }
}

/// <summary>What can be wrong with a request about a token.</summary>
internal static class TokenProblems
{
    public static ProblemHttpResult NotFound(string token)
        => AuxoProblem.NotFound("token/not-found",
            $"There is no working token '{(token.Length > 100 ? token[..99] + "…" : token)}', by id or by name. 'auxo "
                + "token list' shows them.");

    public static ProblemHttpResult NameOfAPerson(string name)
        => AuxoProblem.Conflict("token/name-of-a-person",
            $"'{name}' is a person, who signs in herself. Give a program a name of its own, such as {name}-laptop.");

    public static ProblemHttpResult NameTaken(string name, string other)
        => AuxoProblem.Conflict("token/name-taken",
            $"'{name}' differs from the account '{other}' by capital letters only. Make the token for '{other}', or choose another name.");

    /// <summary>The one that is meant, or why it is not clear.</summary>
    public static (TokenAnswer? Token, ProblemHttpResult? Problem) Only(string named, IReadOnlyList<TokenAnswer> found)
        => found switch
        {
            [] => (null, NotFound(named)),
            [{ State: not "active" } ended]
                => (null, AuxoProblem.Conflict(
                    "token/ended", $"The token {ended.Id} of '{ended.Name}' is {ended.State}; make a new one: auxo token create NAME")),
            [{ Name: "admin" or "registry" } own]
                => (null, AuxoProblem.Conflict(
                    "token/reserved-name",
                    $"'{own.Name}' is an account of Auxo's own: remove run/{own.Name}.token from the instance's folder "
                        + "and start Auxo again.")),
            [{ Person: { } person }, ..]
                => (null, AuxoProblem.Conflict(
                    "token/session", $"That is a session of {person}, who signs in again when it ends. 'auxo token revoke' ends it now.")),
            [var only] => (only, null),
            _ when found.Where(static t => t.ReplacedBy is null).ToList() is [var newest] => (newest, null),
            _ => (null, AuxoProblem.Conflict("token/ambiguous",
                $"'{named}' has {found.Count} tokens. Name one by its id: {string.Join(", ", found.Take(10).Select(static t => t.Id))}.")),
        };
}
