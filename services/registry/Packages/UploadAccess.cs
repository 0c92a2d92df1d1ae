namespace Auxo.Registry.Packages;

/// <summary>Who sent an upload, and whether he may send any.</summary>
internal static class UploadAccess
{
    /// <summary>
    /// For uploads whose body says which package they are: who may upload any of them passes (a pattern matches itself), and is asked
    /// again when the name is known.
    /// </summary>
    public static string? AnyPackage(HttpContext http)
    {
        var prefix = $"{RegistryScopes.Write}:{http.Request.RouteValues["repository"]}/";
        return http.User.Claims.FirstOrDefault(c => c.Value.StartsWith(prefix, StringComparison.Ordinal))?.Value[prefix.Length..];
    }

    /// <summary>The name that stands in events as the one who did it.</summary>
    public static string Caller(this HttpContext http) => http.User.Identity?.Name ?? "unknown";
}
