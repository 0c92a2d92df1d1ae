using Auxo.Metrics.Dora;
using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Tests.Dora;

public sealed class CalendarTests
{
    private static readonly Calendar Berlin = Calendar.Find("Europe/Berlin")!;

    [Theory]
    [InlineData("2026-03-29", 23)]
    [InlineData("2026-10-25", 25)]
    [InlineData("2026-10-26", 24)]
    public void a_day_is_a_day_however_many_hours_it_has(string date, int hours)
    {
        var day = DateOnly.Parse(date);
        var (from, to) = (Berlin.StartOf(day), Berlin.StartOf(day.AddDays(1)));

        Assert.Equal(hours, (to - from).TotalHours);
        Assert.Equal(1, Berlin.Days(from, to));
        Assert.Equal((day, day), (Berlin.DayOf(from), Berlin.DayOf(to.AddTicks(-1))));
    }

    [Fact]
    public void a_midnight_that_does_not_exist_is_the_moment_after_it()
    {
        // Lebanon puts its clocks forward at midnight.
        var beirut = Calendar.Find("Asia/Beirut")!;

        Assert.Equal(new DateTimeOffset(2026, 3, 28, 22, 0, 0, TimeSpan.Zero), beirut.StartOf(new DateOnly(2026, 3, 29)));
    }

    [Fact]
    public void weeks_begin_on_monday_and_cover_the_window_without_gaps()
    {
        var (from, to) = (new DateTimeOffset(2026, 3, 25, 10, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 4, 7, 0, 0, 0, TimeSpan.Zero));
        var weeks = Berlin.Weeks(from, to).ToList();

        Assert.Equal([new DateOnly(2026, 3, 23), new DateOnly(2026, 3, 30), new DateOnly(2026, 4, 6)], weeks.Select(static w => w.Monday));
        Assert.Equal((from, to), (weeks[0].From, weeks[^1].To));
        Assert.All(weeks.Zip(weeks.Skip(1)), static pair => Assert.Equal(pair.First.To, pair.Second.From));
    }

    [Fact]
    public void an_unknown_zone_is_none() => Assert.Null(Calendar.Find("Nowhere/Atlantis"));
}
