using Microsoft.AspNetCore.Http.Features;

namespace Auxo.Metrics.Asking;

/// <summary>
/// A name in the middle of a path, such as <c>incidents/7</c>, sent as <c>incidents%2F7</c>. The server decodes all but this one,
/// and then it looks like <c>incidents%252F7</c>; so it is read from the path as it was sent.
/// </summary>
internal static class RouteName
{
    /// <summary>The segment before the last one.</summary>
    /// <param name="request">The request.</param>
    /// <param name="bound">What the server made of it.</param>
    public static string Of(HttpRequest request, string bound)
    {
        if (!bound.Contains("%2F", StringComparison.OrdinalIgnoreCase)) return bound;
        var sent = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var segments = sent.Split('?')[0].TrimEnd('/').Split('/');
        return Uri.UnescapeDataString(segments.Length > 1 ? segments[^2] : bound);
    }
}
