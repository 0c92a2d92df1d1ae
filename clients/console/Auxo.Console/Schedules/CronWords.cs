using System.Globalization;

namespace Auxo.Console.Schedules;

/// <summary>
/// What a cron says, in words: the usual ones, which people need not decipher. Others stay as they are written, which
/// is better than words that are nearly right.
/// </summary>
internal static class CronWords
{
    private static readonly string[] Days =
        ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

    /// <summary>In words; the cron itself where there are none.</summary>
    public static string Of(string cron)
        => Words(cron switch
        {
            "@hourly" => "0 * * * *",
            "@daily" or "@midnight" => "0 0 * * *",
            "@weekly" => "0 0 * * 0",
            "@monthly" => "0 0 1 * *",
            _ => cron,
        }) ?? cron;

    private static string? Words(string cron)
    {
        var fields = cron.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (fields is not [var minute, var hour, var day, "*", var weekday]) return null;
        return (minute, hour, day, weekday) switch
        {
            ("*", "*", "*", "*") => "every minute",
            ("*/15" or "*/10" or "*/20" or "*/30" or "*/5", "*", "*", "*") => $"every {minute[2..]} minutes",
            (_, "*", "*", "*") when Number(minute, 59) is { } at
                => at == 0 ? "every hour" : $"every hour, {at} min past",
            _ when Number(minute, 59) is { } at && Number(hour, 23) is { } hours => Daily(day, weekday) is { } which
                ? string.Create(CultureInfo.InvariantCulture, $"{which} at {hours:00}:{at:00}") : null,
            _ => null,
        };
    }

    private static string? Daily(string day, string weekday) => (day, weekday) switch
    {
        ("*", "*") => "every day",
        ("*", "1-5") => "Monday to Friday",
        ("*", _) when Number(weekday, 7) is { } number => $"every {Days[number]}",
        (_, "*") when Number(day, 31) is { } number and > 0 => $"on day {number} of every month",
        _ => null,
    };

    private static int? Number(string text, int most)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most
            ? number
            : null;
}
