using Auxo.Console.Access;
using Auxo.Console.Parts;

using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Auxo.Console.Repositories;

/// <summary><c>POST /repositories/{rid}/public</c>: everybody may read it, or no longer; ingest decides.</summary>
internal static class PublishRepository
{
    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapPost("/repositories/{rid}/public", HandleAsync).WithName("PublishRepository").FromOwnForm();

    private static async Task<RedirectHttpResult> HandleAsync(
        string rid, [FromForm] string state, HttpContext http, Clients clients, Refusals refusals, CancellationToken ct)
    {
        var back = Say.RepositoryUrl(Uri.UnescapeDataString(rid));
        try
        {
            await (state == "on" ? clients.Ingest.PublishAsync(rid, ct) : clients.Ingest.UnpublishAsync(rid, ct));
            return TypedResults.LocalRedirect(back + "#sharing");
        }
        catch (ServiceException e)
        {
            return TypedResults.LocalRedirect($"{back}?{refusals.Query(http, e)}#sharing");
        }
    }
}
