using Auxo.Metrics.Health.Checks;

namespace Auxo.Metrics.Health;

/// <summary>Facts in, points out. What is not known, and what does not apply, is left out of the total, and said.</summary>
/// <param name="Score">0 to 100; null when nothing is known.</param>
/// <param name="Cap">Why it is no higher than 49.</param>
/// <param name="KnownPoints">Of so many points it is known whether they are earned.</param>
/// <param name="Categories">In their order.</param>
/// <param name="Checks">All of them.</param>
public sealed record HealthScore(
    int? Score, string? Cap, double KnownPoints, IReadOnlyList<CategoryScore> Categories, IReadOnlyList<CheckScore> Checks)
{
    /// <summary>Goes up whenever a check or its points change, so that a trend is not taken for one that it is not.</summary>
    public const int Ruling = 2;

    /// <summary>A repository that everybody can read and should not is not well, whatever else is.</summary>
    private const int CapOfExposed = 49;

    /// <summary>To be told of another band, the score must be so far in it: it shall not be told twice a day.</summary>
    private const int Hysteresis = 2;

    /// <summary>The word for it.</summary>
    public HealthBand? Band => Score is { } score ? BandOf(score) : null;

    /// <summary>Scores a repository.</summary>
    public static HealthScore Of(HealthFacts facts)
    {
        IReadOnlyList<CheckScore> checks =
        [
            .. SecurityChecks.Of(facts), .. CiChecks.Of(facts), .. RadicleChecks.Of(facts), .. GitChecks.Of(facts),
            .. DocumentChecks.Of(facts), .. QualityChecks.Of(facts),
        ];
        List<CategoryScore> categories = [.. checks.GroupBy(static c => c.Category).Select(CategoryOf)];
        var known = categories.Where(static c => c.Points is not null).ToList();
        var max = known.Sum(static c => c.Max);
        var score = max > 0
            ? (int)Math.Round(100 * known.Sum(static c => c.Points!.Value) / max, MidpointRounding.AwayFromZero)
            : (int?)null;
        var cap = facts.Exposed && score > CapOfExposed ? "it is private, and others can read it" : null;
        return new HealthScore(
            cap is null ? score : CapOfExposed, cap, checks.Where(static c => c.Points is not null).Sum(static c => c.Max), categories,
            checks);
    }

    /// <summary>What wins most points, the most first.</summary>
    public IReadOnlyList<CheckScore> TopFixes(int most)
        => [.. Checks.Where(static c => c is { Lost: > 0, Fix: not null }).OrderByDescending(static c => c.Lost).Take(most)];

    /// <summary>The word for a score.</summary>
    public static HealthBand BandOf(int score) => score switch
    {
        >= 90 => HealthBand.Excellent,
        >= 70 => HealthBand.Good,
        >= 50 => HealthBand.NeedsAttention,
        _ => HealthBand.Critical,
    };

    /// <summary>The band that people are told of: another one than before only when the score is well in it.</summary>
    /// <param name="score">The score now.</param>
    /// <param name="told">The band that they know; null at first.</param>
    public static HealthBand ToldBand(int score, HealthBand? told)
    {
        var band = BandOf(score);
        if (told is not { } before || band == before) return band;
        return band < before
            ? BandOf(Math.Min(100, score + Hysteresis - 1)) >= before ? before : band
            : BandOf(Math.Max(0, score - Hysteresis)) <= before ? before : band;
    }

    private static CategoryScore CategoryOf(IGrouping<HealthCategory, CheckScore> checks)
    {
        var (max, known) = (checks.Sum(static c => c.Max), checks.Where(static c => c.Points is not null).ToList());
        return new CategoryScore(
            checks.Key, known.Count == 0 ? null : max * known.Sum(static c => c.Points!.Value) / known.Sum(static c => c.Max), max);
    }
}
