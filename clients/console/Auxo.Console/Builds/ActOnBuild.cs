using System.Text.Json;

using Auxo.Console.Access;

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
                (Guid id, Clients clients, CancellationToken ct) => HandleAsync(id, verb, clients, ct)).WithName(verb).FromOwnForm();
        }
    }

    private static async Task<RedirectHttpResult> HandleAsync(Guid id, string verb, Clients clients, CancellationToken ct)
    {
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
