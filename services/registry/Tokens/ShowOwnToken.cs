using System.Security.Claims;

using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.Tokens;

/// <summary><c>GET /tokens/self</c>: whose the caller's token is and what it may. Every token that works may ask that.</summary>
public static class ShowOwnToken
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/tokens/self", HandleAsync).WithName("ShowOwnToken").WithTags("Tokens").RequireAnyToken();

    private static async Task<Results<Ok<TokenAnswer>, ProblemHttpResult>> HandleAsync(
        HttpContext http, NpgsqlDataSource source, TimeProvider time, CancellationToken ct)
    {
        var id = http.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? "";
        return await TokenTable.FindAsync(source, id, time.GetUtcNow(), ct) is [var own]
            ? TypedResults.Ok(own) : TokenProblems.NotFound(id);
    }
}
