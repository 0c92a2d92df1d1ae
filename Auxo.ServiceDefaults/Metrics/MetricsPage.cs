using System.Globalization;
using System.Text;

namespace Auxo.ServiceDefaults.Metrics;

/// <summary>
/// Families of metrics, with their values at one moment. A family without samples is named all the same: no data is absent, never 0.
/// </summary>
public sealed class MetricsPage
{
    private readonly List<PreparedFamily> _families = [];

    /// <summary>How many samples there are.</summary>
    public int Series => _families.Sum(static f => f.Samples.Count);

    /// <summary>The names of all families; a counter's ends with <c>_total</c>.</summary>
    public IEnumerable<string> Names => _families.Select(static f => f.IsCounter ? f.Name + "_total" : f.Name);

    /// <summary>Something that goes up and down.</summary>
    public PreparedFamily Gauge(string name, string help) => Add(new PreparedFamily(name, "gauge", help, []));

    /// <summary>Something that only grows; the name without <c>_total</c>.</summary>
    public PreparedFamily Counter(string name, string help) => Add(new PreparedFamily(name, "counter", help, []));

    /// <summary>A name of the old world that promises another type than it has: checkers of pages refuse it as a gauge.</summary>
    public PreparedFamily Untyped(string name, string help) => Add(new PreparedFamily(name, "untyped", help, []));

    /// <summary>A distribution; the bounds in ascending order, without the infinite one.</summary>
    public PreparedFamily Histogram(string name, string help, params double[] bounds)
        => Add(new PreparedFamily(name, "histogram", help, bounds));

    /// <summary>Its samples as they are shown, to be published together with those of other pages of the same families.</summary>
    public MetricsSection Render() => new(Render(openMetrics: false), Render(openMetrics: true));

    internal IReadOnlyList<PreparedFamily> Families => _families;

    internal byte[][] Headers(bool openMetrics) => [.. _families.Select(f => Encoding.UTF8.GetBytes(f.Header(openMetrics)))];

    private byte[]?[] Render(bool openMetrics)
    {
        var text = new StringBuilder();
        var families = new byte[]?[_families.Count];
        for (var i = 0; i < families.Length; i++)
        {
            _families[i].Write(text.Clear(), openMetrics);
            if (text.Length > 0) families[i] = Encoding.UTF8.GetBytes(text.ToString());
        }

        return families;
    }

    private PreparedFamily Add(PreparedFamily family)
    {
        _families.Add(family);
        return family;
    }
}

/// <summary>One family. Labels are escaped here: quotes, line ends, backslashes, and halves of characters that are no UTF-8.</summary>
public sealed class PreparedFamily
{
    private readonly string _type;
    private readonly string _help;
    private readonly double[] _bounds;

    internal PreparedFamily(string name, string type, string help, double[] bounds)
        => (Name, _type, _help, _bounds) = (name, type, help, bounds);

    internal string Name { get; }

    internal bool IsCounter => _type == "counter";

    /// <summary>One value at a moment that stands for itself; names of the old world among them.</summary>
    internal bool IsGauge => _type is "gauge" or "untyped";

    internal List<(string Labels, double Value, long[]? Buckets)> Samples { get; } = [];

    /// <summary>Adds a value; null adds nothing.</summary>
    public PreparedFamily Set(double? value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        if (value is { } known && double.IsFinite(known)) Samples.Add((Labels(labels), known, null));
        return this;
    }

    /// <summary>Adds a histogram of these values; nothing when there are none.</summary>
    public void Observe(IEnumerable<double> values, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        var buckets = new long[_bounds.Length + 1];
        var (sum, n) = (0.0, 0);
        foreach (var value in values)
        {
            var index = 0;
            while (index < _bounds.Length && value > _bounds[index]) index++;
            buckets[index]++;
            sum += value;
            n++;
        }

        if (n > 0) Samples.Add((Labels(labels), sum, buckets));
    }

    internal string Header(bool openMetrics)
    {
        var family = IsCounter && !openMetrics ? Name + "_total" : Name;
        var type = openMetrics && _type == "untyped" ? "unknown" : _type;
        return $"# HELP {family} {EscapeHelp(_help, openMetrics)}\n# TYPE {family} {type}\n";
    }

    internal void Write(StringBuilder text, bool openMetrics)
    {
        var name = IsCounter ? Name + "_total" : Name;
        foreach (var (labels, value, buckets) in Samples)
        {
            if (buckets is null) Line(text, name, labels, value);
            else WriteHistogram(text, labels, value, buckets, openMetrics);
        }
    }

    private void WriteHistogram(StringBuilder text, string labels, double sum, long[] buckets, bool openMetrics)
    {
        var others = labels.Length == 0 ? "" : labels + ",";
        var cumulative = 0L;
        for (var i = 0; i < buckets.Length; i++)
        {
            cumulative += buckets[i];
            Line(text, Name + "_bucket", $"{others}le=\"{(i < _bounds.Length ? Bound(_bounds[i], openMetrics) : "+Inf")}\"",
                cumulative);
        }

        Line(text, Name + "_sum", labels, sum);
        Line(text, Name + "_count", labels, cumulative);
    }

    private static void Line(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    /// <summary>Quotes, line ends and backslashes as the exposition formats want them.</summary>
    private static string Escape(string value) => value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n");

    /// <summary>As <see cref="Escape"/>, but quotes stand for themselves in the help of the old format.</summary>
    private static string EscapeHelp(string value, bool openMetrics)
        => openMetrics ? Escape(value) : value.Replace("\\", "\\\\").Replace("\n", "\\n");

    /// <summary>OpenMetrics wants canonical floats: <c>5.0</c>, where the old format has always had <c>5</c>.</summary>
    private static string Bound(double bound, bool openMetrics)
    {
        var text = bound.ToString("R", CultureInfo.InvariantCulture);
        return openMetrics && !text.AsSpan().ContainsAny('.', 'E') ? text + ".0" : text;
    }

    internal static string Labels(ReadOnlySpan<(string Name, string Value)> labels)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in labels)
        {
            // An empty label is the same as none.
            if (value.Length == 0) continue;
            if (text.Length > 0) text.Append(',');
            text.Append(name).Append("=\"").Append(Escape(value)).Append('"');
        }

        return text.ToString();
    }
}
