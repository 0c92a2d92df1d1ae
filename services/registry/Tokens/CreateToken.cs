using System.Text.RegularExpressions;

using Auxo.Registry.Files;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.Tokens;

/// <summary>A token to make.</summary>
/// <param name="Name">The service account that holds it; made when it is new.</param>
/// <param name="Scopes">What it may.</param>
/// <param name="ExpiresInSeconds">How long it lasts; null forever.</param>
/// <param name="Description">What the account is for, when it is new.</param>
public sealed record CreateTokenBody(string? Name, IReadOnlyList<string>? Scopes, long? ExpiresInSeconds, string? Description);

/// <summary>
/// <c>POST /tokens</c>: makes a token; its text is in this answer and nowhere else. <c>GET /tokens</c> lists those that work,
/// with <c>?all=true</c> all there ever were.
/// </summary>
public static partial class CreateToken
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/tokens", HandleAsync).WithName("CreateToken").WithTags("Tokens").RequireScope(AccessToken.Admin);
        routes.MapGet("/tokens", ListAsync).WithName("ListTokens").WithTags("Tokens").RequireScope(AccessToken.Admin);
    }

    private static async Task<Results<Created<NewTokenAnswer>, ProblemHttpResult>> HandleAsync(
        CreateTokenBody body, HttpContext http, NpgsqlDataSource source, AccessTokens tokens, TimeProvider time, CancellationToken ct)
    {
        if (body.Name is null || !Name().IsMatch(body.Name))
            return AuxoProblem.BadRequest("token/invalid-name",
                "'name' says who holds the token: 1 to 100 letters, digits, spaces and . _ @ -, beginning with a letter or digit.");
        // They are files of the instance, which the AppHost makes again at each start.
        if (body.Name.ToLowerInvariant() is "admin" or "registry") return AuxoProblem.Conflict(
            "token/reserved-name", $"'{body.Name}' is an account of Auxo's own. Choose another name.");
        if (TokenScopes.Refuse(body.Scopes) is { } wrong) return AuxoProblem.BadRequest("token/invalid-scope", wrong);
        if (body.ExpiresInSeconds is <= 0 or > 315_360_000) return AuxoProblem.BadRequest(
            "token/invalid-expiry", "'expiresInSeconds' is between 1 second and 10 years.");
        if (body.Description is { Length: > 300 }) return AuxoProblem.BadRequest(
            "token/invalid-description", "'description' has at most 300 characters.");

        var (text, now) = (AccessToken.Generate(), time.GetUtcNow());
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var (token, problem) = await TokenTable.InsertAsync(
            connection, body.Name, (body.Description ?? "")
                .Replace("\0", "", StringComparison.Ordinal), AccessToken.Hash(text), [.. body.Scopes!.Distinct(StringComparer.Ordinal)],
            body.ExpiresInSeconds is { } seconds ? now.AddSeconds(seconds) : null, http.Caller(), now, ct);
        if (token is null) return problem!;
        await transaction.CommitAsync(ct);
        tokens.Forget();
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created($"/tokens/{token.Id}", new NewTokenAnswer(token, text));
    }

    private static async Task<Ok<ListAnswer<TokenAnswer>>> ListAsync(
        NpgsqlDataSource source, TimeProvider time, CancellationToken ct, bool all = false)
        => TypedResults.Ok(new ListAnswer<TokenAnswer>(await TokenTable.ListAsync(source, all, time.GetUtcNow(), ct), null));

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9 ._@-]{0,99}\\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}
