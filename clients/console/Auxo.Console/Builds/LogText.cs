using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;

namespace Auxo.Console.Builds;

/// <summary>The end of a log as it is when the page is made: for readers without scripts, and until the script has taken over.</summary>
internal static partial class LogTail
{
    /// <summary>So much is shown at first; the rest is fetched when somebody scrolls there.</summary>
    public const int Bytes = 64 << 10;

    /// <summary>Reads it; a step without a log has an empty one.</summary>
    public static async Task<string> ReadAsync(HttpClient pipeline, Guid build, string step, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"builds/{build}/logs/{Uri.EscapeDataString(step)}");
        request.Headers.Range = new RangeHeaderValue(null, Bytes);
        try
        {
            using var answer = await pipeline.SendAsync(request, ct);
            var text = Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync(ct));
            var isCut = answer.Content.Headers.ContentRange is { From: > 0 };
            return Plain(isCut ? text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..] : text);
        }
        catch (ServiceException e) when (e.Status is 404 or 416)
        {
            return "";
        }
    }

    /// <summary>Without the sequences that colour a terminal, and without anything that could steer one.</summary>
    internal static string Plain(string text)
        => new([.. Escapes().Replace(text.ReplaceLineEndings("\n"), "").Where(static c => c is '\n' or '\t' || !char.IsControl(c))]);

    [GeneratedRegex(
        @"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[@-Z\\-_])",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Escapes();
}
