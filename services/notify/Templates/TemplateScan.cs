using System.Text.RegularExpressions;

namespace Auxo.Notify.Templates;

/// <summary>
/// What a template may use, looked at before the engine reads it: the tags and filters that are known to end soon and to stay small.
/// Nothing
/// else is let through, whatever the engine learns some day.
/// </summary>
public static partial class TemplateScan
{
    /// <summary>The filters that there are.</summary>
    public static IReadOnlyList<string> Filters { get; } =
    [
        "abs", "append", "at_least", "at_most", "capitalize", "ceil", "compact", "default", "divided_by", "downcase", "first", "floor",
            "join",
        "last", "lstrip", "map", "minus", "modulo", "plus", "prepend", "remove", "replace", "reverse", "round", "rstrip", "size",
            "slice", "sort",
        "split", "strip", "strip_newlines", "times", "truncate", "truncatewords", "uniq", "upcase", "where",
    ];

    /// <summary>The tags that there are.</summary>
    public static IReadOnlyList<string> Tags { get; } =
    [
        "assign", "break", "capture", "case", "comment", "continue", "cycle", "else", "elsif", "endcapture", "endcase", "endcomment",
            "endfor",
        "endif", "endraw", "endunless", "for", "if", "raw", "unless", "when",
    ];

    /// <summary>What is in it that may not be, with its line; null when nothing is.</summary>
    public static string? Refuse(string source)
    {
        for (var at = 0; at < source.Length && (at = source.IndexOf('{', at)) >= 0 && at + 1 < source.Length; at++)
        {
            if (source[at + 1] is not ('{' or '%')) continue;
            var close = source[at + 1] == '{' ? "}}" : "%}";
            if (Inside(source, at + 2, close, out var end) is { } wrong) return $"line {Line(source, wrong.At)}: {wrong.Problem}";
            at = end;
        }

        return null;
    }

    /// <summary>The number of the line, from 1.</summary>
    internal static int Line(string source, int at) => source.AsSpan(0, Math.Min(at, source.Length)).Count('\n') + 1;

    private static (int At, string Problem)? Inside(string source, int from, string close, out int end)
    {
        var quote = '\0';
        for (end = from; end < source.Length; end++)
        {
            var c = source[end];
            if (c == '\\') return (end, "a backslash may not stand inside of braces");
            if (quote != '\0')
            {
                if (c == quote) quote = '\0';
                continue;
            }

            if (c is '"' or '\'') quote = c;
            else if (string.CompareOrdinal(source, end, close, 0, 2) == 0) break;
            else if (c == '.' && end + 1 < source.Length && source[end + 1] == '.')
                return (end, "ranges such as (1..10) may not be used; loop over a list");
            else if (c == '|' && Word(source, end + 1) is var filter && !Filters.Contains(filter, StringComparer.Ordinal))
                return (end, $"there is no filter '{Notifications.Notification.Line(filter, 30)}'; there are {string.Join(", ", Filters)}");
        }

        if (close == "%}" && Word(source, source.AsSpan(from).StartsWith("-") ? from + 1 : from) is var tag && !Tags.Contains(tag,
            StringComparer.Ordinal))
            return (from, $"there is no tag '{Notifications.Notification.Line(tag, 30)}'; there are {string.Join(", ", Tags)}");
        return null;
    }

    private static string Word(string source, int at) => FirstWord().Match(source, at, Math.Min(80,
        source.Length - at)).Groups["word"].Value;

    [GeneratedRegex(@"\A\s*(?<word>[A-Za-z_#]*)",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex FirstWord();
}
