using System.Globalization;

namespace Auxo.Metrics.Alerts;

/// <summary>What a value of a rule is, for people.</summary>
public enum AlertUnit
{
    /// <summary>A number of things.</summary>
    Count,

    /// <summary>Points.</summary>
    Score,

    /// <summary>A share from 0 to 1, shown in percent.</summary>
    Share,

    /// <summary>A time in seconds.</summary>
    Seconds,
}

/// <summary>When something is told to somebody: data, and nothing else.</summary>
/// <param name="Name">What it is called; it never changes.</param>
/// <param name="Measure">What it looks at: see <see cref="Measures"/>.</param>
/// <param name="Severity"><c>critical</c>, <c>warning</c> or <c>info</c>.</param>
/// <param name="IsBelow">True when it holds below its bound, false when above.</param>
/// <param name="Raise">The bound.</param>
/// <param name="Clear">
/// The bound that ends it: not the same where values tremble, so that one at the bound is no news each minute.
/// </param>
/// <param name="For">How long it must hold before it is told.</param>
/// <param name="Unit">What the values are.</param>
/// <param name="Text">One line, with <c>{name}</c>, <c>{value}</c> and <c>{detail}</c>.</param>
public sealed record AlertRule(
    string Name, string Measure, string Severity, bool IsBelow, double Raise, double Clear, TimeSpan For, AlertUnit Unit, string Text)
{
    /// <summary>From here on a worse rule of the same measure speaks; null when there is none.</summary>
    public double? Beyond { get; init; }

    /// <summary>Prometheus has a rule of this name, too: with an Alertmanager it is that one which speaks.</summary>
    public bool IsInPrometheus { get; init; }

    /// <summary>The notification that has told of it at once; the alert is then shown, and not told again. Null for none.</summary>
    public string? ToldBy { get; init; }

    /// <summary>Where it is written what to do.</summary>
    public string Runbook => $"docs/alerts.md#{Name.ToLowerInvariant()}";

    /// <summary>True when a value is beyond the bound.</summary>
    /// <param name="value">It.</param>
    /// <param name="isRaised">The bound that ends it counts then.</param>
    public bool Holds(double value, bool isRaised)
    {
        var bound = isRaised ? Clear : Raise;
        if (!double.IsFinite(value)) return false;
        return IsBelow ? value < bound && !(value < Beyond) : value > bound && !(value > Beyond);
    }

    /// <summary>The line for people.</summary>
    public string Words(AlertFact fact)
        => Text.Replace("{name}", fact.Name, StringComparison.Ordinal)
            .Replace("{value}", Shown(fact.Value), StringComparison.Ordinal)
            .Replace("{detail}", fact.Detail ?? "", StringComparison.Ordinal);

    /// <summary>A value for people.</summary>
    public string Shown(double value) => Unit switch
    {
        AlertUnit.Share => string.Create(CultureInfo.InvariantCulture, $"{100 * value:0.#} %"),
        AlertUnit.Score => value.ToString("0.##", CultureInfo.InvariantCulture),
        AlertUnit.Seconds => Span(Math.Max(0, value)),
        _ => value.ToString("0", CultureInfo.InvariantCulture),
    };

    private static string Span(double seconds) => seconds switch
    {
        < 5400 => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(seconds / 60)} min"),
        < 172_800 => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(seconds / 3600)} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(seconds / 86400)} days"),
    };
}

/// <summary>Something that was measured and that a rule may look at.</summary>
/// <param name="Measure">What: see <see cref="Measures"/>.</param>
/// <param name="Subject">Of what, unique in its measure: a repository's id, a node's name, one of these and a part of it.</param>
/// <param name="Name">The same for people.</param>
/// <param name="Rid">The repository; null when it is about none.</param>
/// <param name="Value">The value.</param>
/// <param name="Detail">More words for the line; null for none.</param>
public sealed record AlertFact(string Measure, string Subject, string Name, Rid? Rid, double Value, string? Detail = null);
