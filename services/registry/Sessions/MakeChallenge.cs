using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Auxo.Registry.Sessions;

/// <summary>For which address somebody wants to sign in.</summary>
/// <param name="Address">Host and port as the browser or the command line asks for them, such as <c>ci.example.org</c>.</param>
public sealed record ChallengeBody(string? Address);

/// <summary>A text to be signed.</summary>
/// <param name="Challenge">To be sent back with its signature.</param>
/// <param name="Address">For which address it counts. Who signs compares it with the one that was asked.</param>
/// <param name="ExpiresAt">The first instant at which it is worth nothing.</param>
public sealed record ChallengeAnswer(string Challenge, string Address, DateTimeOffset ExpiresAt);

/// <summary>
/// <c>POST /sessions/challenges</c>: the beginning of a sign-in by key. The address must be one of the console's: else somebody could
/// have a challenge for an address of his own, and pass on the signature that a user gives there.
/// </summary>
public static class MakeChallenge
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapPost("/sessions/challenges", Handle).WithName("MakeChallenge").WithTags("Sessions").AllowAnonymous()
            .WithMetadata(new RequestSizeLimitAttribute(StartSession.LargestBody));

    private static Results<Ok<ChallengeAnswer>, ProblemHttpResult> Handle(
        ChallengeBody body, HttpContext http, Challenges challenges, IConfiguration configuration)
    {
        if (body.Address is not { Length: > 0 and <= 255 } address || Url(address) is not { } url)
            return AuxoProblem.BadRequest(
                "session/invalid-address", "'address' is the host and port that was asked, such as ci.example.org or 127.0.0.1:8880.");
        if (!ConsoleHosts.Has(configuration, url.Host))
            return AuxoProblem.Unprocessable(
                "session/foreign-address",
                $"The console is not known as {url.Host}. The operator names it: Auxo__Console__Hosts={url.Host}");
        if (!ConsoleHosts.IsAt(configuration, url))
            return AuxoProblem.Unprocessable(
                "session/foreign-address",
                $"The console is not known to listen at {address}. The operator names it: Auxo__Console__PublicUrl=https://{address}");
        http.Response.Headers.CacheControl = "no-store";
        var (challenge, until) = challenges.Make(address.ToLowerInvariant());
        return TypedResults.Ok(new ChallengeAnswer(challenge, address.ToLowerInvariant(), until));
    }

    /// <summary>An address that is nothing else than host and port.</summary>
    private static Uri? Url(string address)
        => Uri.TryCreate("http://" + address, UriKind.Absolute, out var url)
            && url.Authority.Equals(address, StringComparison.OrdinalIgnoreCase) ? url : null;
}
