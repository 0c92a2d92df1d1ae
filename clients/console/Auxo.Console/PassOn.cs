using Microsoft.AspNetCore.Authentication;

namespace Auxo.Console;

/// <summary>A service's own answer, passed on as it comes: a browser has no token to ask the service itself.</summary>
internal static class PassOn
{
    private static readonly string[] Asked = ["Range", "If-Range", "If-None-Match", "Last-Event-ID"];
    private static readonly string[] Answered =
        ["Content-Type", "Content-Length", "Content-Range", "Content-Disposition", "Accept-Ranges", "ETag", "Last-Modified",
            "Cache-Control", "Auxo-Log-State"];

    /// <summary>Asks for <paramref name="path"/> and answers the same, in parts where parts were asked for.</summary>
    /// <param name="service">With the token of whoever is signed in.</param>
    /// <param name="path">And query, relative to the service.</param>
    /// <param name="http">The request and its answer.</param>
    /// <param name="finish">What the answer has that the service's has not.</param>
    /// <param name="absent">The status when the service has no such thing.</param>
    public static async Task GetAsync(
        HttpClient service, string path, HttpContext http, Action<HttpResponse> finish, int absent = StatusCodes.Status404NotFound)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var name in Asked)
        {
            if (http.Request.Headers.TryGetValue(name, out var value)) request.Headers.TryAddWithoutValidation(name, (string?)value);
        }

        try
        {
            using var answer = await service.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, http.RequestAborted);
            http.Response.StatusCode = (int)answer.StatusCode;
            foreach (var name in Answered)
            {
                if (answer.Content.Headers.TryGetValues(name, out var values) || answer.Headers.TryGetValues(name, out values))
                    http.Response.Headers[name] = values.ToArray();
            }

            finish(http.Response);
            await http.Response.StartAsync(http.RequestAborted);
            await answer.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
        }
        catch (ServiceException e) when (e.Status == StatusCodes.Status404NotFound && absent != e.Status)
        {
            http.Response.StatusCode = absent;
        }
        catch (ServiceException e) when (e.Status == 401 && http.User.Identity is not { IsAuthenticated: true })
        {
            await http.ChallengeAsync(Access.Session.Scheme);
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
