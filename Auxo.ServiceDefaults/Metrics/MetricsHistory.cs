using System.Globalization;
using System.Text;

namespace Auxo.ServiceDefaults.Metrics;

/// <summary>
/// Gauges as they were at many moments, written as OpenMetrics with times: what <c>promtool tsdb create-blocks-from openmetrics</c>
/// reads. Counters and histograms are left out: only their growth means something, and what Prometheus makes of growth between points
/// that lie hours apart is a guess.
/// </summary>
public sealed class MetricsHistory
{
    private const int FlushAt = 1 << 16;

    private readonly IReadOnlyList<DateTimeOffset> _moments;
    private readonly string _labels;
    private readonly List<(PreparedFamily Family, Dictionary<string, Line> Lines)> _families = [];

    /// <summary>Without values yet.</summary>
    /// <param name="moments">In ascending order.</param>
    /// <param name="labels">What every sample has besides its own labels.</param>
    public MetricsHistory(IReadOnlyList<DateTimeOffset> moments, params ReadOnlySpan<(string Name, string Value)> labels)
        => (_moments, _labels) = (moments, PreparedFamily.Labels(labels));

    /// <summary>How many values there are.</summary>
    public long Samples { get; private set; }

    /// <summary>
    /// Adds the gauges of a page. Of each series the moments come in ascending order; all pages have the same families.
    /// </summary>
    /// <param name="page">How it was.</param>
    /// <param name="moment">Which of the moments.</param>
    public void Add(MetricsPage page, int moment)
    {
        foreach (var (i, family) in page.Families.Index())
        {
            if (i == _families.Count) _families.Add((family, new Dictionary<string, Line>(StringComparer.Ordinal)));
            if (!family.IsGauge) continue;
            var lines = _families[i].Lines;
            foreach (var (labels, value, _) in family.Samples)
            {
                if (!lines.TryGetValue(labels, out var line)) lines[labels] = line = new Line();
                if (line.Add(moment, value)) Samples++;
            }
        }
    }

    /// <summary>
    /// Writes it in the order that promtool wants: each family together, each series by time, and the mark of the end. A sample out of
    /// order it would drop without a word.
    /// </summary>
    public async Task WriteAsync(Stream to, CancellationToken ct)
    {
        var text = new StringBuilder();
        foreach (var (family, lines) in _families)
        {
            if (lines.Count == 0) continue;
            text.Append(family.Header(openMetrics: true));
            foreach (var (labels, line) in lines)
            {
                var both = labels.Length > 0 && _labels.Length > 0 ? $"{labels},{_labels}" : labels + _labels;
                var series = $"{family.Name}{{{both}}} ";
                foreach (var (from, until, value) in line.Runs())
                {
                    var sample = series + value.ToString("R", CultureInfo.InvariantCulture) + ' ';
                    for (var i = from; i < until; i++)
                    {
                        text.Append(sample).Append(_moments[i].ToUnixTimeSeconds()).Append('\n');
                        if (text.Length >= FlushAt) await FlushAsync(text, to, ct);
                    }
                }
            }
        }

        text.Append("# EOF\n");
        await FlushAsync(text, to, ct);
    }

    private static async Task FlushAsync(StringBuilder text, Stream to, CancellationToken ct)
    {
        await to.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), ct);
        text.Clear();
    }

    /// <summary>The values of a series. Most are as they were the moment before, so only changes are kept.</summary>
    private sealed class Line
    {
        private readonly List<(int From, double Value)> _changes = [];
        private int _until;

        /// <summary>False for a moment that has its value already.</summary>
        public bool Add(int moment, double value)
        {
            if (moment < _until) return false;
            if (_changes.Count > 0 && moment > _until) _changes.Add((_until, double.NaN));
            if (_changes.Count == 0 || !_changes[^1].Value.Equals(value)) _changes.Add((moment, value));
            _until = moment + 1;
            return true;
        }

        /// <summary>Each value from its first moment to the one before which it ended; not the moments without a value.</summary>
        public IEnumerable<(int From, int Until, double Value)> Runs()
        {
            for (var i = 0; i < _changes.Count; i++)
            {
                var (from, value) = _changes[i];
                if (double.IsNaN(value)) continue;
                yield return (from, i + 1 < _changes.Count ? _changes[i + 1].From : _until, value);
            }
        }
    }
}
