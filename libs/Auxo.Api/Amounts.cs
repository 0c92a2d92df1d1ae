using System.Globalization;

namespace Auxo.Api;

/// <summary>How far back something lies and how large it is, in the words of every client.</summary>
public static class Amounts
{
    private static readonly string[] Units = ["KiB", "MiB", "GiB", "TiB"];

    /// <summary>Such as <c>just now</c>, <c>5 min ago</c>, <c>3 days ago</c>: a moment, more roughly than a duration.</summary>
    public static string Ago(DateTimeOffset now, DateTimeOffset then) => (now - then).TotalSeconds switch
    {
        // Clocks differ by a little; by more one of them is wrong.
        < -300 => "in the future",
        < 10 => "just now",
        < 60 and var s => string.Create(CultureInfo.InvariantCulture, $"{s:0} s ago"),
        < 3600 and var s => $"{(int)s / 60} min ago",
        < 86_400 and var s => $"{(int)s / 3600} h ago",
        < 172_800 => "1 day ago",
        var s => $"{(int)(s / 86_400)} days ago",
    };

    /// <summary>Such as <c>4.2 MiB</c>: in the units in which limits and quotas are set.</summary>
    public static string Size(long bytes)
    {
        if (bytes < 1024) return $"{bytes} B";
        var (amount, unit) = (bytes / 1024.0, 0);
        // What rounds to 1024 of a unit is 1 of the next.
        for (; amount >= 1023.95 && unit < Units.Length - 1; unit++) amount /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{amount:0.#} {Units[unit]}");
    }
}
