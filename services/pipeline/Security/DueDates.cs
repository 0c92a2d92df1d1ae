using System.Globalization;

namespace Auxo.Pipeline.Security;

/// <summary>How many days a finding may be open before it is overdue, by its severity.</summary>
/// <param name="Days">What is not named has no due date.</param>
public sealed record DueDates(IReadOnlyDictionary<Severity, int> Days)
{
    /// <summary>The setting, as an environment variable.</summary>
    public const string Variable = "Auxo__Security__Due";

    /// <summary>Ten years: nobody means more.</summary>
    private const int MostDays = 3660;

    /// <summary>Where the operator says nothing else.</summary>
    public static DueDates Usual { get; } = new(new Dictionary<Severity, int>
    {
        [Severity.Critical] = 7, [Severity.High] = 30, [Severity.Medium] = 90, [Severity.Low] = 180,
    });

    /// <summary>
    /// Reads <c>Auxo:Security:Due</c>, such as <c>critical=2,high=14</c>: days by severity, 0 for no due date; what is not named stays
    /// as it is.
    /// </summary>
    /// <exception cref="FormatException">It cannot be read.</exception>
    public static DueDates From(IConfiguration configuration)
    {
        var days = new Dictionary<Severity, int>(Usual.Days);
        var parts = (configuration["Auxo:Security:Due"] ?? "")
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var part in parts)
        {
            if (part.Split('=', StringSplitOptions.TrimEntries) is not [var name, var number] || !char.IsAsciiLetter(part[0])
                || !Enum.TryParse<Severity>(name, ignoreCase: true, out var severity)
                || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > MostDays)
                throw new FormatException(
                    $"{Variable} has '{part}'; it must be days by severity, such as critical=7,high=30 (0 to {MostDays}).");
            if (count == 0) days.Remove(severity);
            else days[severity] = count;
        }

        return new DueDates(days);
    }

    /// <summary>The last day on which it is in time, in UTC; null for none.</summary>
    /// <param name="severity">How bad it is.</param>
    /// <param name="since">Since when it is open without a break.</param>
    public DateOnly? Of(Severity severity, DateTimeOffset since) => Of(severity, DateOnly.FromDateTime(since.UtcDateTime));

    /// <inheritdoc cref="Of(Severity, DateTimeOffset)"/>
    public DateOnly? Of(Severity severity, DateOnly since)
        => Days.TryGetValue(severity, out var days) && since < DateOnly.MaxValue.AddDays(-days) ? since.AddDays(days) : null;
}
