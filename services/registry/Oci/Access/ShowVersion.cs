using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Registry.Oci.Access;

/// <summary><c>GET /v2/</c>: this is a registry, and the caller's token works. Without one it says where to get one.</summary>
public static class ShowVersion
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapMethods("/v2/", [HttpMethods.Get, HttpMethods.Head], Handle)
            .WithName("ShowOciVersion").WithTags("Images").RequireAnyToken();

    private static ContentHttpResult Handle(HttpContext http)
    {
        http.Response.Headers[OciError.VersionHeader] = OciError.Version;
        return TypedResults.Text("{}", "application/json");
    }
}
