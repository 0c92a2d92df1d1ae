using Auxo.Console.Access;
using Auxo.Contracts;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Console.Messages;

/// <summary><c>POST /messages/{service}/replay?id=…&amp;id=…</c>: has dead letters handled again.</summary>
internal static class ReplayMessage
{
    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapPost("/messages/{service}/replay", HandleAsync).WithName("ReplayMessage").FromOwnForm();

    private static async Task<Results<RedirectHttpResult, ProblemHttpResult>> HandleAsync(
        string service, string[] id, Clients clients, CancellationToken ct)
    {
        if (!KnownServices.Names.Contains(service)) return TypedResults.Problem($"There is no service '{service}'.", statusCode: 404);
        try
        {
            await clients.Messaging(service).ReplayAsync(id, ct);
            return TypedResults.LocalRedirect("/messages");
        }
        catch (ServiceException e)
        {
            return TypedResults.Problem(e.Message, statusCode: e.Status);
        }
    }
}
