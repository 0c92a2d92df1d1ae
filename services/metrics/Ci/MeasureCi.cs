using Auxo.Metrics.Dora;
using Auxo.Metrics.Histories;

namespace Auxo.Metrics.Ci;

/// <summary>
/// CI's numbers: pure functions from a series and a window to a report. What was stopped, superseded or could not be run says
/// nothing of the commit.
/// </summary>
public static class MeasureCi
{
    /// <summary>The ratio that the old dashboards asked for, and the one they hoped for.</summary>
    private const double Target = 0.7, Stretch = 0.8;

    /// <summary>The whole report.</summary>
    public static CiReport Ci(DoraSeries series, Window window, Calendar calendar)
    {
        var builds = Of(series, window).ToList();
        var verdicts = builds.FindAll(static b => b.Counts);
        var before = new Window(window.From - (window.To - window.From), window.From);
        var end = window.To < series.AsOf.Time ? window.To : series.AsOf.Time;
        var commits = verdicts.GroupBy(static b => b.Commit).ToList();
        var failures = verdicts.Where(static b => b.Outcome != Outcome.Passed).SelectMany(static b => b.Failures).ToList();
        return new CiReport(
            series.Rid, series.Name, window.From, window.To, series.AsOf, calendar.Zone, builds.Count,
            Passed(verdicts), Passed(Of(series, before)),
            Passed(Of(series, new Window(end - TimeSpan.FromDays(1), end))), Passed(verdicts.TakeLast(10)), Target, Stretch,
            builds.CountBy(static b => b.Outcome).OrderBy(static c => c.Key)
                .ToDictionary(), Share.Of(commits.Count, commits.Count(static c => c.Last().Outcome == Outcome.Passed)),
            commits.Count(IsFlaky), Spread.Of(verdicts.Select(static b => b.Duration).OfType<TimeSpan>()),
            Spread.Of(builds.Select(static b => b.Wait).OfType<TimeSpan>()),
            Measure.Red(series, window),
            Most(failures.Select(Category.Of), int.MaxValue), Most(failures.Select(static f => f.Step), 10),
            Daily(builds, window, end, calendar));
    }

    internal static Share Passed(IEnumerable<BuildPoint> builds)
    {
        var (n, passed) = (0, 0);
        foreach (var build in builds.Where(static b => b.Counts))
        {
            n++;
            if (build.Outcome == Outcome.Passed) passed++;
        }

        return Share.Of(n, passed);
    }

    internal static IEnumerable<BuildPoint> Of(DoraSeries series, Window window)
        => Sorted.Within(series.Builds, static b => b.At, window.From, window.To);

    /// <summary>The same commit failed, and later passed.</summary>
    internal static bool IsFlaky(IEnumerable<BuildPoint> ofOneCommit)
    {
        var failed = false;
        foreach (var build in ofOneCommit)
        {
            if (failed && build.Outcome == Outcome.Passed) return true;
            failed |= build.Outcome != Outcome.Passed;
        }

        return false;
    }

    private static List<Named> Most(IEnumerable<string> names, int limit)
        => [.. names.CountBy(static n => n).OrderByDescending(static c => c.Value)
            .ThenBy(static c => c.Key, StringComparer.Ordinal).Take(limit).Select(static c => new Named(c.Key, c.Value))];

    private static List<CiDay> Daily(List<BuildPoint> builds, Window window, DateTimeOffset end, Calendar calendar)
    {
        var byDay = builds.ToLookup(b => calendar.DayOf(b.At));
        var days = new List<CiDay>();
        var last = calendar.DayOf(end > window.From ? end - TimeSpan.FromTicks(1) : window.From);
        for (var day = calendar.DayOf(window.From); day <= last; day = day.AddDays(1))
        {
            var passed = byDay[day].Count(static b => b.Outcome == Outcome.Passed);
            var failed = byDay[day].Count(static b => b.Counts) - passed;
            days.Add(new CiDay(day, passed, failed, byDay[day].Count() - passed - failed));
        }

        return days;
    }
}
