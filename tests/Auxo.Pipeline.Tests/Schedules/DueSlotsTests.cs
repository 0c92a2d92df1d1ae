using System.Globalization;

using Auxo.Pipeline.Schedules;

using Cronos;

using FsCheck;
using FsCheck.Fluent;

namespace Auxo.Pipeline.Tests.Schedules;

/// <summary>Which slots there are, when they are due, and what is owed after a sleep.</summary>
public sealed class DueSlotsTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    // The hour from 02:00 to 03:00 does not exist on the last Sunday of March, and on the second one in New York.
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00", "2026-03-29T01:00 2026-03-30T00:30")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2027-03-27T12:00", "2027-03-28T01:00 2027-03-29T00:30")]
    [InlineData("30 2 * * *", "America/New_York", "2026-03-07T12:00", "2026-03-08T07:00 2026-03-09T06:30")]
    [InlineData("30 2 * * *", "America/New_York", "2027-03-13T12:00", "2027-03-14T07:00 2027-03-15T06:30")]
    // It exists twice on the last Sunday of October, and from 01:00 to 02:00 on the first one of November in New York.
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00", "2026-10-25T00:30 2026-10-26T01:30")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2027-10-30T12:00", "2027-10-31T00:30 2027-11-01T01:30")]
    [InlineData("30 1 * * *", "America/New_York", "2026-10-31T12:00", "2026-11-01T05:30 2026-11-02T06:30")]
    [InlineData("30 1 * * *", "America/New_York", "2027-11-06T12:00", "2027-11-07T05:30 2027-11-08T06:30")]
    // What is an interval keeps its pace in the hour that exists twice.
    [InlineData("*/30 * * * *", "Europe/Berlin", "2026-10-25T00:00", "2026-10-25T00:30 2026-10-25T01:00 2026-10-25T01:30")]
    public void a_time_that_does_not_exist_runs_at_the_next_moment_and_one_that_exists_twice_runs_once(
        string cron, string zone, string after, string slots)
    {
        var table = Table(cron, zone);
        var moment = Utc(after);
        foreach (var slot in slots.Split(' ')) Assert.Equal(Utc(slot), moment = table.After(moment)!.Value);
    }

    [Fact]
    public void in_every_day_of_two_years_a_nightly_schedule_has_one_slot()
    {
        foreach (var zone in (string[])["Europe/Berlin", "America/New_York"])
        {
            var table = Table("30 2 * * *", zone);
            var (days, moment) = (new HashSet<DateTime>(), Utc("2026-01-01T12:00"));
            while ((moment = table.After(moment)!.Value) < Utc("2028-01-01T12:00"))
                Assert.True(days.Add(TimeZoneInfo.ConvertTime(moment, table.Zone).Date));
            Assert.Equal(730, days.Count);
        }
    }

    [Theory]
    //          since               now                 build               missed  next
    [InlineData("2026-11-01T02:00", "2026-11-01T12:00", null, 0, "2026-11-02T02:00")]
    [InlineData("2026-11-01T02:00", "2026-11-02T02:00", "2026-11-02T02:00", 0, "2026-11-03T02:00")]
    [InlineData("2026-11-01T02:00", "2026-11-02T09:15", "2026-11-02T02:00", 0, "2026-11-03T02:00")]
    [InlineData("2026-11-01T02:00", "2026-11-04T09:15", "2026-11-04T02:00", 2, "2026-11-05T02:00")]
    [InlineData("2026-11-01T02:00", "2026-11-05T01:59", "2026-11-04T02:00", 2, "2026-11-05T02:00")]
    // The clock was set back: nothing until the next slot from now.
    [InlineData("2026-11-04T02:00", "2026-11-01T12:00", null, 0, "2026-11-02T02:00")]
    public void the_newest_slot_is_caught_up_once_and_older_ones_are_missed(
        string since, string now, string? build, int missed, string next)
    {
        var due = DueSlots.Decide(Table("0 2 * * *", "UTC"), Utc(since), Utc(now));
        Assert.Equal((build is null ? null : Utc(build), missed, Utc(next)), (due.Build, due.Missed, due.Next));
        Assert.Equal(missed == 0 ? null : Utc(build!).AddDays(-1), due.NewestMissed);
    }

    [Fact]
    public void what_is_too_late_is_missed_too()
    {
        var due = DueSlots.Decide(
            Table("0 3 * * 0", "UTC", catchUp: TimeSpan.FromHours(24)), Utc("2026-11-01T03:00"), Utc("2026-11-16T03:01"));
        Assert.Equal((null, 2, Utc("2026-11-15T03:00")), (due.Build, due.Missed, due.NewestMissed));
        Assert.Equal((Utc("2026-11-15T03:00"), Utc("2026-11-22T03:00")), (due.Since, due.Next));
    }

    [Fact]
    public void jitter_is_the_same_everywhere_differs_by_slot_and_name_and_stays_within_its_limit()
    {
        var slots = Enumerable.Range(0, 200).Select(static day => Start.AddDays(day)).ToList();
        var (one, same, other) = (Table("0 0 * * *", "UTC", TimeSpan.FromMinutes(10)), Table("0 0 * * *", "UTC", TimeSpan.FromMinutes(10)),
            Table("0 0 * * *", "UTC", TimeSpan.FromMinutes(10)) with { Key = "another" });
        Assert.Equal(slots.Select(one.DueAt), slots.Select(same.DueAt));
        Assert.True(slots.Select(one.DueAt).Zip(slots.Select(other.DueAt)).Count(static pair => pair.First == pair.Second) < 10);
        Assert.All(slots, slot => Assert.InRange(one.DueAt(slot) - slot, TimeSpan.Zero, TimeSpan.FromSeconds(599)));
        Assert.True(slots.Select(slot => one.DueAt(slot) - slot).Distinct().Count() > 100);
    }

    [Fact]
    public void a_slot_is_not_built_before_its_jitter_is_over()
    {
        var table = Table("0 2 * * *", "UTC", TimeSpan.FromHours(2));
        var slot = Utc("2026-11-02T02:00");
        var at = table.DueAt(slot);
        Assert.True(at > slot);
        Assert.Equal((null, at), Of(DueSlots.Decide(table, Utc("2026-11-01T12:00"), at.AddSeconds(-1))));
        Assert.Equal(slot, DueSlots.Decide(table, Utc("2026-11-01T12:00"), at).Build);

        static (DateTimeOffset?, DateTimeOffset?) Of(DueSlots due) => (due.Build, due.Next);
    }

    /// <summary>
    /// Sleeps, restarts and clocks that jump both ways, in seconds. What is kept is what the database keeps: the row, and the
    /// ids of builds.
    /// </summary>
    [Fact]
    public void over_any_sleeps_and_jumps_of_the_clock_a_slot_is_built_once_and_the_newest_that_is_due_always_is()
    {
        string[] crons = ["0 2 * * *", "*/15 * * * *", "30 2 * * 0", "30 1-3 * * *"];
        var moves = Gen.Frequency(
            (6, Gen.Choose(1, 4_000)), (3, Gen.Choose(4_000, 400_000)), (1, Gen.Choose(-400_000, -1)), (2, Gen.Constant(0)));
        var runs = from cron in Gen.Elements(crons)
                   from zone in Gen.Elements("Europe/Berlin", "America/New_York", "UTC")
                   from jitter in Gen.Elements(0, 300)
                   from begin in Gen.Choose(0, 700 * 86_400)
                   from steps in moves.ArrayOf(60)
                   select (cron, zone, jitter, begin, steps);
        Prop.ForAll(runs.ToArbitrary(), static run =>
        {
            var table = Table(run.cron, run.zone, TimeSpan.FromSeconds(run.jitter));
            var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(run.begin);
            var (since, built, taken) = (now, new List<DateTimeOffset>(), new HashSet<DateTimeOffset>());
            foreach (var step in run.steps)
            {
                now = now.AddSeconds(step);
                var (before, due) = (since < now ? since : now, DueSlots.Decide(table, since, now));
                since = due.Since;
                if (due.Build is { } slot && taken.Add(slot)) built.Add(slot);

                // By another way: all slots until now, and of those that are due the last.
                var owed = table.Cron.GetOccurrences(before, now, table.Zone, fromInclusive: false, toInclusive: true)
                    .Where(slot => table.DueAt(slot) <= now).ToList();
                if (owed is [.., var last] && now - table.DueAt(last) <= table.CatchUp && !taken.Contains(last.ToUniversalTime()))
                    return false;
                if (due.Missed + (due.Build is null ? 0 : 1) != owed.Count) return false;
                if (due.Next <= now) return false;
            }

            return built.Distinct().Count() == built.Count;
        }).QuickCheckThrowOnFailure();
    }

    private static Timetable Table(string cron, string zone, TimeSpan jitter = default, TimeSpan? catchUp = null)
        => new("rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5\nnightly", CronExpression.Parse(cron), TimeZoneInfo.FindSystemTimeZoneById(zone), jitter,
            catchUp ?? TimeSpan.FromHours(24));

    private static DateTimeOffset Utc(string text)
        => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
