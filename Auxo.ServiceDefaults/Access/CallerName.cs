using Microsoft.AspNetCore.Http;

namespace Auxo.ServiceDefaults.Access;

/// <summary>Who did it, as events and answers say it.</summary>
public static class CallerName
{
    /// <summary>The name of the token, session or build that the request came with.</summary>
    public static string Caller(this HttpContext http) => http.User.Identity?.Name ?? "unknown";
}
