using System.Security.Claims;

using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.Sessions;

/// <summary>
/// <c>DELETE /sessions/self</c>: signs out. The token of a service account is left alone: programs live by it.
/// </summary>
public static class EndSession
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapDelete("/sessions/self", HandleAsync).WithName("EndSession").WithTags("Sessions").RequireAnyToken();

    private static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        HttpContext http, NpgsqlDataSource source, AccessTokens tokens, TimeProvider time, CancellationToken ct)
    {
        if (http.User.Person() is not { } name)
            return AuxoProblem.Conflict("session/none", "This token is no session; 'auxo token revoke' ends it.");
        await source.ExecuteAsync(
            ct, "update access.tokens set revoked_at = $2, revoked_by = $3 where id = $1 and revoked_at is null",
            Guid.Parse(http.User.FindFirstValue(ClaimTypes.NameIdentifier)!), time.GetUtcNow(), name);
        tokens.Forget();
        return TypedResults.NoContent();
    }
}
