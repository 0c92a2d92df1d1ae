using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Console.Notifications;

/// <summary><c>POST /notifications/{id}/replay</c>: makes a delivery again that was given up.</summary>
internal static class ReplayDelivery
{
    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapPost("/notifications/{id}/replay", HandleAsync).WithName("ReplayDelivery")
            .RequireAuthorization(Configuration.SignedIn);

    private static async Task<Results<RedirectHttpResult, ProblemHttpResult>> HandleAsync(
        string id, HttpContext http, Clients clients, IAntiforgery antiforgery, CancellationToken ct)
    {
        if (!await antiforgery.IsRequestValidAsync(http))
            return TypedResults.Problem("The page was too old. Open it again, then press the button.", statusCode: 400);
        var page = $"/notifications/{Uri.EscapeDataString(id)}";
        try
        {
            await clients.Notify.ReplayAsync(id, ct);
            return TypedResults.LocalRedirect(page);
        }
        catch (ServiceException e)
        {
            return TypedResults.LocalRedirect($"{page}?refused={Uri.EscapeDataString(e.Message)}");
        }
    }
}
