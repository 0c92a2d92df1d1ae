namespace Auxo.Metrics.Dora;

/// <summary>Where a number stands among the teams of the DORA survey.</summary>
public enum Tier
{
    /// <summary>1 point.</summary>
    Low = 1,

    /// <summary>2 points.</summary>
    Medium = 2,

    /// <summary>3 points.</summary>
    High = 3,

    /// <summary>4 points.</summary>
    Elite = 4,
}

/// <summary>
/// The thresholds of the 2023 report (the last ones that are monotone; 2025 has none), which <see cref="Profile"/> names. Times
/// must be below a boundary, ratios at most on it: exactly one hour to recover is High.
/// </summary>
public static class Tiers
{
    /// <summary>What the thresholds are called in answers.</summary>
    public const string Profile = "auxo-2023";

    private static readonly TimeSpan Month = TimeSpan.FromDays(30);

    /// <summary>By days with a deployment per week, so that a burst of ten is one day.</summary>
    public static Tier OfFrequency(double daysPerWeek)
        => daysPerWeek switch { >= 5 => Tier.Elite, >= 1 => Tier.High, >= 7.0 / 30 => Tier.Medium, _ => Tier.Low };

    /// <summary>By the median lead time.</summary>
    public static Tier? OfLeadTime(double? seconds) => OfTime(seconds, TimeSpan.FromDays(1), TimeSpan.FromDays(7), Month);

    /// <summary>By the median recovery time.</summary>
    public static Tier? OfRecovery(double? seconds) => OfTime(seconds, TimeSpan.FromHours(1), TimeSpan.FromDays(1), TimeSpan.FromDays(7));

    /// <summary>By the share of deployments that failed.</summary>
    public static Tier? OfFailRate(double? ratio)
        => ratio switch { null => null, <= 0.05 => Tier.Elite, <= 0.10 => Tier.High, <= 0.15 => Tier.Medium, _ => Tier.Low };

    /// <summary>The mean of the points; null below three numbers, which would say too little.</summary>
    public static double? Score(params ReadOnlySpan<Tier?> tiers)
    {
        var (points, n) = (0, 0);
        foreach (var tier in tiers)
        {
            if (tier is not { } known) continue;
            points += (int)known;
            n++;
        }

        return n < 3 ? null : (double)points / n;
    }

    private static Tier? OfTime(double? seconds, TimeSpan elite, TimeSpan high, TimeSpan medium)
        => seconds is not { } s ? null
            : s < elite.TotalSeconds ? Tier.Elite
            : s < high.TotalSeconds ? Tier.High
            : s < medium.TotalSeconds ? Tier.Medium : Tier.Low;
}

/// <summary>The score of dora.dev's Quick Check: five numbers from 0 to 10, and their mean when none is missing.</summary>
public sealed record QuickCheck(double? LeadTime, double? DeploymentFrequency, double? Recovery, double? ChangeFailure, double? Rework)
{
    private static readonly double[] Boundaries =
        [TimeSpan.FromHours(1).TotalSeconds, TimeSpan.FromDays(1)
            .TotalSeconds, TimeSpan.FromDays(7).TotalSeconds, TimeSpan.FromDays(30).TotalSeconds, TimeSpan.FromDays(182.5).TotalSeconds];

    /// <summary>The mean; null unless all five are there.</summary>
    public double? Score => (LeadTime + DeploymentFrequency + Recovery + ChangeFailure + Rework) / 5;

    /// <summary>Of medians in seconds, deployments per day, days with a deployment per week, and ratios.</summary>
    public static QuickCheck Of(
        double? leadSeconds, double deploymentsPerDay, double daysPerWeek, double? recoverySeconds, double? failRatio, double? reworkRatio)
        => new(
            OfTime(leadSeconds), OfFrequency(deploymentsPerDay, daysPerWeek), OfTime(recoverySeconds), OfRatio(failRatio),
            OfRatio(reworkRatio));

    /// <summary>
    /// Twenty on one day are once. Only where nearly every working day has a deployment do their numbers count: the two quickest
    /// answers are about several a day.
    /// </summary>
    private static double? OfFrequency(double deploymentsPerDay, double daysPerWeek)
        => deploymentsPerDay > 0
            ? OfTime(TimeSpan.SecondsPerDay / (Tiers.OfFrequency(daysPerWeek) == Tier.Elite ? deploymentsPerDay : daysPerWeek / 7))
            : null;

    /// <summary>Six categories, the quickest gives ten.</summary>
    private static double? OfTime(double? seconds) => seconds is { } s ? 10 - (2 * Boundaries.Count(b => s >= b)) : null;

    private static double? OfRatio(double? ratio) => 10 - (10 * ratio);
}
