using System.Text.RegularExpressions;

namespace Auxo.Console.Builds;

/// <summary>A log as a page shows it before its script runs, or without one.</summary>
internal static partial class LogText
{
    /// <summary>So many lines are in the page; the script fetches others when somebody scrolls there.</summary>
    public const int Lines = 200;

    /// <summary>The lines around one, or the last where there is no such line; null of a step without a log.</summary>
    public static async Task<LogLines?> ReadAsync(Clients clients, Guid build, string step, long? line, CancellationToken ct)
    {
        try
        {
            var lines = await clients.Pipeline.LinesAsync(
                build.ToString(), step, line is { } asked ? Math.Max(1, asked - Lines / 2) : -Lines, Lines, ct);
            return line > lines.Total ? await clients.Pipeline.LinesAsync(build.ToString(), step, -Lines, Lines, ct) : lines;
        }
        catch (ServiceException e) when (e.Status == StatusCodes.Status404NotFound)
        {
            return null;
        }
    }

    /// <summary>Without the sequences that colour a terminal, and without anything that could steer one or ends a group.</summary>
    internal static string Plain(string text)
        => GroupEnd().IsMatch(text)
            ? ""
            : new([.. Escapes().Replace(text.ReplaceLineEndings("\n"), "").Where(static c => c is '\n' or '\t' || !char.IsControl(c))]);

    /// <summary>What only says where a group of lines ends is for nobody to read.</summary>
    [GeneratedRegex(@"^(::endgroup::|##\[endgroup\])", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex GroupEnd();

    [GeneratedRegex(
        @"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[@-Z\\-_])",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Escapes();
}
