using System.Runtime.CompilerServices;

using Auxo.Contracts;
using Auxo.Metrics.Alerts;

using FsCheck;
using FsCheck.Fluent;

namespace Auxo.Metrics.Tests.Alerts;

/// <summary>When an alert begins, is told, is held back and ends.</summary>
public sealed class AlertTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);
    private static readonly AlertRule Held = Rule("NodeMemoryHigh");
    private static readonly AlertRule AtOnce = Rule("FindingsOverdue");

    [Fact]
    public void a_rule_must_hold_for_its_time_and_ends_below_the_bound_that_began_it()
    {
        var run = new Run(Held);
        Assert.Equal("began", run.Minute(0.95));
        Assert.Equal("", run.Minutes(13, 0.95));
        Assert.Equal("calmed", run.Minute(0.9));
        Assert.Equal("began", run.Minute(0.92));
        Assert.Equal("", run.Minutes(14, 0.92));
        Assert.Equal("raised", run.Minute(0.99));
        Assert.Equal("", run.Minute(0.86));
        Assert.Equal("cleared", run.Minute(0.85));
        Assert.Equal(
            ["raised NodeMemoryHigh warning 99 % of the memory of ann is used docs/alerts.md#nodememoryhigh",
                "cleared NodeMemoryHigh 85 % of the memory of ann is used"], run.Told);
        Assert.Equal(run.Ids[0], run.Ids[1]);
    }

    [Fact]
    public void what_is_not_known_any_more_does_not_hold()
    {
        var run = new Run(AtOnce);
        Assert.Equal("began raised", run.Minute(3));
        Assert.Equal("cleared", run.Minute(null));
        Assert.Equal("", run.Minute(double.NaN));
        Assert.Equal("cleared FindingsOverdue Findings of ann are overdue: 3", run.Told[^1]);
    }

    [Fact]
    public void one_that_goes_up_and_down_is_told_once_more_and_then_when_it_is_calm()
    {
        var run = new Run(AtOnce);
        Assert.Equal("began raised", run.Minute(1));
        Assert.Equal("cleared", run.Minute(0));
        Assert.Equal("began raised heldback", run.Minute(1));
        for (var i = 0; i < 50; i++) run.Minute(i % 2);
        Assert.Equal(3, run.Told.Count);
        Assert.Contains("it went up and down 3 times in 30 min", run.Told[2], StringComparison.Ordinal);
        Assert.Equal("cleared", run.Minute(0));
        Assert.Equal("released", run.Minutes(30, 0));
        Assert.Equal("cleared FindingsOverdue", string.Join(' ', run.Told[3].Split(' ')[..2]));
        Assert.Equal("", run.Minutes(100, 0));
        Assert.Equal("began raised", run.Minute(1));
        Assert.Equal(5, run.Told.Count);
    }

    [Fact]
    public void one_that_stays_raised_when_it_is_calm_is_not_told_again()
    {
        var run = new Run(AtOnce);
        foreach (var value in (double[])[1, 0, 1]) run.Minute(value);
        Assert.Equal("released", run.Minutes(40, 1));
        Assert.Equal(3, run.Told.Count);
        Assert.Equal("cleared", run.Minute(0));
        Assert.Equal(4, run.Told.Count);
    }

    [Fact]
    public void who_does_not_speak_keeps_account_and_a_clock_that_jumps_tells_nothing_twice()
    {
        var quiet = new Run(AtOnce) { Speaks = false };
        Assert.Equal("began raised", quiet.Minute(1));
        Assert.Equal("cleared", quiet.Minute(0));
        Assert.Empty(quiet.Told);
        // Nobody was told of its begin, so nobody is told of its end.
        quiet.Minute(1);
        quiet.Speaks = true;
        quiet.Minutes(40, 1);
        Assert.Single(quiet.Told);

        var run = new Run(Held);
        run.Minute(0.95);
        run.Now = run.Now.AddYears(-5);
        Assert.Equal("began", run.Minutes(5, 0.95));
        Assert.Equal("raised", run.Minutes(20, 0.95));
        run.Now = run.Now.AddYears(10);
        Assert.Equal("", run.Minutes(50, 0.95));
        Assert.Single(run.Told);

        var held = new Run(AtOnce);
        foreach (var value in (double[])[1, 0, 1]) held.Minute(value);
        held.Now = held.Now.AddYears(-5);
        Assert.Equal("released", held.Minute(1));
    }

    /// <summary>Whatever the values do: who hears the messages hears of a begin, of its end, and so on, and seldom.</summary>
    [Fact]
    public void messages_take_turns_and_stay_few_and_in_the_end_they_say_how_it_stands()
        => Prop.ForAll(
            Gen.Elements(0.0, 0.0, 1.0, 5.0).ListOf(400).ToArbitrary(),
            Gen.Elements(AtOnce, Rule("QueueStuck") with { Raise = 0, Clear = 0 }).ToArbitrary(),
            static (values, rule) =>
            {
                var run = new Run(rule);
                foreach (var value in values) run.Minute(value);
                var storm = run.Told.Count;
                run.Minutes(70, values[^1]);
                var words = run.Told.Select(static told => told.Split(' ')[0]).ToList();
                var takeTurns = words.Select(static (word, i) => word == (i % 2 == 0 ? "raised" : "cleared")).All(static right => right);
                return takeTurns && storm <= 4 + (values.Count / 30 * 2) && words.Count % 2 == (values[^1] > 0 ? 1 : 0);
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void of_two_rules_of_one_measure_the_worse_one_speaks()
    {
        foreach (var (value, expected) in ((double, string)[])[
            (95, ""), (80, "RepositoryHealthBelowGoal"), (60, "RepositoryHealthLow"), (40, "RepositoryHealthCritical")])
            Assert.Equal(expected, string.Join(' ', AlertRules.All
                .Where(rule => rule.Measure == Measures.Health && rule.Holds(value, isRaised: false)).Select(static rule => rule.Name)));
        foreach (var (value, expected) in ((double, string)[])[(0.7, ""), (0.85, "NodeDiskSpaceLow"), (0.95, "NodeDiskFull")])
            Assert.Equal(expected, string.Join(' ', AlertRules.All
                .Where(rule => rule.Measure == Measures.Disk && rule.Holds(value, isRaised: false)).Select(static rule => rule.Name)));
    }

    [Fact]
    public void every_rule_clears_on_the_safe_side_of_its_bound_and_is_named_once()
    {
        Assert.Equal(AlertRules.All.Count, AlertRules.All.Select(static rule => rule.Name).Distinct(StringComparer.Ordinal).Count());
        Assert.All(AlertRules.All, static rule =>
        {
            Assert.True(rule.IsBelow ? rule.Clear >= rule.Raise : rule.Clear <= rule.Raise, rule.Name);
            Assert.Contains("{name}", rule.Text, StringComparison.Ordinal);
            Assert.Contains(rule.Severity, (string[])["critical", "warning", "info"]);
        });
        Assert.All(AlertRules.All.Where(static rule => rule.Raise == 0), static rule => Assert.Equal(AlertUnit.Count, rule.Unit));
    }

    [Fact]
    public void the_old_four_have_their_names_and_bounds()
        => Assert.Equal(
            [("CriticalVulnerabilitiesFound", 0, 5), ("DORAScoreDropped", 3, 60), ("CISuccessRateLow", 0.7, 60), ("RadicleNodeDown", 0, 5)],
            ((string[])["CriticalVulnerabilitiesFound", "DORAScoreDropped", "CISuccessRateLow", "RadicleNodeDown"]).Select(static name
                => (name, Rule(name).Raise, Rule(name).For.TotalMinutes)));

    /// <summary>With an Alertmanager it is Prometheus that speaks of these: it must have them.</summary>
    [Fact]
    public void what_prometheus_is_said_to_have_it_has_and_every_rule_has_its_runbook()
    {
        var root = Root();
        var yaml = File.ReadAllText(Path.Combine(root, "deploy", "prometheus", "auxo.rules.yml"));
        Assert.All(AlertRules.All, rule => Assert.True(
            rule.IsInPrometheus == yaml.Contains($"- alert: {rule.Name}\n", StringComparison.Ordinal), rule.Name));
        var docs = File.ReadAllLines(Path.Combine(root, "docs", "alerts.md"));
        Assert.Equal(
            AlertRules.All.Select(static rule => rule.Name),
            docs.Where(static line => line.StartsWith("### ", StringComparison.Ordinal)).Select(static line => line[4..]));
    }

    private static string Root([CallerFilePath] string file = "")
        => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", ".."));

    private static AlertRule Rule(string name) => AlertRules.All.Single(rule => rule.Name == name);

    private sealed class Run(AlertRule rule)
    {
        private Alert? _alert;

        public DateTimeOffset Now { get; set; } = Noon;

        public bool Speaks { get; set; } = true;

        public List<string> Told { get; } = [];

        public List<string> Ids { get; } = [];

        public string Minutes(int count, double? value)
            => string.Join(' ', Enumerable.Range(0, count).Select(_ => Minute(value)).Where(static words => words.Length > 0));

        public string Minute(double? value)
        {
            Now += TimeSpan.FromMinutes(1);
            var fact = value is { } measured ? new AlertFact(rule.Measure, "ann", "ann", Rid: null, measured) : null;
            var (events, messages) = DecideAlert.Decide(rule, fact, _alert, Speaks, Now);
            foreach (var e in events.Cast<AlertEvent>()) _alert = (_alert ?? new Alert()).Apply(e);
            foreach (var message in messages)
            {
                Told.Add(message switch
                {
                    AlertRaised x => $"raised {x.Rule} {x.Severity} {x.Summary} {x.RunbookUrl}",
                    AlertCleared x => $"cleared {x.Rule} {x.Summary}",
                    _ => throw new InvalidOperationException(),
                });
                Ids.Add(message is AlertRaised raised ? raised.AlertId : ((AlertCleared)message).AlertId);
            }

            return string.Join(' ', events.Select(static e => e.GetType().Name.ToLowerInvariant()));
        }
    }
}
