using Auxo.Contracts;
using Auxo.Metrics.Alerts;
using Auxo.Metrics.Dora;
using Auxo.Metrics.Facts;
using Auxo.Metrics.Histories;
using Auxo.Metrics.Promises;
using Auxo.Metrics.Promises.Commands;
using Auxo.Metrics.Promises.Known;
using Auxo.Metrics.Tests.Health;

using FsCheck;
using FsCheck.Fluent;

using Outcome = Auxo.Contracts.Outcome;

namespace Auxo.Metrics.Tests.Promises;

/// <summary>When a promise is kept, and what is counted for it.</summary>
public sealed class PromiseTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);
    private static readonly Window Month = new(Noon.AddDays(-30), Noon);

    [Fact]
    public void the_five_have_their_bounds()
        => Assert.Equal(
            [
                ("patch_create", 5, 0.05), ("feedback", 30, 0.05), ("merge", 120, 0.05), ("node_uptime", 0.99, 0.01),
                ("mesh_sync", 0.95, 0.05),
            ],
            PromiseRule.All.Select(static rule => (rule.Name, rule.Bound, rule.Room)));

    [Theory]
    [InlineData(0, 0, PromiseState.NotKnown, null)]
    [InlineData(4, 4, PromiseState.NotKnown, null)]
    [InlineData(5, 0, PromiseState.Kept, 0.0)]
    [InlineData(5, 1, PromiseState.Broken, 4.0)]
    [InlineData(20, 1, PromiseState.Kept, 1.0)]
    [InlineData(60, 3, PromiseState.Kept, 1.0)]
    [InlineData(100, 5, PromiseState.Kept, 1.0)]
    [InlineData(100, 6, PromiseState.Broken, 1.2)]
    public void ninety_five_of_a_hundred_within_the_bound_keep_it(int n, int misses, PromiseState state, double? used)
    {
        var report = Score(n, misses);
        Assert.Equal((n, state), (report.N, report.State));
        if (used is { } expected) Assert.Equal(expected, report.BudgetUsed!.Value, 9);
        else Assert.Null(report.BudgetUsed);
        Assert.Equal(n > 0 && state == PromiseState.Kept, n >= 5 && report.Value <= report.Bound);
        Assert.Equal(used > 0.75 && n >= 20, AlertFacts.Of(report).Any(static fact => Rule("PromiseAtRisk").Holds(fact.Value, false)));
    }

    [Fact]
    public void the_bound_itself_is_in_time_zero_and_a_year_are_times_and_less_than_nothing_is_none()
    {
        var measured = Measured.Of(
            [TimeSpan.Zero, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5.01), TimeSpan.FromDays(365), TimeSpan.FromSeconds(-1)],
            PromiseRule.Create);
        Assert.Equal((4, 0.5), (measured.N, measured.Missed));
        Assert.True(measured.P95Seconds > 86_400);
        Assert.Equal(new Measured(0, null), Measured.Of([], PromiseRule.Create));
    }

    [Fact]
    public void one_more_miss_never_makes_it_look_better_and_one_more_in_time_never_worse()
        => Prop.ForAll(
            Gen.Choose(5, 500).ToArbitrary(), Gen.Choose(0, 500).ToArbitrary(),
            static (n, missed) =>
            {
                var misses = Math.Min(n, missed);
                var now = Score(n, misses);
                return Score(n + 1, misses + 1).BudgetUsed >= now.BudgetUsed && Score(n + 1, misses).BudgetUsed <= now.BudgetUsed
                    && now.State == (misses * 20 <= n ? PromiseState.Kept : PromiseState.Broken);
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void of_a_window_no_moment_counts_twice_and_what_lies_outside_not_at_all()
    {
        var time = KnownTime.Of(
            [Span(-800, -700, true), Span(-10, -5, true), Span(-7, -4, false), Span(-2, 5, true), Span(-3, -3, false),
                Span(9, 3, true)],
            Month);
        Assert.Equal((TimeSpan.FromHours(27), TimeSpan.FromHours(28)), (time.Good, time.Known));
        Assert.Equal(new Measured(28, 1 / 28.0), Measured.Of(time, TimeSpan.FromHours(1)));
        Assert.Equal(new Measured(0, null), Measured.Of(time, TimeSpan.FromHours(29)));
    }

    [Fact]
    public void a_node_runs_until_it_says_otherwise_and_its_silence_is_not_known()
    {
        var node = new Reports();
        node.Every(60, true);
        node.Every(30, false);
        node.Wait(TimeSpan.FromHours(5));
        node.Every(30, true);
        Assert.Equal(
            [(TimeSpan.FromMinutes(60), true), (TimeSpan.FromMinutes(29), false), (TimeSpan.FromMinutes(29), true)],
            node.Spans.Select(static span => (span.To - span.From, span.IsGood)));
        Assert.Equal(4, node.Events);
    }

    [Fact]
    public void a_node_that_is_taken_away_counts_for_the_time_in_which_it_was_there()
    {
        var node = new NodeUptime().Apply(new UptimeEvent.Told("ann", true, Noon.AddHours(-2)))
            .Apply(new UptimeEvent.Lost(Noon.AddHours(-1)));
        Assert.Equal([Span(-2, -1, true)], node.Known(heard: null));
        Assert.Equal(node.Spans, node.Known(Noon));
        Assert.Empty(new NodeUptime().Known(Noon));
        Assert.Equal(
            [new UptimeEvent.Told("ann", false, Noon)], NodeUptime.Decide(known: null, lastHeard: null, "ann", isRunning: false, Noon));
    }

    /// <summary>Reports, silence, clocks that jump: no more is known than there was time, and no more is good than is known.</summary>
    [Fact]
    public void whatever_the_clock_does_time_is_counted_once()
        => Prop.ForAll(
            Gen.Elements(1.0, 1.0, 1.0, 2.9, 60, 5e5, -5e5, -1).ListOf(60).ToArbitrary(),
            Gen.Elements(true, false).ListOf(60).ToArbitrary(),
            static (minutes, states) =>
            {
                var node = new Reports();
                foreach (var (pause, running) in minutes.Zip(states))
                {
                    node.Wait(TimeSpan.FromMinutes(pause));
                    node.Report(running);
                }

                var window = new Window(Noon.AddYears(-100), Noon.AddYears(100));
                var time = KnownTime.Of(node.Spans, window);
                return time.Good >= TimeSpan.Zero && time.Good <= time.Known
                    && time.Known <= TimeSpan.FromMinutes(minutes.Where(static pause => pause is > 0 and <= 3).Sum() + 0.001);
            }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(true, 2, 2, 2, true)]
    [InlineData(true, 9, 2, 2, true)]
    [InlineData(true, 9, 1, 2, false)]
    [InlineData(true, 1, 1, 2, true)]
    [InlineData(true, 1, 0, 2, false)]
    [InlineData(true, 0, 0, 2, null)]
    [InlineData(true, 2, 2, 0, null)]
    [InlineData(false, 0, 0, 2, null)]
    public void a_repository_is_in_sync_when_as_many_as_declared_have_it(bool running, int seeds, int inSync, int declared, bool? good)
    {
        var node = HealthSamples.Node with { IsRunning = running, Seeds = seeds, SeedsInSync = inSync };
        Assert.Equal(good, SyncLooks.IsGood(node, declared));
        Assert.Null(SyncLooks.IsGood(null, declared));
    }

    [Fact]
    public void what_was_told_holds_until_the_next_look_and_no_longer_than_it_is_believed()
    {
        var behind = HealthSamples.Node with { SeedsInSync = 0 };
        var spans = SyncLooks.Of(
            [
                HealthSamples.Standing() with { At = Noon.AddHours(-100) }, HealthSamples.Standing(behind) with { At = Noon.AddHours(-2) },
                HealthSamples.Standing() with { At = Noon.AddHours(-1) }, HealthSamples.Standing() with { At = Noon.AddYears(1) },
                HealthSamples.Standing(HealthSamples.Node with { IsRunning = false }) with { At = Noon.AddHours(-0.5) },
            ], declared: 2, Noon);
        Assert.Equal([Span(-100, -52, true), Span(-2, -1, false), Span(-1, -0.5, true)], spans);
    }

    [Theory]
    [InlineData(BuildTrigger.Patch, Outcome.Passed, 70)]
    [InlineData(BuildTrigger.Branch, Outcome.Failed, 70)]
    [InlineData(BuildTrigger.Branch, Outcome.Superseded, null)]
    [InlineData(BuildTrigger.Schedule, Outcome.Passed, null)]
    [InlineData(BuildTrigger.Manual, Outcome.Passed, null)]
    public void feedback_is_from_the_plan_of_a_push_to_its_verdict(BuildTrigger trigger, Outcome outcome, int? seconds)
    {
        var fact = new BuildFact(
            1, Noon, Guid.Empty, trigger, "main", Ids.Commit("c"), null, outcome, Noon.AddSeconds(-70), Noon.AddSeconds(-60), []);
        Assert.Equal(seconds, new BuildPoint(fact, 0, []).Feedback?.TotalSeconds);
        Assert.Null(new BuildPoint(fact with { StartedAt = null }, 0, []).Feedback);
        // By a clock that was set back it took no time, and never less.
        var back = new BuildPoint(fact with { QueuedAt = Noon.AddYears(1), StartedAt = Noon.AddYears(1) }, 0, []).Feedback;
        Assert.Equal(seconds is null ? null : TimeSpan.Zero, back);
    }

    [Fact]
    public void a_day_is_full_for_each_command_of_its_own()
    {
        var day = new CommandDay();
        for (var i = 0; i < CommandDay.Most; i++)
            foreach (var e in CommandDay.Decide(day, KnownCommands.Create, i, Noon)) day = day.Apply(e);
        Assert.Empty(CommandDay.Decide(day, KnownCommands.Create, 1, Noon));
        Assert.Single(CommandDay.Decide(day, KnownCommands.Merge, 1, Noon));
    }

    private static PromiseReport Score(int n, int misses)
        => ScorePromise.Of(
            PromiseRule.Feedback,
            Measured.Of(Enumerable.Range(0, n).Select(i => TimeSpan.FromSeconds(i < misses ? 31 : 30)), PromiseRule.Feedback));

    private static AlertRule Rule(string name) => AlertRules.All.Single(rule => rule.Name == name);

    private static KnownSpan Span(double from, double to, bool good) => new(Noon.AddHours(from), Noon.AddHours(to), good);

    /// <summary>A node that reports.</summary>
    private sealed class Reports
    {
        private DateTimeOffset _now = Noon;
        private DateTimeOffset? _heard;
        private NodeUptime? _known;

        public int Events { get; private set; }

        public IReadOnlyList<KnownSpan> Spans => _known!.Known(_heard);

        public void Every(int minutes, bool running)
        {
            for (var i = 0; i < minutes; i++)
            {
                Report(running);
                Wait(TimeSpan.FromMinutes(1));
            }
        }

        public void Wait(TimeSpan time) => _now += time;

        public void Report(bool running)
        {
            foreach (var e in NodeUptime.Decide(_known, _heard, "ann", running, _now))
            {
                Events++;
                _known = (_known ?? new NodeUptime()).Apply(e);
            }

            _heard = _now;
        }
    }
}
