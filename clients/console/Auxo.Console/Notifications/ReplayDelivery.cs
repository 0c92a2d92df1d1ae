using Auxo.Console.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Console.Notifications;

/// <summary><c>POST /notifications/{id}/replay</c>: makes a delivery again that was given up.</summary>
internal static class ReplayDelivery
{
    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapPost("/notifications/{id}/replay", HandleAsync).WithName("ReplayDelivery").FromOwnForm();

    private static async Task<RedirectHttpResult> HandleAsync(
        string id, HttpContext http, Clients clients, Refusals refusals, CancellationToken ct)
    {
        var page = $"/notifications/{Uri.EscapeDataString(id)}";
        try
        {
            await clients.Notify.ReplayAsync(id, ct);
            return TypedResults.LocalRedirect(page);
        }
        catch (ServiceException e)
        {
            return TypedResults.LocalRedirect($"{page}?{refusals.Query(http, e)}");
        }
    }
}
