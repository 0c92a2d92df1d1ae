using Microsoft.AspNetCore.Mvc;

namespace Auxo.Console.Access;

/// <summary>A challenge and its signature, by <c>auxo console login</c>.</summary>
/// <param name="Challenge">From <c>POST /login/challenges</c>.</param>
/// <param name="Signature">An SSH signature, made with the Radicle key.</param>
internal sealed record SignedChallenge(string? Challenge, string? Signature);

/// <summary>Signing in with a Radicle key: the registry judges, the console makes a link of what it gives.</summary>
internal static class KeySignIn
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/login/challenges", AskAsync).WithName("AskForChallenge").AllowAnonymous().DisableAntiforgery();
        routes.MapPost("/login/keys", SignInAsync).WithName("SignInByKey").AllowAnonymous().DisableAntiforgery()
            .WithMetadata(new RequestSizeLimitAttribute(16_384));
    }

    /// <summary><c>POST /login/challenges</c>: a text to sign, for the address under which this was asked.</summary>
    private static Task<IResult> AskAsync(HttpContext http, Clients clients, CancellationToken ct) => OrProblemAsync(async ()
        => TypedResults.Ok(await clients.Stranger(http).ChallengeAsync(new ChallengeRequest(http.Request.Host.Value ?? ""), ct)));

    /// <summary><c>POST /login/keys</c>: a link that opens the console once, signed in as the person whose key it is.</summary>
    private static Task<IResult> SignInAsync(
        SignedChallenge body, HttpContext http, Clients clients, LoginLinks links, PublicAddress address,
        CancellationToken ct) => OrProblemAsync(async () =>
    {
        var made = await clients.Stranger(http).StartSessionAsync(new SessionRequest(null, null, body.Challenge, body.Signature), ct);
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(address.LinkOf(http.Request, links.Make(made.Text, TokenHolder.Of(made.Info))));
    });

    private static async Task<IResult> OrProblemAsync(Func<Task<IResult>> answer)
    {
        try
        {
            return await answer();
        }
        catch (ServiceException e)
        {
            // 401 would ask for a token, which is not what is missing.
            return TypedResults.Problem(e.Message, statusCode: e.Status switch { 401 => 422, 503 => 502, _ => e.Status });
        }
    }
}
