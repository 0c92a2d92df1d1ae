using Auxo.Contracts;
using Auxo.Metrics.Health;

using FsCheck;
using FsCheck.Fluent;

using static Auxo.Metrics.Tests.Health.HealthSamples;

namespace Auxo.Metrics.Tests.Health;

/// <summary>Facts in, points out: a pure decision.</summary>
public sealed class HealthScoreTests
{
    [Fact]
    public void the_categories_are_worth_a_hundred_points()
    {
        var score = HealthScore.Of(Well);

        Assert.Equal(
            [("Security", 25.0), ("Ci", 25.0), ("Radicle", 20.0), ("Git", 15.0), ("Documentation", 10.0), ("Quality", 5.0)],
            score.Categories.Select(static c => (c.Category.ToString(), c.Max)));
        Assert.Equal(100, score.Checks.Sum(static c => c.Max));
        Assert.Equal(score.Checks.Count, score.Checks.DistinctBy(static c => c.Check).Count());
    }

    [Fact]
    public void where_nothing_is_wrong_the_score_is_100_of_what_is_known()
    {
        var score = HealthScore.Of(Well);

        Assert.Equal((100, HealthBand.Excellent), (score.Score, score.Band));
        Assert.DoesNotContain(score.Checks, static c => c.Lost > 0);
        // Builds and working copies are not in these facts: they are left out, and said.
        Assert.Equal(100 - 22 - 3 - 2, score.KnownPoints);
        Assert.All(score.Checks.Where(static c => c.Points is null), static c => Assert.True(c.Unknown && c.Says.Length > 0));
    }

    [Fact]
    public void of_a_repository_of_which_nothing_is_known_there_is_no_score()
    {
        var score = HealthScore.Of(new HealthFacts(
            Heartwood, null, Now, null, new(), null, null, null, null, null, Exposed: false));

        Assert.Null(score.Score);
        Assert.Null(score.Band);
        Assert.Equal(0, score.KnownPoints);
        Assert.All(score.Checks, static c => Assert.True(c.Unknown));
    }

    [Fact]
    public void a_git_repository_without_radicle_is_not_asked_for_a_node()
    {
        var rid = Ids.Rid("plain");
        var score = HealthScore.Of(Well with
        {
            Rid = rid, Standing = new HealthEvent.Stood("plain", null, [], 0, ForcedHead: false, Now),
        });

        var radicle = score.Checks.Where(static c => c.Category == HealthCategory.Radicle).ToList();
        Assert.All(radicle, static c => Assert.True(c is { Points: null, Unknown: false }));
        Assert.Equal(100, score.Score);
    }

    [Fact]
    public void every_lost_point_says_what_wins_it_back()
    {
        var score = HealthScore.Of(Bad);

        var lost = score.Checks.Where(static c => c.Lost > 0).ToList();
        Assert.True(lost.Count >= 20, $"{lost.Count} checks lose points");
        Assert.All(lost, static c => Assert.False(string.IsNullOrEmpty(c.Fix), c.Check));
        Assert.Equal(HealthBand.Critical, score.Band);
        Assert.Equal("vulnerabilities-critical", score.TopFixes(3)[0].Check);
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(1, 4)]
    [InlineData(5, 0)]
    [InlineData(50, 0)]
    public void each_high_vulnerability_costs_a_point(int open, double points)
        => Assert.Equal(points, Check("vulnerabilities-high", Well with { Security = Clean with { High = open } }).Points);

    [Theory]
    [InlineData(1, 3)]
    [InlineData(36, 3)]
    [InlineData(37, 1)]
    [InlineData(8 * 24, 1)]
    [InlineData((8 * 24) + 1, 0)]
    public void a_scan_grows_old(int hours, double points)
        => Assert.Equal(points, Check("scans-fresh", Well with { Security = Clean with { LastScan = Now.AddHours(-hours) } }).Points);

    [Theory]
    [InlineData(2, 4, 4)]
    [InlineData(1, 2, 2)]
    [InlineData(0, 0, 0)]
    public void peers_and_replicas_follow_the_declared_number_of_seeds(int has, double peers, double replicas)
    {
        var facts = Well with { Standing = Standing(Node with { ConnectedPeers = has, Seeds = has, SeedsInSync = has }) };

        Assert.Equal((peers, replicas), (Check("peers", facts).Points, Check("replicas", facts).Points));
        var four = facts with { Policy = new() { Seeds = 4 } };
        Assert.Equal((has, (double)has), (Check("peers", four).Points, Check("replicas", four).Points));
    }

