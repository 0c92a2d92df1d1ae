using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.Tokens;

/// <summary>How to rotate.</summary>
/// <param name="OverlapSeconds">How long the old token works beside the new one; an hour by default, 0 ends it at once.</param>
public sealed record RotateTokenBody(long? OverlapSeconds);

/// <summary>
/// <c>POST /tokens/{token}/rotate</c>: a new token with the same name, scopes and lifetime; the old one works a while longer,
/// so that whoever holds it can be changed in peace. A token is named by its id, or by its account when that has one only.
/// </summary>
public static class RotateToken
{
    private const long UsualOverlap = 3600;
    private const long LongestOverlap = 30L * 86_400;

    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapPost("/tokens/{token}/rotate", HandleAsync).WithName("RotateToken").WithTags("Tokens").RequireScope(AccessToken.Admin);

    private static async Task<Results<Created<NewTokenAnswer>, ProblemHttpResult>> HandleAsync(
        string token, RotateTokenBody? body, HttpContext http, NpgsqlDataSource source, AccessTokens tokens,
        TimeProvider time, CancellationToken ct)
    {
        var overlap = body?.OverlapSeconds ?? UsualOverlap;
        if (overlap is < 0 or > LongestOverlap) return AuxoProblem.BadRequest(
            "token/invalid-overlap", "'overlapSeconds' is between 0 and 30 days.");
        var (text, now, by) = (AccessToken.Generate(), time.GetUtcNow(), http.Caller());
        var (old, problem) = TokenProblems.Only(token, await TokenTable.FindAsync(source, token, now, ct));
        if (problem is not null) return problem;

        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        // The row is locked: of two who rotate it at once, the second finds it replaced.
        var (fresh, taken) = await TokenTable.InsertAsync(
            connection, old!.Name, "", AccessToken.Hash(text), old.Scopes, old.ExpiresAt is { } end
                ? now + (end - old.CreatedAt)
                : null, by, now, ct);
        if (fresh is null) return taken!;
        await using var replace = new NpgsqlCommand(
            """
            update access.tokens set replaced_by = $2, expires_at = least(expires_at, $3)
            where id = $1 and replaced_by is null and revoked_at is null and (expires_at is null or expires_at > $4)
            """, connection).With(old.Id, fresh.Id, now.AddSeconds(overlap), now);
        if (await replace.ExecuteNonQueryAsync(ct) == 0)
            return AuxoProblem.Conflict("token/already-replaced",
                $"The token {old.Id} of '{old.Name}' has been rotated or ended already. 'auxo token list' shows those that work.");
        await transaction.CommitAsync(ct);
        tokens.Forget();
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created($"/tokens/{fresh.Id}", new NewTokenAnswer(fresh, text));
    }
}
