using System.Text;
using System.Text.RegularExpressions;

namespace Auxo.Pipeline.Checks.Files;

/// <summary>
/// Path patterns as people know them from <c>.gitignore</c>: <c>*</c> within a folder, <c>**</c> across folders, <c>?</c> one
/// character, a trailing <c>/</c> everything below, a leading <c>/</c> or <c>./</c> the top.
/// A pattern without a slash matches the file name in any folder. Linear time
/// whatever the pattern.
/// </summary>
public sealed class PathPatterns
{
    private static readonly PathPatterns None = new(null);
    private readonly Regex? _regex;

    private PathPatterns(Regex? regex) => _regex = regex;

    /// <summary>Makes one matcher of many patterns; null or empty matches nothing.</summary>
    public static PathPatterns Of(IReadOnlyList<string>? patterns)
        => patterns is null or []
            ? None
            : new PathPatterns(new Regex($"^(?:{string.Join('|', patterns.Select(Translate))})\\z",
                RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline));

    /// <summary>True when one of the patterns matches the whole path.</summary>
    public bool Match(string path) => _regex is not null && _regex.IsMatch(path);

    private static string Translate(string pattern)
    {
        var regex = new StringBuilder();
        if (pattern.StartsWith("./", StringComparison.Ordinal)) pattern = pattern[1..];
        var text = pattern.TrimStart('/');
        if (!text.TrimEnd('/').Contains('/', StringComparison.Ordinal) && !pattern.StartsWith('/')) regex.Append("(?:.*/)?");
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '*' && i + 1 < text.Length && text[i + 1] == '*')
            {
                i++;
                if (i + 1 < text.Length && text[i + 1] == '/')
                {
                    i++;
                    regex.Append("(?:.*/)?");
                }
                else
                {
                    regex.Append(".*");
                }
            }
            else
            {
                regex.Append(text[i] switch { '*' => "[^/]*", '?' => "[^/]", var c => Regex.Escape(c.ToString()) });
            }
        }

        return text.EndsWith('/') ? regex.Append(".*").ToString() : regex.ToString();
    }
}
