using System.Globalization;

using Auxo.ServiceDefaults.Settings;

namespace Auxo.Metrics.Reporting;

/// <summary>When reports are made.</summary>
public static class ReportSettings
{
    private const string At = "Auxo__Reports__At", Zone = "Auxo__Reports__Zone", Usual = "08:00";

    /// <summary>For the list of settings.</summary>
    public static IReadOnlyList<KnownSetting> Known { get; } =
    [
        new(At, "keeping", "the time of day at which reports are made, such as 07:30", Usual),
        new(Zone, "keeping", "the zone of that time, such as Europe/Berlin", "this machine's"),
    ];

    /// <summary>Reads them.</summary>
    /// <exception cref="FormatException">There is no such time, or no such zone on this machine.</exception>
    public static DueReports From(IConfiguration configuration)
    {
        var (at, zone) = (configuration["Auxo:Reports:At"], configuration["Auxo:Reports:Zone"]);
        if (!TimeOnly.TryParseExact(
            string.IsNullOrEmpty(at) ? Usual : at, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
            throw new FormatException($"{At} is '{at}'; it must be a time of day such as 07:30.");
        if (string.IsNullOrEmpty(zone)) return new DueReports(TimeZoneInfo.Local, time);
        return TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found)
            ? new DueReports(found, time)
            : throw new FormatException($"{Zone} is '{zone}'; it must be an IANA name such as Europe/Berlin that this machine knows.");
    }
}
