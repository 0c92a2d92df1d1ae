using System.Globalization;
using System.Net.Http.Headers;

namespace Auxo.Notify.Senders;

/// <summary>The header by which a receiver says how long it wants to be left alone.</summary>
public static class RetryAfter
{
    private const NumberStyles Seconds =
        NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;

    /// <summary>
    /// Seconds, with fractions where a service sends them, or a date; one that lies in the past asks for nothing. Null when it
    /// says nothing that can be read.
    /// </summary>
    public static TimeSpan? Read(string? header, DateTimeOffset now)
    {
        if (double.TryParse(header, Seconds, CultureInfo.InvariantCulture, out var seconds))
            return seconds < int.MaxValue ? TimeSpan.FromSeconds(seconds) : null;
        if (!RetryConditionHeaderValue.TryParse(header, out var read) || read.Date is not { } date) return null;
        return date > now ? date - now : TimeSpan.Zero;
    }
}
