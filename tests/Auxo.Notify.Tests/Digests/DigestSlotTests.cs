using Auxo.Notify.Digests;
using Auxo.Notify.Readers;

namespace Auxo.Notify.Tests.Digests;

/// <summary>When a digest is made, whatever clocks do.</summary>
public sealed class DigestSlotTests
{
    private static readonly Reader Alice = new()
    {
        Name = "alice", Exists = true,
        Preferences = Preferences.Usual with { Channels = ["mail"], Digest = DigestRhythm.Daily, Zone = "Europe/Berlin" },
    };

    [Theory]
    [InlineData("2026-11-23T06:59:59Z", null)] // 07:59 in Berlin; yesterday's was before what waits
    [InlineData("2026-11-23T07:00Z", "2026-11-23")]
    [InlineData("2026-11-23T22:59Z", "2026-11-23")] // the laptop woke in the evening
    [InlineData("2026-11-25T22:59Z", "2026-11-25")] // or days later: one, of the newest day
    public void it_is_due_at_eight_by_her_clock_or_when_the_machine_wakes(string now, string? day)
        => Assert.Equal(Day(day), Due(Alice, "2026-11-22T20:00Z", now)?.Day);

    [Fact]
    public void what_was_kept_after_eight_waits_for_tomorrow()
    {
        Assert.Null(Due(Alice, "2026-11-23T09:00Z", "2026-11-23T09:01Z"));
        Assert.Null(Due(Alice, "2026-11-23T09:00Z", "2026-11-24T06:59Z"));
        Assert.Equal(Day("2026-11-24"), Due(Alice, "2026-11-23T09:00Z", "2026-11-24T07:00Z")?.Day);
    }

    [Fact]
    public void there_is_one_for_each_day_and_none_of_nothing()
    {
        Assert.Null(Due(Alice, "2026-11-22T20:00Z", "2026-11-23T07:30Z", made: ["2026-11-23"]));
        Assert.Null(DigestSlot.Due(Alice, null, null, false, false, static _ => false, Told.At));
        Assert.Null(Due(Alice with { Preferences = Alice.Preferences with { Channels = [] } }, "2026-11-22T20:00Z", "2026-11-23T07:30Z"));
    }

    [Fact]
    public void the_hour_that_comes_twice_makes_one_and_the_one_that_is_left_out_one_too()
    {
        var atHalfPastTwo = Alice with { Preferences = Alice.Preferences with { DigestAt = new TimeOnly(2, 30) } };
        Assert.Equal(Day("2026-10-25"), Due(atHalfPastTwo, "2026-10-24T20:00Z", "2026-10-25T00:30Z")?.Day);
        Assert.Null(Due(atHalfPastTwo, "2026-10-25T00:50Z", "2026-10-25T01:30Z", made: ["2026-10-25"]));
        Assert.Null(Due(atHalfPastTwo, "2026-03-28T20:00Z", "2026-03-29T00:59Z", made: ["2026-03-28"]));
        Assert.Equal(Day("2026-03-29"), Due(atHalfPastTwo, "2026-03-28T20:00Z", "2026-03-29T01:00Z", made: ["2026-03-28"])?.Day);
    }

    [Fact]
    public void a_clock_that_jumps_over_years_and_back_makes_one_each_time_and_keeps_nothing_for_ever()
    {
        var made = new List<string>();
        foreach (var now in (string[])["2035-06-01T12:00Z", "2035-06-01T12:01Z", "2026-11-23T12:00Z", "2026-11-23T12:01Z",
            "1971-01-02T12:00Z"])
            if (Due(Alice, made.Count == 0 ? "2026-11-22T20:00Z" : "2035-06-01T12:00Z", now, made: [.. made]) is { } slot)
                made.Add(slot.Day.ToString("yyyy-MM-dd", null));
        Assert.Equal(["2035-06-01", "2026-11-23", "1971-01-02"], made);
    }

    [Fact]
    public void a_weekly_one_is_of_monday()
    {
        var weekly = Alice with { Preferences = Alice.Preferences with { Digest = DigestRhythm.Weekly } };
        Assert.Null(Due(weekly, "2026-11-24T12:00Z", "2026-11-29T12:00Z"));
        Assert.Equal(Day("2026-11-30"), Due(weekly, "2026-11-24T12:00Z", "2026-12-02T12:00Z")?.Day);
    }

    [Fact]
    public void what_waits_when_she_wants_no_digests_any_more_is_handed_over()
        => Assert.Equal(
            Day("2026-11-23"),
            Due(Alice with { Preferences = Alice.Preferences with { Digest = DigestRhythm.Off } }, "2026-11-23T11:00Z",
                "2026-11-23T12:00Z")?.Day);

    [Fact]
    public void it_waits_two_minutes_for_the_report_and_no_longer()
    {
        DigestSlot? At(string now, bool hasReport) => DigestSlot.Due(
            Alice, Told.At.AddDays(-1), Told.At.AddDays(-1), hasReport, waitsForReport: true, static _ => false, DateTimeOffset
                .Parse(now, null));
        Assert.Null(At("2026-11-23T07:01Z", hasReport: false));
        Assert.NotNull(At("2026-11-23T07:01Z", hasReport: true));
        Assert.NotNull(At("2026-11-23T07:02Z", hasReport: false));
    }

    private static DigestSlot? Due(Reader reader, string kept, string now, string[]? made = null)
        => DigestSlot.Due(
            reader, DateTimeOffset.Parse(kept, null), DateTimeOffset.Parse(kept, null), false, false,
            day => made?.Contains(day.ToString("yyyy-MM-dd", null)) is true, DateTimeOffset.Parse(now, null));

    private static DateOnly? Day(string? day) => day is null ? null : DateOnly.Parse(day, null);
}
