using System.Globalization;

namespace Auxo.Metrics.Health.Checks;

/// <summary>How checks say ages, shares and what to do.</summary>
internal static class Words
{
    /// <summary>Such as <c>3 days ago</c>.</summary>
    public static string Ago(DateTimeOffset now, DateTimeOffset then) => now <= then ? "just now" : $"{Age(now - then)} ago";

    /// <summary>Such as <c>3 days</c>, to the unit that matters.</summary>
    public static string Age(TimeSpan age) => age switch
    {
        { TotalDays: >= 2 } => Number(age.TotalDays, "days"),
        { TotalHours: >= 2 } => Number(age.TotalHours, "hours"),
        { TotalMinutes: >= 2 } => Number(age.TotalMinutes, "minutes"),
        _ => Number(Math.Max(0, age.TotalSeconds), "seconds"),
    };

    /// <summary>Such as <c>47.8 %</c>.</summary>
    public static string Percent(double ratio) => (100 * ratio).ToString("0.#", CultureInfo.InvariantCulture) + " %";

    /// <summary>Such as <c>1 branch</c>, <c>2 branches</c>.</summary>
    public static string Count(int n, string one, string many)
        => n == 1 ? $"1 {one}" : $"{n.ToString(CultureInfo.InvariantCulture)} {many}";

    /// <summary>Looks at the head again.</summary>
    public static string BuildNow(HealthFacts facts) => $"auxo schedule run dependency-scan --repository {facts.InCommands}";

    private static string Number(double value, string unit) => Count((int)value, unit.TrimEnd('s'), unit);
}
