using System.Net.Http.Headers;

using Auxo.Console.Access;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Console.Sharing;

/// <summary>
/// <c>GET /feeds/{rid}.atom</c>: for everybody where everybody may read the repository; else for who is signed in, or sends a token as
/// the password of any user, which is all that most feed readers can.
/// </summary>
internal static class GetFeed
{
    private const string Ending = ".atom";
    private const int Most = 50;
    private const int Looked = 100;

    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/feeds/{name}", HandleAsync).WithName("GetFeed").RequireAuthorization(Configuration.SignedIn).AllowAnonymous();

    private static async Task<Results<FileContentHttpResult, NotFound, UnauthorizedHttpResult, ProblemHttpResult>> HandleAsync(
        string name, Clients clients, HttpContext http, PublicAddress address, CancellationToken ct)
    {
        if (!name.EndsWith(Ending, StringComparison.Ordinal)) return TypedResults.NotFound();
        var rid = Uri.EscapeDataString(Uri.UnescapeDataString(name[..^Ending.Length]));
        var token = Password(http.Request.Headers.Authorization) ?? http.User.Token();
        try
        {
            using var ingest = clients.Http("ingest", token);
            using var pipeline = clients.Http("pipeline", token);
            var repository = (await ingest.GetFromJsonAsync<Repository>($"repositories/{rid}", ApiJson.Options, ct))!;
            var builds = (await pipeline.GetFromJsonAsync<Page<Build>>($"builds?rid={rid}&limit={Looked}", ApiJson.Options, ct))!.Items;
            http.Response.Headers.CacheControl = token is null ? "public, max-age=60" : "private, max-age=60";
            http.Response.Headers.Vary = "Cookie, Authorization";
            return TypedResults.Bytes(
                Feed.Write(
                    repository, [.. builds.Where(static b => b is { IsFinished: true, FinishedAt: not null }).Take(Most)],
                    address.Of(http.Request)),
                "application/atom+xml; charset=utf-8");
        }
        catch (ServiceException e) when (e.Status is 401)
        {
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"auxo\", charset=\"UTF-8\"";
            return TypedResults.Unauthorized();
        }
        catch (ServiceException e)
        {
            return TypedResults.Problem(e.Message, statusCode: e.Status == 503 ? 502 : e.Status);
        }
    }

    /// <summary>The token that stands where a password stands; null when there is none.</summary>
    internal static string? Password(string? header)
    {
        if (!AuthenticationHeaderValue.TryParse(header, out var value) || value.Parameter is not { Length: < 1024 } parameter) return null;
        return value.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)
            && BasicPassword.Read(parameter) is (_, { Length: > 0 } password) && !password.Any(char.IsControl) ? password : null;
    }
}
