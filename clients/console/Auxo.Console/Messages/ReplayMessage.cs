using Auxo.Contracts;

using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Console.Messages;

/// <summary><c>POST /messages/{service}/replay?id=…</c>: has a dead letter handled again.</summary>
internal static class ReplayMessage
{
    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapPost("/messages/{service}/replay", HandleAsync).WithName("ReplayMessage").RequireAuthorization(Configuration.SignedIn);

    private static async Task<Results<RedirectHttpResult, ProblemHttpResult>> HandleAsync(
        string service, string id, HttpContext http, Clients clients, IAntiforgery antiforgery, CancellationToken ct)
    {
        if (!await antiforgery.IsRequestValidAsync(http))
            return TypedResults.Problem("The page was too old. Open it again, then press the button.", statusCode: 400);
        if (!KnownServices.Names.Contains(service)) return TypedResults.Problem($"There is no service '{service}'.", statusCode: 404);
        try
        {
            await clients.Messaging(service).ReplayAsync([id], ct);
            return TypedResults.LocalRedirect("/messages");
        }
        catch (ServiceException e)
        {
            return TypedResults.Problem(e.Message, statusCode: e.Status);
        }
    }
}
