using System.Buffers;

namespace Auxo.Pipeline.Checks.Searching;

/// <summary>
/// Looks at what stands behind a keyword, a few characters, so that a pattern is asked only where it may match: in most files
/// these words stand in prose and in calls.
/// </summary>
internal static class SecretPlace
{
    /// <summary>A name or an address that is longer than this is none.</summary>
    private const int Near = 300;

    private static readonly SearchValues<char> InName = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");
    private static readonly SearchValues<char> AddressEnds = SearchValues.Create("@ \t\r\n\"'<>");

    /// <summary>True when the rule may find something here.</summary>
    /// <param name="rule">The rule whose keyword was met.</param>
    /// <param name="rest">The text behind the keyword.</param>
    /// <param name="configuration">True for a configuration file.</param>
    public static bool Counts(SecretRule rule, ReadOnlySpan<char> rest, bool configuration)
    {
        if (rule.OnlyConfiguration && !configuration) return false;
        if (rule.Shape == SecretShape.Any) return true;
        rest = rest[..Math.Min(rest.Length, Near)];
        if (rule.Shape == SecretShape.Address)
            return rest.IndexOfAny(AddressEnds) is >= 0 and var at && rest[at] == '@';

        if (rest.IndexOfAnyExcept(InName) is not (>= 0 and var end)) return false;
        rest = rest[end..];
        if (rule.Shape == SecretShape.Element) return rest[0] is '>' or '"';
        rest = rest.TrimStart("\"'`] \t");
        if (rest.Length < 2 || rest[0] is not (':' or '=' or '?')) return false;
        rest = rest.TrimStart(":=>? \t");
        if (rest.IsEmpty) return false;
        var quoted = rest[0] is '"' or '\'' or '`';
        return quoted == (rule.Shape == SecretShape.QuotedValue);
    }
}
