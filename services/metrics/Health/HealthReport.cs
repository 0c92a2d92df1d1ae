namespace Auxo.Metrics.Health;

/// <summary>What a check earns.</summary>
/// <param name="Check">Its name, stable over time, such as <c>readme</c>.</param>
/// <param name="Category">What it is about.</param>
/// <param name="Max">What it is worth.</param>
/// <param name="Points">
/// What it earns; null when that is not known, or it asks for what does not apply: it is left out of the total.
/// </param>
/// <param name="Says">What was seen, for people.</param>
/// <param name="Fix">The command that wins the lost points back, or what to do; null when none are lost.</param>
/// <param name="Unknown">True when it is not known, false when it does not apply.</param>
public sealed record CheckScore(
    string Check, HealthCategory Category, double Max, double? Points, string Says, string? Fix = null, bool Unknown = false)
{
    /// <summary>How many points it does not earn.</summary>
    public double Lost => Points is { } points ? Max - points : 0;
}

/// <summary>How well a repository is.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="Name">For people.</param>
/// <param name="Score">0 to 100, of what is known; null when nothing is.</param>
/// <param name="Band">The word for it.</param>
/// <param name="Cap">Why the score is no higher than 49; null when nothing holds it down.</param>
/// <param name="KnownPoints">Of so many of the 100 points it is known whether they are earned.</param>
/// <param name="Categories">In their order.</param>
/// <param name="Checks">All checks, category by category.</param>
/// <param name="TopFixes">What wins most points, at most three.</param>
/// <param name="Trend">The score of each day, the oldest first.</param>
/// <param name="Before">The score of seven days ago, or the nearest day before; null when there is none.</param>
/// <param name="AsOf">The moment.</param>
/// <param name="Replicas">How many other nodes keep it; null when that is not known.</param>
/// <param name="Ruling">By which checks it was scored.</param>
public sealed record HealthReport(
    Rid Rid, string? Name, int? Score, HealthBand? Band, string? Cap, double KnownPoints, IReadOnlyList<CategoryScore> Categories,
    IReadOnlyList<CheckScore> Checks, IReadOnlyList<CheckScore> TopFixes, IReadOnlyList<DayScore> Trend, int? Before, DateTimeOffset AsOf,
    int? Replicas, int Ruling);
