using Auxo.Metrics.Reporting;

namespace Auxo.Metrics.Tests.Reporting;

/// <summary>Which reports are due when: zones, machines that slept, clocks that were wrong.</summary>
public sealed class DueReportsTests
{
    private static readonly DueReports Berlin = new(TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"), new TimeOnly(8, 0));

    [Theory]
    [InlineData("2026-11-24T06:59:00Z", "")]
    [InlineData("2026-11-24T07:00:00Z", "Daily 11/24/2026")]
    [InlineData("2026-11-23T07:00:00Z", "Daily 11/23/2026, Security 11/23/2026")]
    [InlineData("2026-11-22T07:00:00Z", "Weekly 11/22/2026")]
    [InlineData("2026-11-01T07:00:00Z", "Weekly 11/01/2026, Audit 11/01/2026")]
    [InlineData("2026-07-01T06:00:00Z", "Daily 07/01/2026, Audit 07/01/2026")]
    public void each_morning_has_its_reports(string now, string due) => Assert.Equal(due, At(Berlin, now));

    [Theory]
    [InlineData("2026-11-24T20:59:00Z", "Daily 11/24/2026")]
    [InlineData("2026-11-24T21:01:00Z", "")]
    [InlineData("2026-11-25T06:00:00Z", "")]
    public void a_laptop_that_slept_over_it_makes_it_once_when_it_wakes_on_the_same_day(string now, string due)
        => Assert.Equal(due, At(Berlin, now));

    [Fact]
    public void what_was_made_is_not_due_however_often_it_is_asked()
    {
        var made = new HashSet<(ReportKind, DateOnly)>();
        var count = 0;
        var begin = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
        for (var minute = 0; minute < 30 * 24 * 60; minute += 7)
        {
            foreach (var one in Berlin.At(begin.AddMinutes(minute), (kind, day) => made.Contains((kind, day))))
            {
                Assert.True(made.Add(one));
                count++;
            }
        }

        // 25 days of the week, 5 Sundays, 5 Mondays, 1 first of the month.
        Assert.Equal(25 + 5 + 5 + 1, count);
    }

    [Fact]
    public void a_clock_that_jumps_by_years_makes_one_morning_at_most()
        => Assert.All(
            (int[])[-30, -3, 3, 30],
            static years => Assert.InRange(
                Berlin.At(new DateTimeOffset(2026, 11, 23, 7, 0, 0, TimeSpan.Zero).AddYears(years), static (_, _) => false).Count, 1, 3));

    [Theory]
    [InlineData("02:30", "2026-03-29", "2026-03-29T01:00:00Z")]
    [InlineData("02:30", "2026-10-25", "2026-10-25T00:30:00Z")]
    [InlineData("08:00", "2026-03-29", "2026-03-29T06:00:00Z")]
    [InlineData("08:00", "2026-10-25", "2026-10-25T07:00:00Z")]
    public void an_hour_that_does_not_exist_is_the_next_minute_and_one_that_comes_twice_its_first(string time, string day, string slot)
        => Assert.Equal(
            DateTimeOffset.Parse(slot, System.Globalization.CultureInfo.InvariantCulture),
            (Berlin with { Time = TimeOnly.Parse(time, System.Globalization.CultureInfo.InvariantCulture) })
                .SlotOf(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture)));

    private static string At(DueReports due, string now)
        => string.Join(", ", due.At(DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture), static (_, _) => false)
            .Select(static d => FormattableString.Invariant($"{d.Kind} {d.Day}")));
}
