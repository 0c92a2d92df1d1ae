namespace Auxo.Registry.Packages.Uploading;

/// <summary>Who sent an upload, and whether he may send any.</summary>
internal static class UploadAccess
{
    /// <summary>
    /// For requests that do not say in their address which package they are about: who may do it with any of them passes (a pattern
    /// matches itself), and is asked again when the name is known.
    /// </summary>
    public static Func<HttpContext, string?> AnyPackage(string scope) => http =>
    {
        var prefix = $"{scope}:{http.Request.RouteValues["repository"]}/";
        return http.User.Claims.FirstOrDefault(c => c.Value.StartsWith(prefix, StringComparison.Ordinal))?.Value[prefix.Length..];
    };
}
