namespace Auxo.Owners;

/// <summary>
/// How every text begins and ends that an expression matches: most paths are refused by these alone, without the expression.
/// </summary>
/// <param name="Start">May be empty.</param>
/// <param name="End">May be empty.</param>
internal readonly record struct LiteralEnds(string Start, string End)
{
    private const string Quantifiers = "*+?{";

    /// <summary>Reads an expression that is a good one.</summary>
    public static LiteralEnds Of(string expression)
    {
        // Flags change what letters mean, and alternatives have no end in common.
        if (expression.Contains("(?", StringComparison.Ordinal)
            || Parts(expression) is not { } parts) return new LiteralEnds("", "");
        var start = string.Concat(parts.TakeWhile(static p => p is not null));
        var end = string.Concat(parts.AsEnumerable().Reverse().TakeWhile(static p => p is not null).Reverse());
        return new LiteralEnds(start, end);
    }

    public bool Fit(string path)
        => path.StartsWith(Start, StringComparison.Ordinal) && path.EndsWith(End, StringComparison.Ordinal);

    /// <summary>Letters, and null for everything else; null for alternatives.</summary>
    private static List<string?>? Parts(string expression)
    {
        var parts = new List<string?>();
        for (var i = 0; i < expression.Length; i++)
        {
            switch (expression[i])
            {
                case '|':
                    return null;
                case '(':
                    i = Close(expression, i);
                    parts.Add(null);
                    break;
                case '[':
                    i = CloseSet(expression, i);
                    parts.Add(null);
                    break;
                case '\\' when i + 1 < expression.Length:
                    i++;
                    parts.Add(char.IsAsciiLetterOrDigit(expression[i]) ? null : expression[i].ToString());
                    break;
                case '.' or '^' or '$' or '\\' or ')' or '}':
                    parts.Add(null);
                    break;
                case var c when Quantifiers.Contains(c, StringComparison.Ordinal):
                    if (parts.Count > 0) parts[^1] = null;
                    if (c == '{' && expression.IndexOf('}', i) is > 0 and var end) i = end;
                    break;
                default:
                    parts.Add(expression[i].ToString());
                    break;
            }
        }

        return parts;
    }

    private static int Close(string expression, int at)
    {
        var depth = 0;
        for (; at < expression.Length; at++)
        {
            if (expression[at] == '\\') at++;
            else if (expression[at] == '[') at = CloseSet(expression, at);
            else if (expression[at] == '(') depth++;
            else if (expression[at] == ')' && --depth == 0) break;
        }

        return at;
    }

    /// <summary>A bracket right behind the opening one is a letter.</summary>
    private static int CloseSet(string expression, int at)
    {
        at += at + 1 < expression.Length && expression[at + 1] == '^' ? 2 : 1;
        for (at++; at < expression.Length && expression[at] != ']'; at++)
        {
            if (expression[at] == '\\') at++;
        }

        return at;
    }
}
