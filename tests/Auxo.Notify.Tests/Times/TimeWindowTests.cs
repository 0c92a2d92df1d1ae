using Auxo.Notify.Times;

using FsCheck;
using FsCheck.Fluent;

namespace Auxo.Notify.Tests.Times;

/// <summary>Hours of the day, where clocks are put forward and back.</summary>
public sealed class TimeWindowTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Theory]
    [InlineData("22:00-07:00", "2026-11-23T21:30Z", "2026-11-24T06:00Z")] // 22:30 in Berlin, until 07:00
    [InlineData("22:00-07:00", "2026-11-24T05:59Z", "2026-11-24T06:00Z")]
    [InlineData("22:00-07:00", "2026-11-24T06:00Z", null)]
    [InlineData("fri 22:00-07:00", "2026-11-28T03:00Z", "2026-11-28T06:00Z")] // a Saturday morning is Friday's night
    [InlineData("fri 22:00-07:00", "2026-11-27T03:00Z", null)]
    [InlineData("sat,sun 00:00-24:00", "2026-11-28T12:00Z", "2026-11-28T23:00Z")]
    [InlineData("02:15-02:30", "2026-03-29T00:45Z", null)] // 01:45; that day has no 02:15
    [InlineData("01:00-02:30", "2026-03-29T00:45Z", "2026-03-29T01:00Z")] // 02:30 is left out: 03:00, the next minute that there is
    [InlineData("22:00-02:30", "2026-10-24T23:30Z", "2026-10-25T00:30Z")] // 02:30 comes twice: the first
    [InlineData("22:00-02:30", "2026-10-25T01:10Z", "2026-10-25T01:30Z")] // and within the second 02:10 the second
    public void a_window_ends_by_the_clock_on_the_wall(string text, string at, string? end)
    {
        var window = TimeWindow.Parse(text, Berlin, out _)!;
        var now = DateTimeOffset.Parse(at, null);
        Assert.Equal(end is null ? null : DateTimeOffset.Parse(end, null), window.EndAfter(now));
        Assert.Equal(end is not null, window.Contains(now));
    }

    [Theory]
    [InlineData("2026-03-29", "02:30", "2026-03-29T01:00Z")]
    [InlineData("2026-10-25", "02:30", "2026-10-25T00:30Z")]
    [InlineData("2026-11-23", "08:00", "2026-11-23T07:00Z")]
    public void a_time_that_is_left_out_is_the_next_there_is_and_one_that_comes_twice_the_first(string day, string time, string at)
        => Assert.Equal(DateTimeOffset.Parse(at, null), LocalTime.Instant(DateOnly.Parse(day, null), TimeOnly.Parse(time, null), Berlin));

    [Fact]
    public void wherever_and_whenever_an_end_lies_ahead_and_within_a_day_and_a_bit()
    {
        var zones = Gen.Elements("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "UTC");
        var windows = from a in Gen.Choose(0, 1439) from b in Gen.Choose(0, 1440) where a != b select (a, b);
        var times = Gen.Choose(0, 4_000_000).Select(static m => new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(m));
        Prop.ForAll(zones.ToArbitrary(), windows.ToArbitrary(), times.ToArbitrary(), static (zone, hours, at) =>
        {
            var window = new TimeWindow(0b111_1111, hours.a, hours.b, TimeZoneInfo.FindSystemTimeZoneById(zone));
            return window.EndAfter(at) is { } end ? end > at && end - at < TimeSpan.FromHours(50) : !window.Contains(at);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9999)]
    public void a_clock_at_the_end_of_the_calendar_breaks_nothing(int year)
    {
        var at = new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.NotNull(TimeWindow.Parse("00:00-24:00", TimeZoneInfo.FindSystemTimeZoneById("Pacific/Apia"), out _)!.EndAfter(at));
    }
}
