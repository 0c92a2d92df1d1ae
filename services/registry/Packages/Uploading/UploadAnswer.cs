using System.Text;

using Microsoft.AspNetCore.Http.Features;

namespace Auxo.Registry.Packages.Uploading;

/// <summary>
/// The answer to an upload of twine, dotnet and their like, in plain text. They show the reason phrase of the status line and little
/// else, so a refusal stands there too.
/// </summary>
/// <param name="status">200 or 201, or why not.</param>
/// <param name="text">For a person; empty when all is well.</param>
public sealed class UploadAnswer(int status, string text) : IResult, IStatusCodeHttpResult
{
    private const int MaxReason = 300;

    /// <inheritdoc/>
    public int? StatusCode => status;

    /// <summary>What it says.</summary>
    public string Text => text;

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = "text/plain; charset=utf-8";
        if (text.Length == 0) return;
        httpContext.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase =
            new string([.. text.Take(MaxReason).Select(static c => c is >= ' ' and <= '~' ? c : '?')]);
        await response.WriteAsync(text + "\n", Encoding.UTF8, httpContext.RequestAborted);
    }
}
