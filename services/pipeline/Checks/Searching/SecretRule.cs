using System.Text.RegularExpressions;

namespace Auxo.Pipeline.Checks.Searching;

/// <summary>One kind of secret.</summary>
/// <param name="Id">Stable; the gate table and the pipeline file name it as <c>secrets.&lt;id&gt;</c>.</param>
/// <param name="Words">For people.</param>
/// <param name="Keywords">Lower case; a line without any of them is never given to the pattern.</param>
/// <param name="Expression">The regular expression. The group <c>s</c> is the secret where the match is more than that.</param>
public sealed record SecretRule(string Id, string Words, IReadOnlyList<string> Keywords, string Expression)
{
    private Regex? _pattern;

    /// <summary>
    /// Bits per character below which a match is a placeholder, not a secret; 0 for patterns that speak for themselves.
    /// </summary>
    public double MinEntropy { get; init; }

    /// <summary>Judges a match by what stands in the groups <c>n</c> (the name, where there is one) and <c>s</c>.</summary>
    public SecretJudge Accept { get; init; } = static (_, value) => SecretValue.IsNoPlaceholder(value);

    /// <summary>What must follow a keyword at once, looked at before the pattern: most lines with a keyword are prose or calls.</summary>
    public SecretShape Shape { get; init; }

    /// <summary>So many lines below the keyword's are given to the pattern too.</summary>
    public int LinesBelow { get; init; }

    /// <summary>True when it is for configuration files alone: in a program the same line is a variable and a call.</summary>
    public bool OnlyConfiguration { get; init; }

    /// <summary>
    /// Made when a keyword is first met: most repositories hold few of them. Linear time on any input: the engine that never
    /// backtracks costs tens of milliseconds to make, so a pattern whose repetitions all end (<see cref="IsBounded"/>) takes
    /// the usual one, whose work per character is bounded then as well.
    /// </summary>
#pragma warning disable MA0009 // Bounded, as the summary says; a time limit would make a finding depend on the machine's load.
    public Regex Pattern => _pattern ??= new Regex(
        Expression, (IsBounded(Expression) ? RegexOptions.None : RegexOptions.NonBacktracking) | RegexOptions.CultureInvariant);
#pragma warning restore MA0009

    /// <summary>True when the expression has no <c>*</c>, <c>+</c> or <c>{n,}</c> outside of a character class.</summary>
    public static bool IsBounded(string expression)
    {
        var inClass = false;
        for (var i = 0; i < expression.Length; i++)
        {
            switch (expression[i])
            {
                case '\\':
                    i++;
                    break;
                case '[':
                    inClass = true;
                    break;
                case ']':
                    inClass = false;
                    break;
                case '*' or '+' when !inClass:
                    return false;
                case ',' when !inClass && expression.AsSpan(i).StartsWith(",}", StringComparison.Ordinal):
                    return false;
            }
        }

        return true;
    }
}

/// <summary>What follows a rule's keyword.</summary>
public enum SecretShape
{
    /// <summary>Anything.</summary>
    Any,

    /// <summary>The rest of a name, a colon or equals sign, and a value in quotes.</summary>
    QuotedValue,

    /// <summary>The rest of a name, a colon or equals sign, and a value without quotes.</summary>
    PlainValue,

    /// <summary>The rest of a name and the end of an element's or attribute's name.</summary>
    Element,

    /// <summary>An address with a user in front of the host.</summary>
    Address,
}

/// <summary>Whether what a pattern matched is a secret.</summary>
/// <param name="name">What the value is called; empty when the pattern knows no name.</param>
/// <param name="value">The value.</param>
public delegate bool SecretJudge(ReadOnlySpan<char> name, ReadOnlySpan<char> value);
