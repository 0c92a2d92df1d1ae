using System.Net.Http.Headers;

namespace Auxo.Console.Builds;

/// <summary>
/// <c>GET /builds/{id}/logs/{step}</c> and its <c>/events</c>: the pipeline's own answers, passed on as they come, since a browser has
/// no token to ask the pipeline itself.
/// </summary>
internal static class ReadLog
{
    private static readonly string[] Asked = ["Range", "Last-Event-ID", "If-None-Match"];
    private static readonly string[] Answered =
        ["Content-Type", "Content-Length", "Content-Range", "Accept-Ranges", "ETag", "Cache-Control", "Auxo-Log-State"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var (name, tail) in ((string, string)[])[("GetLog", ""), ("FollowLog", "/events")])
        {
            routes.MapGet(
                "/builds/{id:guid}/logs/{step}" + tail, (Guid id, string step, HttpContext http, Clients clients, bool download = false)
                    => PassOnAsync(
                        clients.Http("pipeline"), $"builds/{id}/logs/{Uri.EscapeDataString(step)}{tail}", download ? step : null, http))
                .WithName(name).RequireAuthorization(Configuration.SignedIn);
        }
    }

    private static async Task PassOnAsync(HttpClient pipeline, string path, string? fileName, HttpContext http)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path + http.Request.QueryString);
        foreach (var name in Asked)
        {
            if (http.Request.Headers.TryGetValue(name, out var value)) request.Headers.TryAddWithoutValidation(name, (string?)value);
        }

        try
        {
            using var answer = await pipeline.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, http.RequestAborted);
            http.Response.StatusCode = (int)answer.StatusCode;
            foreach (var name in Answered)
            {
                if (answer.Content.Headers.TryGetValues(name, out var values) || answer.Headers.TryGetValues(name, out values))
                    http.Response.Headers[name] = values.ToArray();
            }

            if (fileName is not null) http.Response.Headers.ContentDisposition =
                new ContentDispositionHeaderValue("attachment") { FileName = fileName + ".log" }.ToString();
            await http.Response.StartAsync(http.RequestAborted);
            await answer.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
        }
        catch (ServiceException e) when (e.Status == StatusCodes.Status404NotFound)
        {
            // A step that has not begun has no log yet: that is no error, and a browser would write one down.
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        catch (ServiceException e)
        {
            var status = e.Status == StatusCodes.Status503ServiceUnavailable ? StatusCodes.Status502BadGateway : e.Status;
            await TypedResults.Problem(e.Message, statusCode: status).ExecuteAsync(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The page was closed.
        }
    }
}
