using Auxo.Console.Access;
using Auxo.Console.Parts;

using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;

namespace Auxo.Console.Schedules;

/// <summary>
/// <c>POST /schedules/{rid}/{name}/enable|disable|run</c>: the pipeline decides; the browser comes back to the page
/// of schedules, or to the build that has begun.
/// </summary>
internal static class ActOnSchedule
{
    /// <summary>The field that says that the form stands on the page of all repositories.</summary>
    public const string OfAll = "all";

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var verb in (string[])["enable", "disable", "run"])
        {
            routes.MapPost(
                $"/schedules/{{rid}}/{{name}}/{verb}",
                (string rid, string name, HttpContext http, Clients clients, Refusals refusals, CancellationToken ct)
                    => HandleAsync(Uri.UnescapeDataString(rid), name, verb, http, clients, refusals, ct))
                .WithName($"{verb} schedule").FromOwnForm();
        }
    }

    private static async Task<RedirectHttpResult> HandleAsync(
        string rid, string name, string verb, HttpContext http, Clients clients, Refusals refusals,
        CancellationToken ct)
    {
        var back = http.Request.Form.ContainsKey(OfAll) ? "/schedules" : Say.SchedulesUrl(rid);
        try
        {
            if (verb == "run")
            {
                var build = await clients.Pipeline.RunScheduleAsync(rid, name, ct);
                return TypedResults.LocalRedirect($"/builds/{build.Id}");
            }

            await clients.Pipeline.SwitchScheduleAsync(rid, name, verb, ct);
            return TypedResults.LocalRedirect(back);
        }
        catch (ServiceException e)
        {
            return TypedResults.LocalRedirect(
                QueryHelpers.AddQueryString(back, Refusals.Name, refusals.Sealed(http, e)));
        }
    }
}
