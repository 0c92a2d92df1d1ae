using System.Net.Http.Headers;

namespace Auxo.Console.Builds;

/// <summary>
/// <c>GET /builds/{id}/logs/{step}</c> and what belongs to it: the pipeline's own answers, byte by byte, for everybody where everybody
/// may read the repository.
/// </summary>
internal static class ReadLog
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var (name, tail) in ((string, string)[])
            [("GetLog", ""), ("FollowLog", "/bytes"), ("GetLogLines", "/lines"), ("SearchLog", "/search"), ("GetLogOutline", "/outline")])
        {
            routes.MapGet(
                "/builds/{id:guid}/logs/{step}" + tail, (Guid id, string step, HttpContext http, Clients clients, bool download = false)
                    => PassOn.GetAsync(
                        clients.Stream("pipeline"), $"builds/{id}/logs/{Uri.EscapeDataString(step)}{tail}{http.Request.QueryString}", http,
                        response => { if (download) response.Headers.ContentDisposition = As(step); },
                        // A step that has not begun has no log yet: that is no error, and a browser would write one down.
                        absent: StatusCodes.Status204NoContent))
                .WithName(name).RequireAuthorization(Configuration.SignedIn).AllowAnonymous();
        }
    }

    private static string As(string step) => new ContentDispositionHeaderValue("attachment") { FileName = step + ".log" }.ToString();
}
