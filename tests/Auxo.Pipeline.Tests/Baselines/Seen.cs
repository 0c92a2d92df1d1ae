using Auxo.Pipeline.Baselines;

namespace Auxo.Pipeline.Tests.Baselines;

/// <summary>Findings in a few words.</summary>
internal static class Seen
{
    /// <summary>
    /// <c>path:content</c>, <c>path:content@blob</c> or <c>check/path:content</c>, separated by blanks. Without a blob the file is as it
    /// always was. The content <c>!</c> is a file of which the check saw nothing more.
    /// </summary>
    public static IReadOnlyList<Sighting> Of(string text)
        => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static word =>
        {
            var (check, rest) = word.Split('/') is [var named, var other] ? (named, other) : ("shellcheck", word);
            var (place, blob) = rest.Split('@') is [var before, var after] ? (before, after) : (rest, "blob of " + rest.Split(':')[0]);
            var rule = place.EndsWith('!') ? "not-judged" : "SC1";
            return new Sighting(new Fingerprint(check, rule, place.Split(':')[0], place.Split(':')[1]), blob);
        })];

    /// <summary>The same words, of findings.</summary>
    public static string Words(IEnumerable<Sighting> seen) => string.Join(' ', seen.Select(static s => $"{s.Mark.Path}:{s.Mark.Content}"));
}
