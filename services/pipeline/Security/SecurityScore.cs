using System.Globalization;

namespace Auxo.Pipeline.Security;

/// <summary>What takes points away.</summary>
/// <param name="Name">In words.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Points">So many points are lost by them.</param>
/// <param name="Most">More are never lost by them.</param>
public sealed record LostPoints(string Name, int Count, double Points, double Most);

/// <summary>How well a repository stands: 100 points less what its open findings cost.</summary>
/// <param name="Value">0 to 100; null while no security check has looked.</param>
/// <param name="Formula">How it is worked out, in one line.</param>
/// <param name="Lost">What takes points away, the most first.</param>
public sealed record SecurityScore(int? Value, string Formula, IReadOnlyList<LostPoints> Lost)
{
    private static readonly (Severity Severity, double Each, double Most)[] Prices =
    [
        (Severity.Critical, 25, 100), (Severity.High, 10, 60), (Severity.Medium, 2, 20), (Severity.Low, 0.5, 10),
    ];

    private const double OverdueEach = 5;
    private const double OverdueMost = 20;

    private static readonly string Words = string.Create(
        CultureInfo.InvariantCulture,
        $"100 - {string.Join(" - ", Prices.Select(static p => Invariant($"{p.Each} x {Name(p.Severity)} (at most {p.Most})")))} - ")
        + Invariant($"{OverdueEach} x overdue (at most {OverdueMost}), not below 0");

    /// <summary>Of what is open; what is accepted or a false alarm costs nothing.</summary>
    /// <param name="counts">Of all checks.</param>
    /// <param name="hasLooked">False while no security check has looked.</param>
    public static SecurityScore Of(IEnumerable<CountedFindings> counts, bool hasLooked)
    {
        var mine = counts.Where(static count => SecurityChecks.Has(count.Check)).ToList();
        var lost = Prices.Select(price => Lose(
                Name(price.Severity), mine.Where(count => count.Severity == price.Severity).Sum(static count => count.Open), price.Each,
                price.Most))
            .Append(Lose("overdue", mine.Sum(static count => count.Overdue), OverdueEach, OverdueMost))
            .Where(static part => part.Count > 0).OrderByDescending(static part => part.Points).ToList();
        var value = (int)Math.Round(Math.Max(0, 100 - lost.Sum(static part => part.Points)), MidpointRounding.AwayFromZero);
        // Only who has nothing open has all points.
        if (lost.Count > 0) value = Math.Min(value, 99);
        return new SecurityScore(hasLooked ? value : null, Words, lost);
    }

    private static LostPoints Lose(string name, int count, double each, double most)
        => new(name, count, Math.Min(count * each, most), most);

    private static string Name(Severity severity) => severity.ToString().ToLowerInvariant();

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The checks whose findings may let somebody in; the others are about order.</summary>
public static class SecurityChecks
{
    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> All { get; } = ["dependencies", "sast", "secrets"];

    /// <summary>True for one of them.</summary>
    public static bool Has(string check) => All.Contains(check, StringComparer.Ordinal);
}
