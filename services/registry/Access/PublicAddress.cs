using System.Net;

using Auxo.ServiceDefaults.Access.Builds;

namespace Auxo.Registry.Access;

/// <summary>
/// The registry's address as the client of this request knows it, without a slash at its end: what addresses inside answers
/// begin with. It is never stored: one registry may have several names.
/// </summary>
public static class PublicAddress
{
    /// <summary>From the request's own words; those of a proxy count when it runs on this machine.</summary>
    public static string Of(HttpContext http)
    {
        var (scheme, host) = (http.Request.Scheme, http.Request.Host.Value);
        if (!StepSocket.Is(http) && (http.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address)))
        {
            if (First(http, "X-Forwarded-Proto") is "http" or "https") scheme = First(http, "X-Forwarded-Proto")!;
            if (First(http, "X-Forwarded-Host") is { } forwarded && IsHost(forwarded)) host = forwarded;
        }

        return $"{scheme}://{host}";
    }

    private static string? First(HttpContext http, string header)
        => http.Request.Headers[header].ToString().Split(',')[0].Trim() is { Length: > 0 } value ? value.ToLowerInvariant() : null;

    private static bool IsHost(string text)
        => text.Length <= 255 && Uri.TryCreate($"http://{text}/", UriKind.Absolute, out var uri)
            && uri.Authority.Equals(text, StringComparison.OrdinalIgnoreCase);
}
