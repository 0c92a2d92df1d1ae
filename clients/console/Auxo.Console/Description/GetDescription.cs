using Auxo.Contracts;

namespace Auxo.Console.Description;

/// <summary><c>GET /api/{service}.json</c>: a service's own description of its routes, as OpenAPI.</summary>
internal static class GetDescription
{
    /// <summary>Where a service says it.</summary>
    public const string Path = "openapi/v1.json";

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var service in KnownServices.Names)
        {
            routes.MapGet($"/api/{service}.json", (HttpContext http, Clients clients)
                => PassOn.GetAsync(clients.Stream(service), Path, http, static _ => { }))
                .WithName($"Describe {service}").RequireAuthorization(Configuration.SignedIn);
        }
    }
}