    [Theory]
    [InlineData(4, 4.0)]
    [InlineData(30, 2.0)]
    [InlineData(90, 0.0)]
    public void seeds_that_stay_behind_cost_more_with_time(int minutes, double points)
        => Assert.Equal(points, Check("seeds-in-sync", Well with
        {
            Standing = Standing(Node with { SeedsInSync = 1, BehindSince = Now.AddMinutes(-minutes) }),
        }).Points);

    [Fact]
    public void a_private_repository_that_others_can_read_is_never_better_than_49()
    {
        var score = HealthScore.Of(Well with { Exposed = true });

        Assert.Equal((49, HealthBand.Critical), (score.Score, score.Band));
        Assert.NotNull(score.Cap);
    }

    [Fact]
    public void what_was_seen_long_ago_is_not_known()
    {
        var facts = Well with { Now = Now.AddDays(4) };

        Assert.True(Check("replicas", facts) is { Points: null, Unknown: true });
        Assert.True(Check("no-stale-branches", facts) is { Points: null, Unknown: true });
    }

    [Fact]
    public void a_branch_is_stale_after_90_days_whenever_it_was_looked_at()
    {
        var facts = Well with { Standing = Standing(null, new LooseBranch("old", null, Now.AddDays(-89))) };

        Assert.Equal(2, Check("no-stale-branches", facts).Points);
        Assert.Equal(0, Check("no-stale-branches", facts with { Now = Now.AddDays(2) }).Points);
    }

    [Fact]
    public void coverage_has_the_limits_of_the_old_dashboards()
        => Assert.Equal([3, 3, 2, 1, 0, 0], ((double[])[100, 80, 79.9, 50, 49.9, 0])
            .Select(static c => (int)Check("coverage", Well with { Coverage = c }).Points!.Value));

    [Theory]
    [InlineData("a name; rm -rf /", false)]
    [InlineData("-x", false)]
    [InlineData("team_repo.2", true)]
    public void a_command_names_a_repository_only_by_what_a_shell_takes_as_one_word(string name, bool byName)
        => Assert.Equal(byName ? name : Heartwood.Value, (Well with { Name = name }).InCommands);

    [Fact]
    public void a_score_is_between_0_and_100_and_never_rises_when_something_gets_worse()
        => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), static seed =>
        {
            var random = new Random(seed);
            var (critical, high, todos, dead) = (random.Next(4), random.Next(10), random.Next(200), random.Next(6));
            var (seeds, coverage, readme) = (random.Next(5), 100 * random.NextDouble(), random.Next(2) == 0);
            var better = Of(critical, high, todos, dead, seeds, coverage, readme);
            Assert.InRange(better, 0, 100);
            Assert.True(Of(critical + 1, high, todos, dead, seeds, coverage, readme) <= better);
            Assert.True(Of(critical, high + 1, todos, dead, seeds, coverage, readme) <= better);
            Assert.True(Of(critical, high, todos + 50, dead, seeds, coverage, readme) <= better);
            Assert.True(Of(critical, high, todos, dead + 1, seeds, coverage, readme) <= better);
            Assert.True(Of(critical, high, todos, dead, seeds, coverage / 2, readme) <= better);
            Assert.True(Of(critical, high, todos, dead, seeds, coverage, false) <= better);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    private static int Of(int critical, int high, int todos, int dead, int seeds, double coverage, bool readme)
        => HealthScore.Of(Well with
        {
            Security = Clean with { Critical = critical, High = high }, Coverage = coverage,
            Survey = Survey(Tree with
            {
                Todos = todos, Documents = AllDocuments with { DeadLinks = dead, FirstDeadLink = "a.md:1", Readme = readme },
            }),
            Standing = Standing(Node with { Seeds = seeds, SeedsInSync = seeds }),
        }).Score!.Value;

    private static CheckScore Check(string name, HealthFacts facts) => Assert.Single(HealthScore.Of(facts).Checks, c => c.Check == name);

    private static readonly HealthFacts Bad = Well with
    {
        Security = new OpenFindings(2, 7, 1, 3, 4, null), Coverage = 12, Dependencies = Compared(majorBehind: 7),
        Survey = Survey(
            new TreeSurvey(
                9, 0, 100, 50, new DocumentSurvey(false, false, false, false, OwnersFileState.Broken, 2, 3, "a.md:2"),
                [new SizedPath("film.mp4", 80 << 20)], 1, new DependencySurvey(2, 0, "package.json")),
            new ObjectSurvey("missing blob 1234", null, [], Now)),
        Standing = new HealthEvent.Stood(
            "sample", Node with { ConnectedPeers = 0, Seeds = 1, SeedsInSync = 0, BehindSince = Now.AddDays(-1) },
            [new LooseBranch("old", null, Now.AddDays(-200))], 1, ForcedHead: true, Now),
    };
}
