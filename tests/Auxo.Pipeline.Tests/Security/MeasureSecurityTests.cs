using Auxo.Contracts;
using Auxo.Pipeline.Findings;
using Auxo.Pipeline.Security;

using FsCheck;
using FsCheck.Fluent;

using Microsoft.Extensions.Configuration;

using static Auxo.Pipeline.Tests.Builds.SampleBuilds;

namespace Auxo.Pipeline.Tests.Security;

/// <summary>How findings come, go and become due.</summary>
public sealed class MeasureSecurityTests
{
    [Fact]
    public void each_finding_counts_in_its_row_of_severity_check_age_and_owner()
    {
        var measure = Measure(
            Life("dependencies", Severity.Critical, 10, path: "a.lock"), Life("sast", Severity.High, 10, path: "src/a.cs"),
            Life("sast", Severity.High, 40, path: "src/b.cs"), Life("secrets", Severity.Low, 200, FindingState.Accepted),
            Life("sast", Severity.Medium, 1, FindingState.FalseAlarm), Life("sast", Severity.Medium, 20, FindingState.Fixed, fixedDays: 2));
        Assert.Equal(
            ["critical 1 open 1 overdue", "high 2 open 1 overdue", "medium 0 open 0 overdue", "low 0 open 0 overdue"],
            measure.Severities().Select(static row => $"{row.Name} {row.Open} open {row.Overdue} overdue"));
        Assert.Equal(["dependencies 1", "sast 2", "secrets 0"], measure.Checks().Select(static row => $"{row.Name} {row.Open}"));
        Assert.Equal((1, 1), (measure.Severities()[3].Accepted, measure.Severities()[2].FalseAlarms));
        Assert.Equal(
            ["up to 7 days 0", "8 to 30 days 2", "31 to 90 days 1", "over 180 days 0"],
            measure.ByAge().Select(static row => $"{row.Name} {row.Open}"));
        var owners = measure.ByOwner(static path => path switch { "a.lock" => ["@alice", "@bob"], "src/a.cs" => ["@bob"], _ => [] });
        Assert.Equal(["@bob 2", "@alice 1", "nobody 1"], owners.Select(static row => $"{row.Name} {row.Open}"));
        Assert.Equal([Severity.Critical, Severity.High, Severity.High], measure.DueFirst(10).Select(static one => one.Life.Severity)
            .OrderDescending());
        Assert.Equal(Severity.High, measure.DueFirst(1)[0].Life.Severity);
    }

    [Fact]
    public void the_time_to_fix_is_a_median_of_what_was_fixed_in_the_time()
    {
        var pace = Measure(
            Life("sast", Severity.High, 10, FindingState.Fixed, fixedDays: 6),
            Life("sast", Severity.High, 9, FindingState.Fixed, fixedDays: 8),
            Life("sast", Severity.High, 90, FindingState.Fixed, fixedDays: 60), Life("sast", Severity.High, 3)).Pace(Now.AddDays(-30))[1];
        Assert.Equal((Severity.High, 3, 2, 2.5 * 86400, 3.0 * 86400, 30),
            (pace.Severity, pace.New, pace.Fixed, pace.MedianFixSeconds!.Value, pace.OldestOpenSeconds!.Value, pace.DueDays!.Value));
        var none = Measure().Pace(Now.AddDays(-30))[0];
        Assert.Equal((0, 0, null, null), (none.New, none.Fixed, none.MedianFixSeconds, none.OldestOpenSeconds));
    }

    [Fact]
    public void a_day_shows_what_was_there_at_its_end()
    {
        var back = Life("sast", Severity.High, 8) with { OpenSince = Now.AddDays(-2), FixedAt = Now.AddDays(-5) };
        var days = Measure(
            back, Life("secrets", Severity.Critical, 400), Life("sast", Severity.Low, 4, FindingState.Fixed, fixedDays: 1)).Days(10);
        Assert.Equal(10, days.Count);
        Assert.Equal(Today, days[^1].Day);
        Assert.Equal([0, 1, 1, 1, 0, 0, 0, 1, 1, 1], days.Select(static day => day.High));
        Assert.All(days, static day => Assert.Equal(1, day.Critical));
        Assert.Equal([0, 0, 0, 0, 0, 1, 1, 1, 0, 0], days.Select(static day => day.Low));
        Assert.Equal([0, 1, 0, 0, 0, 1, 0, 1, 0, 0], days.Select(static day => day.New));
        Assert.Equal([0, 0, 0, 0, 1, 0, 0, 0, 1, 0], days.Select(static day => day.Fixed));
        Assert.Equal(52, Measure(back).Days(365).Count);
    }

