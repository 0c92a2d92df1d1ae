using System.Reflection;

using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Auxo.ServiceDefaults.Description;

/// <summary>
/// <c>GET /openapi/v1.json</c>: every route of this service, with what it takes, answers and asks for, as OpenAPI 3.1. It was written
/// from the service itself before it was built, and is a part of the program (decision 177).
/// </summary>
public static class ServiceDescription
{
    /// <summary>The part's name, and the file's.</summary>
    public const string File = "openapi.json";

    /// <summary>Who has a token may ask what tokens are for.</summary>
    private static readonly AuthorizationPolicy AnyToken = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build();

    internal static void MapDescription(this IEndpointRouteBuilder routes)
        => routes.MapGet("/openapi/v1.json", (RequestDelegate)WriteAsync).WithName("DescribeRoutes")
            .WithMetadata(((RequestDelegate)WriteAsync).Method).RequireAuthorization(AnyToken);

    private static async Task WriteAsync(HttpContext http)
    {
        var assembly = http.RequestServices.GetRequiredService<ServiceModel>().Assembly;
        if (Open(assembly) is not { } stream) throw new InvalidOperationException($"{assembly.GetName().Name} has no {File} in it.");
        await using (stream)
        {
            http.Response.ContentType = "application/json; charset=utf-8";
            http.Response.ContentLength = stream.Length;
            await stream.CopyToAsync(http.Response.Body, http.RequestAborted);
        }
    }

    private static Stream? Open(Assembly assembly) => assembly.GetManifestResourceStream(File);
}
