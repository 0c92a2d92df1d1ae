using System.Text.Json;

using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Console.Builds;

/// <summary>
/// <c>POST /builds/{id}/cancel|approve|rerun</c>: the pipeline decides; the browser comes back to the build, or to the new one.
/// </summary>
internal static class ActOnBuild
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var verb in (string[])["cancel", "approve", "rerun"])
        {
            routes.MapPost(
                $"/builds/{{id:guid}}/{verb}",
                (Guid id, HttpContext http, Clients clients, IAntiforgery antiforgery, CancellationToken ct)
                    => HandleAsync(id, verb, http, clients, antiforgery, ct)).WithName(verb).RequireAuthorization(Configuration.SignedIn);
        }
    }

    private static async Task<Results<RedirectHttpResult, ProblemHttpResult>> HandleAsync(
        Guid id, string verb, HttpContext http, Clients clients, IAntiforgery antiforgery, CancellationToken ct)
    {
        if (!await antiforgery.IsRequestValidAsync(http))
            return TypedResults.Problem("The page was too old. Open it again, then press the button.", statusCode: 400);
        try
        {
            var answer = await clients.Pipeline.ActAsync(id.ToString(), verb, ct);
            var shown = verb == "rerun" ? JsonSerializer.Deserialize<Build>(answer, ApiJson.Options)!.Id : id.ToString();
            return TypedResults.LocalRedirect($"/builds/{shown}");
        }
        catch (ServiceException e)
        {
            return TypedResults.LocalRedirect($"/builds/{id}?refused={Uri.EscapeDataString(e.Message)}");
        }
    }
}
