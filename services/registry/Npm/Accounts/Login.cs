using System.Security.Claims;

using Auxo.Registry.People;
using Auxo.Registry.Sessions;
using Auxo.Registry.Tokens;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Access.Authentications;

using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

using Npgsql;

namespace Auxo.Registry.Npm.Accounts;

/// <summary>What npm sends when somebody logs in at a terminal.</summary>
/// <param name="Name">Who.</param>
/// <param name="Password">A person's password, or a token.</param>
public sealed record NpmLoginBody(string? Name, string? Password);

/// <summary>
/// <c>PUT /npm/{repository}/-/user/org.couchdb.user:NAME</c>: logs in without a browser. A person gets a session's token; whoever gives
/// a token as the password gets that one back. <c>DELETE …/-/user/token/TOKEN</c> ends a session again.
/// </summary>
public static class Login
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut("/npm/{repository}/-/user/{user}", HandleAsync).WithName("LogInToNpm").WithTags("npm").AllowAnonymous()
            .WithMetadata(new RequestSizeLimitAttribute(StartSession.LargestBody));
        routes.MapGet("/npm/{repository}/-/user/{user}", GetUser).WithName("GetNpmUser").WithTags("npm").RequireAnyToken();
        routes.MapDelete("/npm/{repository}/-/user/token/{token}", LogOutAsync).WithName("LogOutOfNpm").WithTags("npm").RequireAnyToken();
        routes.MapGet("/npm/{repository}/-/whoami", static (HttpContext http) => WhoAmI(http))
            .WithName("WhoAmIToNpm").WithTags("npm").RequireAnyToken();
        // By a browser: pnpm takes only 404 for no, and asks for name and password then.
        routes.MapPost("/npm/{repository}/-/v1/login", static () => NpmProblems.NoRoute)
            .WithName("LogInToNpmByBrowser").WithTags("npm").AllowAnonymous();
    }

    private static async Task<Results<JsonHttpResult<NpmLoggedIn>, ProblemHttpResult>> HandleAsync(
        NpmLoginBody body, HttpContext http, NpgsqlDataSource source, Passwords passwords, SignInTries tries, AccessTokens tokens,
        AuthenticationLog log, TimeProvider time, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (body is not { Name: { Length: > 0 } name, Password: { Length: > 0 } password })
            return AuxoProblem.BadRequest("session/incomplete", "Send 'name' and 'password'.");
        if (password.StartsWith("auxo_", StringComparison.Ordinal) && password.Length <= 200)
        {
            if (await tokens.FindAsync(password, ct) is not { } token)
            {
                log.Refused(http, AuthenticationKinds.Npm, Refusals.UnknownToken, name, password);
                return AuxoProblem.Of(
                    StatusCodes.Status401Unauthorized, "session/refused",
                    "This token does not work (any more). Ask an administrator for one.");
            }

            log.Accepted(http, AuthenticationKinds.Npm, token.Name, token.Id);
            return LoggedIn(name, password);
        }

        var made = await StartSession.ByPasswordAsync(
            new StartSession.Door(http, source, tokens, log, time.GetUtcNow()), name, password, passwords, tries, ct);
        return made.Result switch
        {
            Created<NewTokenAnswer> { Value: { } session } => LoggedIn(name, session.Text),
            ProblemHttpResult problem => problem,
            _ => throw new InvalidOperationException("A session was neither made nor refused."),
        };
    }

    private static JsonHttpResult<NpmLoggedIn> LoggedIn(string name, string token)
        => TypedResults.Json(new NpmLoggedIn(true, $"org.couchdb.user:{name}", token), HttpJson.Default.NpmLoggedIn, statusCode: 201);

    private static JsonHttpResult<NpmWhoAmI> WhoAmI(HttpContext http)
        => TypedResults.Json(new NpmWhoAmI(http.Caller()), HttpJson.Default.NpmWhoAmI);

    private static JsonHttpResult<NpmUser> GetUser(string user)
        => TypedResults.Json(new NpmUser(user, user[(user.IndexOf(':', StringComparison.Ordinal) + 1)..], ""), HttpJson.Default.NpmUser);

    private static async Task<Results<JsonHttpResult<NpmOk>, ProblemHttpResult>> LogOutAsync(
        string token, HttpContext http, NpgsqlDataSource source, AccessTokens tokens, TimeProvider time, CancellationToken ct)
    {
        var id = http.User.FindFirstValue(ClaimTypes.NameIdentifier)!;
        if (token.Length > 200 || await tokens.FindAsync(token, ct) is not { } found || found.Id.ToString() != id)
            return AuxoProblem.NotFound("token/not-found", "This is not the token with which you are logged in.");
        if (http.User.Person() is not { } person)
        {
            // Programs live by it.
            http.Response.Headers["npm-notice"] = "The token of a service account stays valid; 'auxo token revoke' ends it.";
            return Answers.Done;
        }

        await source.ExecuteAsync(
            ct, "update access.tokens set revoked_at = $2, revoked_by = $3 where id = $1 and revoked_at is null",
            found.Id, time.GetUtcNow(), person);
        tokens.Forget();
        return Answers.Done;
    }
}
