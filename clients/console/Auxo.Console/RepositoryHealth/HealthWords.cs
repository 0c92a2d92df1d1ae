using System.Globalization;

namespace Auxo.Console.RepositoryHealth;

/// <summary>How pages say scores.</summary>
internal static class HealthWords
{
    /// <summary>The word for a score, which has a colour.</summary>
    public static string Band(HealthReport health) => health.Band ?? "unknown";

    /// <summary>Such as <c>▲ 4 in 7 days</c>; null where there is nothing to compare with.</summary>
    public static string? Trend(HealthReport health) => (health.Score - health.Before) switch
    {
        null => null,
        > 0 and var up => $"▲ {up} in 7 days",
        < 0 and var down => $"▼ {-down} in 7 days",
        _ => "as 7 days ago",
    };

    /// <summary>Such as <c>2.5</c>.</summary>
    public static string Points(double points) => points.ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>The name of a category.</summary>
    public static string Category(string category) => category == "ci" ? "CI" : char.ToUpperInvariant(category[0]) + category[1..];
}
