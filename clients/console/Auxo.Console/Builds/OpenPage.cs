namespace Auxo.Console.Builds;

/// <summary>
/// <c>GET /downloads/builds/{id}/pages/{name}</c>: a page that a tool of a build wrote for people, shown without anything that could
/// act: no scripts, no forms, nothing from elsewhere (decision 189).
/// </summary>
internal static class OpenPage
{
    private const string Policy =
        "sandbox allow-same-origin; default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        + "font-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Where a browser gets it.</summary>
    public static string Url(string build, string page)
        => $"/downloads/builds/{build}/pages/{string.Join('/', page.Split('/').Select(Uri.EscapeDataString))}";

    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/downloads/builds/{id:guid}/pages/{**name}", HandleAsync)
            .WithName("OpenPage").RequireAuthorization(Configuration.SignedIn);

    private static Task HandleAsync(HttpContext http, Clients clients)
    {
        var parts = http.Request.Path.Value!.Split('/')[2..];
        if (parts.Any(static part => part is "" or "." or "..")) return TypedResults.NotFound().ExecuteAsync(http);
        var path = string.Join('/', parts.Select(Uri.EscapeDataString));
        return PassOn.GetAsync(clients.Stream("pipeline"), path, http, static response =>
        {
            response.Headers.ContentSecurityPolicy = Policy;
            response.Headers.XContentTypeOptions = "nosniff";
        });
    }
}
