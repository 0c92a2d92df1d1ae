using System.Globalization;
using System.Text.RegularExpressions;

namespace Auxo.Registry.Oci.Uploads;

/// <summary>
/// Which bytes of the whole a chunk has, in OCI's own form: <c>Content-Range: 0-9</c>, both ends included, not HTTP's
/// <c>bytes 0-9/100</c>.
/// </summary>
/// <param name="From">The first byte's place.</param>
/// <param name="Length">How many there are.</param>
internal readonly partial record struct ContentRange(long From, long Length)
{
    /// <summary>Reads one; false when it is none.</summary>
    public static bool TryParse(string text, out ContentRange range)
    {
        range = default;
        if (Form().Match(text) is not { Success: true } match
            || !long.TryParse(match.Groups["from"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            || !long.TryParse(match.Groups["to"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var to)
            || to < from || to == long.MaxValue) return false;
        range = new ContentRange(from, to - from + 1);
        return true;
    }

    [GeneratedRegex("^(?<from>[0-9]{1,19})-(?<to>[0-9]{1,19})\\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