    [Fact]
    public void what_is_there_is_what_came_less_what_went_on_every_day()
    {
        var lives = Gen.Choose(0, 500).Two()
            .Select(static pair => (Opened: Math.Max(pair.Item1, pair.Item2), Gone: Math.Min(pair.Item1, pair.Item2)))
            .SelectMany(static span => Gen.Elements(false, true)
                .SelectMany(isFixed => Gen.Elements(Severity.Low, Severity.High, Severity.Critical).Select(severity => isFixed
                    ? Life("sast", severity, span.Opened, FindingState.Fixed, span.Gone)
                    : Life("sast", severity, span.Opened))))
            .ListOf();
        Prop.ForAll(lives.ToArbitrary(), Gen.Choose(1, 365).ToArbitrary(), static (all, count) =>
        {
            var days = Measure([.. all]).Days(count);
            for (var i = 1; i < days.Count; i++)
                if (There(days[i]) != There(days[i - 1]) + days[i].New - days[i].Fixed) return false;
            return There(days[^1]) == all.Count(static life => life.State == FindingState.Open);
        }).QuickCheckThrowOnFailure();

        static int There(SecurityDay day) => day.Critical + day.High + day.Medium + day.Low;
    }

    [Theory]
    [InlineData(0, 0, 0, 0, 0, 100)]
    [InlineData(1, 0, 0, 0, 0, 75)]
    [InlineData(9, 9, 9, 9, 9, 0)]
    [InlineData(0, 100, 0, 0, 0, 40)]
    [InlineData(0, 0, 3, 0, 0, 94)]
    [InlineData(0, 0, 0, 1, 0, 99)]
    [InlineData(0, 1, 0, 0, 1, 85)]
    public void the_score_is_100_less_what_is_open(int critical, int high, int medium, int low, int overdue, int expected)
    {
        var counts = new[]
        {
            new CountedFindings("sast", Severity.Critical, critical, 5, 5, 0),
            new CountedFindings("sast", Severity.High, high, 5, 5, overdue),
            new CountedFindings("dependencies", Severity.Medium, medium, 5, 5, 0),
            new CountedFindings("secrets", Severity.Low, low, 5, 5, 0),
            new CountedFindings("shellcheck", Severity.Critical, 50, 0, 0, 50),
        };
        Assert.Equal(expected, SecurityScore.Of(counts, hasLooked: true).Value);
        Assert.Null(SecurityScore.Of(counts, hasLooked: false).Value);
        Assert.Equal(
            "100 - 25 x critical (at most 100) - 10 x high (at most 60) - 2 x medium (at most 20) - 0.5 x low (at most 10) - "
                + "5 x overdue (at most 20), not below 0", SecurityScore.Of(counts, hasLooked: true).Formula);
    }

    [Fact]
    public void more_findings_never_make_a_better_score()
        => Prop.ForAll(
            ArbMap.Default.ArbFor<byte>(), ArbMap.Default.ArbFor<byte>(), Gen.Elements(Enum.GetValues<Severity>()).ToArbitrary(),
            static (some, more, severity) =>
            {
                int Score(int open)
                    => SecurityScore.Of([new CountedFindings("sast", severity, open, 0, 0, open)], hasLooked: true).Value!.Value;

                return Score(some + more) <= Score(some) && Score(some) is >= 0 and <= 100;
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void days_to_mend_are_chosen_by_the_operator()
    {
        Assert.Equal(new DateOnly(2026, 11, 30), DueDates.Usual.Of(Severity.Critical, new DateOnly(2026, 11, 23)));
        Assert.Null(DueDates.Usual.Of(Severity.Info, Now));
        Assert.Null(DueDates.Usual.Of(Severity.Low, DateOnly.MaxValue));
        var chosen = Read("critical=2, low=0");
        Assert.Equal((2, 30, false), (chosen.Days[Severity.Critical], chosen.Days[Severity.High], chosen.Days.ContainsKey(Severity.Low)));
        Assert.Equal(DueDates.Usual.Days, Read("").Days);
        foreach (var wrong in (string[])["critical", "critical=x", "awful=1", "4=1", "high=-1", "high=99999", "high=1=2"])
            Assert.Throws<FormatException>(() => Read(wrong));

        static DueDates Read(string text) => DueDates.From(
            new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Auxo:Security:Due"] = text }).Build());
    }

    [Fact]
    public void a_hundred_thousand_findings_are_measured_as_few_are()
    {
        var many = Enumerable.Range(0, 100_000)
            .Select(static i => Life("sast", (Severity)(i % 5), i % 400, path: $"f{i / 10}.cs")).ToArray();
        var measure = Measure(many);
        Assert.Equal(100_000, measure.Severities().Sum(static row => row.Open));
        Assert.Equal(100_000, measure.ByOwner(static _ => ["@a"]).Sum(static row => row.Open));
        Assert.Equal(52, measure.Days(365).Count);
        Assert.Equal(20, measure.DueFirst(20).Count);
        Assert.True(measure.Counted().Count <= 5);
    }

    private static DateOnly Today => DateOnly.FromDateTime(Now.UtcDateTime);

    private static MeasureSecurity Measure(params FindingLife[] lives) => new(lives, DueDates.Usual, Now);

    private static FindingLife Life(
        string check, Severity severity, int days, FindingState state = FindingState.Open, int? fixedDays = null, string path = "a.cs")
        => new(
            $"{check}{severity}{days}{fixedDays}", check, severity, path, Now.AddDays(-days), Now.AddDays(-days),
            fixedDays is { } gone ? Now.AddDays(-gone) : null, state);
}
