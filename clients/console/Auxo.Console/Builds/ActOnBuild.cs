using System.Text.Json;

using Auxo.Console.Access;

using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;

namespace Auxo.Console.Builds;

/// <summary>
/// <c>POST /builds/{id}/cancel|approve|rerun</c>: the pipeline decides; the browser comes back to the build, to the new
/// one, or to the page that it came from.
/// </summary>
internal static class ActOnBuild
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var verb in (string[])["cancel", "approve", "rerun"])
        {
            routes.MapPost(
                $"/builds/{{id:guid}}/{verb}",
                (Guid id, HttpContext http, Clients clients, Refusals refusals, CancellationToken ct)
                    => HandleAsync(id, verb, http, clients, refusals, ct)).WithName(verb).FromOwnForm();
        }
    }

    private static async Task<RedirectHttpResult> HandleAsync(
        Guid id, string verb, HttpContext http, Clients clients, Refusals refusals, CancellationToken ct)
    {
        string? back = http.Request.Form["back"];
        try
        {
            var answer = await clients.Pipeline.ActAsync(id.ToString(), verb, ct);
            if (verb == "rerun" && !IsPatch(back))
                return TypedResults.LocalRedirect($"/builds/{JsonSerializer.Deserialize<Build>(answer, ApiJson.Options)!.Id}");
            return TypedResults.LocalRedirect(From(back, id));
        }
        catch (ServiceException e)
        {
            return TypedResults.LocalRedirect(QueryHelpers.AddQueryString(From(back, id), Refusals.Name, refusals.Sealed(http, e)));
        }
    }

    /// <summary>A form says where it stands; no other address is followed.</summary>
    private static string From(string? back, Guid id)
        => IsPatch(back) || back?.StartsWith($"/builds/{id}?", StringComparison.Ordinal) is true ? back! : $"/builds/{id}";

    private static bool IsPatch(string? back) => back?.StartsWith("/patches/", StringComparison.Ordinal) is true;
}
