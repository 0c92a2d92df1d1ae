using Auxo.Registry.Access;

namespace Auxo.Registry.Oci;

/// <summary>
/// Writes every problem of a route under <c>/v2</c> in OCI's form, also those of access, of unknown routes and of faults; and tells a
/// client that is refused where it gets a token, and for what.
/// </summary>
internal sealed class OciErrorWriter : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => IsOci(context.HttpContext.Request.Path);

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var (http, problem) = (context.HttpContext, context.ProblemDetails);
        var status = problem.Status ?? http.Response.StatusCode;
        if (status == StatusCodes.Status401Unauthorized) http.Response.Headers.WWWAuthenticate = Challenge(http.Request);
        var message = status switch
        {
            StatusCodes.Status401Unauthorized
                => "Log in first: 'docker login HOST' with any user name and an access token as the password. "
                + "The token was missing, or is wrong, revoked or expired.",
            StatusCodes.Status403Forbidden when ImageOf(http.Request) is { } image
                => $"You may not do that: your token lacks the scope {(IsRead(http.Request) ? RegistryScopes.Read : RegistryScopes.Write)}"
                    + $":{image.Repository}. Whoever manages tokens makes one that has it.",
            _ => problem.Detail ?? problem.Title ?? "",
        };
        await new OciError(status, CodeOf(status), message).ExecuteAsync(http);
    }

    /// <summary>Whether a path is one of OCI's.</summary>
    public static bool IsOci(PathString path) => path.StartsWithSegments("/v2", StringComparison.Ordinal);

    /// <summary>Where the token is to be had, and what it is needed for.</summary>
    internal static string Challenge(HttpRequest request)
    {
        var challenge = $"Bearer realm=\"{PublicAddress.Of(request.HttpContext)}/v2/token\",service=\"auxo\"";
        return ScopeOf(request) is { } scope ? $"{challenge},scope=\"{scope}\"" : challenge;
    }

    private static string? ScopeOf(HttpRequest request)
    {
        var path = request.Path.Value!;
        if (path == "/v2/_catalog") return "registry:catalog:*";
        return ImageOf(request) is { } image
            ? $"repository:{image.Name}:{(IsRead(request) ? "pull" : HttpMethods.IsDelete(request.Method) ? "delete" : "pull,push")}"
            : null;
    }

    private static OciPath? ImageOf(HttpRequest request)
    {
        var path = request.Path.Value!;
        if (!path.StartsWith("/v2/", StringComparison.Ordinal)) return null;
        var (repository, rest) = OciPath.Split(path["/v2/".Length..]);
        return OciPath.Parse(repository, rest) is { HasValidName: true } image ? image : null;
    }

    private static bool IsRead(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);

    private static string CodeOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "UNAUTHORIZED",
        StatusCodes.Status403Forbidden => "DENIED",
        StatusCodes.Status413PayloadTooLarge => "SIZE_INVALID",
        StatusCodes.Status429TooManyRequests => "TOOMANYREQUESTS",
        StatusCodes.Status507InsufficientStorage => "BLOB_UPLOAD_INVALID",
        >= 500 => "UNKNOWN",
        _ => "UNSUPPORTED",
    };
}
