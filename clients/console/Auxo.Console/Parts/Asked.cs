using System.Globalization;

namespace Auxo.Console.Parts;

/// <summary>For which time numbers are asked.</summary>
/// <param name="Days">How long the window is.</param>
/// <param name="AsOf">The window ends then, and what was not known yet is left out; null for now.</param>
/// <param name="Problem">What of the question could not be read, and what is shown instead; null when all could.</param>
public sealed record Asked(int Days, DateTimeOffset? AsOf, string? Problem)
{
    /// <summary>The longest window.</summary>
    public const int MostDays = 3660;

    private const string Date = "yyyy-MM-dd";

    /// <summary>For the services; null for now.</summary>
    public string? Instant => AsOf?.ToString("O", CultureInfo.InvariantCulture);

    /// <summary>The day that ends then, as the field for a date has it.</summary>
    public string Day => AsOf?.UtcDateTime.AddTicks(-1).ToString(Date, CultureInfo.InvariantCulture) ?? "";

    /// <summary>As it stands in an address.</summary>
    public string Query => string.Create(
        CultureInfo.InvariantCulture, $"days={Days}{(AsOf is null ? "" : "&asOf=" + Uri.EscapeDataString(Instant!))}");

    /// <summary>Reads it from an address. A day means its end, in UTC; what lies in the future is now.</summary>
    public static Asked Of(string? days, string? asOf, int usualDays, DateTimeOffset now)
    {
        var (window, problem) = string.IsNullOrWhiteSpace(days) ? (usualDays, null)
            : int.TryParse(days, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is >= 1 and <= MostDays
                ? (n, (string?)null)
                : (usualDays, string.Create(
                    CultureInfo.InvariantCulture,
                    $"“{days}” is no number of days from 1 to {MostDays}: these are the last {usualDays}."));
        if (string.IsNullOrWhiteSpace(asOf)) return new Asked(window, null, problem);
        if (DateOnly.TryParseExact(asOf, Date, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            var past = day < DateOnly.FromDateTime(now.UtcDateTime);
            return new Asked(window, past ? new DateTimeOffset(day.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero) : null, problem);
        }

        return DateTimeOffset.TryParse(asOf, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? new Asked(window, instant < now ? instant : null, problem)
            : new Asked(window, null, $"“{asOf}” is no date such as 2026-11-23: this is how it stands now.");
    }
}
