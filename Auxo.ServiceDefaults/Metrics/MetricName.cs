using System.Globalization;
using System.Text;

namespace Auxo.ServiceDefaults.Metrics;

/// <summary>
/// OpenTelemetry's names as Prometheus knows them: <c>http.server.request.duration</c> in <c>s</c> is
/// <c>http_server_request_duration_seconds</c>.
/// </summary>
internal static class MetricName
{
    /// <summary>The family's name, without <c>_total</c>.</summary>
    public static string Of(string name, string? unit)
    {
        var text = Sanitize(name, colons: true);
        var suffix = Unit(unit);
        return suffix.Length == 0
            || text.EndsWith("_" + suffix, StringComparison.Ordinal) || text.EndsWith($"_{suffix}_total", StringComparison.Ordinal)
            ? text
            : $"{text}_{suffix}";
    }

    /// <summary>A label's name.</summary>
    public static string Label(string name) => Sanitize(name, colons: false);

    /// <summary>The unit in words; empty for none, for a mere count, and for an annotation such as <c>{request}</c>.</summary>
    public static string Unit(string? unit)
    {
        if (string.IsNullOrEmpty(unit) || unit[0] == '{') return "";
        var slash = unit.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? Word(unit) : $"{Word(unit[..slash])}_per_{Word(unit[(slash + 1)..]).TrimEnd('s')}".Trim('_');
    }

    private static string Word(string unit) => unit switch
    {
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" => "microseconds",
        "ns" => "nanoseconds",
        "min" => "minutes",
        "h" => "hours",
        "d" => "days",
        "By" => "bytes",
        "KiBy" => "kibibytes",
        "MiBy" => "mebibytes",
        "%" => "percent",
        "1" or "" => "",
        ['{', ..] => "",
        _ => Sanitize(unit, colons: false),
    };

    /// <summary>Anything that a name may not hold becomes one underscore.</summary>
    private static string Sanitize(string name, bool colons)
    {
        var text = new StringBuilder(name.Length + 1);
        foreach (var c in name)
        {
            if (char.IsAsciiLetterOrDigit(c) || colons && c == ':') text.Append(c);
            else if (text.Length == 0 || text[^1] != '_') text.Append('_');
        }

        if (text.Length == 0 || char.IsAsciiDigit(text[0])) text.Insert(0, '_');
        return text.ToString();
    }
}

/// <summary>The text of labels and help lines.</summary>
internal static class MetricText
{
    /// <summary>Quotes, line ends and backslashes as the exposition formats want them.</summary>
    public static string Escape(string value) => value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n");

    /// <summary>As <see cref="Escape"/>, but quotes stand for themselves in the help of the old format.</summary>
    public static string EscapeHelp(string value, bool openMetrics)
    {
        var text = value.Replace("\\", "\\\\").Replace("\n", "\\n");
        return openMetrics ? text.Replace("\"", "\\\"") : text;
    }

    /// <summary><c>a="1",b="2"</c>: sorted by name, empty values left out, equal names joined by a semicolon.</summary>
    public static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags)
        {
            var text = value switch
            {
                null => "",
                string s => s,
                bool b => b ? "true" : "false",
                _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
            };
            if (text.Length == 0) continue;
            var name = MetricName.Label(key);
            labels[name] = labels.TryGetValue(name, out var other) ? $"{other};{text}" : text;
        }

        return string.Join(',', labels.Select(static l => $"{l.Key}=\"{Escape(l.Value)}\""));
    }
}
