using System.Text.RegularExpressions;

namespace Auxo.Owners;

/// <summary>A regular expression of Forgejo's syntax, which is Go's: without references back and without looking around.</summary>
internal sealed partial class RegexPattern : PathPattern
{
    /// <summary>As in Go: what is repeated more often than this, in all, makes a program without end.</summary>
    private const int MostRepeats = 1000;

    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    /// <summary>A second per path would be a bad file, and a match takes microseconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lazy<Regex> _regex;
    private readonly LiteralEnds _ends;
    private readonly string _text;

    private RegexPattern(string whole, string text)
    {
        _regex = new Lazy<Regex>(() => new Regex(whole, Options | RegexOptions.NonBacktracking, Patience));
        (_ends, _text) = (LiteralEnds.Of(text), text);
    }

    public override bool IsCatchAll => _text is ".*" or ".+";

    /// <summary>Reads an expression; null with the reason when it is none.</summary>
    public static RegexPattern? Parse(string text, out string reason)
    {
        reason = "";
        if (Repeats(text) > MostRepeats)
        {
            reason = $"it repeats something more than {MostRepeats} times";
            return null;
        }

        try
        {
            // Go's way to name a group is the older one. The ends are as Forgejo sets them, alternatives included: ^a|b$.
            var whole = $"^{text.Replace("(?P<", "(?<", StringComparison.Ordinal)}\\z";
            _ = new Regex(whole, Options, Patience);
            if (!LooksAround().IsMatch(Escapes().Replace(text, ""))) return new RegexPattern(whole, text);
            reason = "it looks around or back, which takes too long on some paths";
        }
        catch (RegexParseException e)
        {
            reason = $"{Plain(e.Error)} at character {e.Offset}";
        }

        return null;
    }

    public override bool Matches(in RepositoryPath path)
    {
        if (!_ends.Fit(path.Text)) return false;
        try
        {
            return _regex.Value.IsMatch(path.Text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    /// <summary>What all counts of an expression make together, where they stand in one another.</summary>
    private static long Repeats(string text)
    {
        var product = 1L;
        foreach (Match match in Count().Matches(text))
        {
            product *= int.TryParse(match.Groups["most"].Value is { Length: > 0 } most
                ? most : match.Groups["least"].Value, out var count)
                ? Math.Max(1, count)
                : MostRepeats + 1;
            if (product > MostRepeats) break;
        }

        return product;
    }

    /// <summary>UnterminatedBracket → unterminated bracket.</summary>
    private static string Plain(RegexParseError error) => Capital().Replace(error.ToString(), " $0").Trim().ToLowerInvariant();

    [GeneratedRegex(@"\{(?<least>\d+)(,(?<most>\d*))?\}", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Count();

    /// <summary>Escaped characters, except those that point back to a group or to the end of the last match.</summary>
    [GeneratedRegex(@"\\[^1-9kG]", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex Escapes();

    /// <summary>What the engine that never tries twice does not know.</summary>
    [GeneratedRegex(@"\\|\(\?([=!>(]|<[=!])", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex LooksAround();

    [GeneratedRegex("[A-Z]", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Capital();
}
