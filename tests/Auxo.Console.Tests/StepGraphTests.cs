using Auxo.Api;
using Auxo.Console.Builds;

namespace Auxo.Console.Tests;

/// <summary>How steps follow each other, and for which of them a build waited.</summary>
public sealed class StepGraphTests
{
    [Fact]
    public void commands_follow_each_other_and_checks_run_beside_them()
    {
        var graph = StepGraph.Of([Check("secrets", 3), Check("links", 9), Command("build", 4), Command("test", 6)]);
        Assert.Equal(["secrets", "links"], graph.Checks.Select(static n => n.Words));
        Assert.Equal(["build", "test"], Critical(graph));
        Assert.DoesNotContain(graph.Checks, static n => n.IsCritical);
        Assert.Equal((10, "test"), (graph.CriticalSeconds, graph.Slowest!.Step));
    }

    [Fact]
    public void a_check_that_takes_longest_is_what_the_build_waited_for()
    {
        var graph = StepGraph.Of([Check("secrets", 11), Command("build", 4), Command("test", 6)]);
        Assert.True(graph.Checks[0].IsCritical);
        Assert.DoesNotContain(graph.Commands.SelectMany(static n => n), static n => n.IsCritical);
    }

    [Fact]
    public void what_need_not_wait_for_each_other_stands_side_by_side()
    {
        var graph = StepGraph.Of([
            Command("pack", 1) with { Needs = ["unit", "lint"] }, Command("build", 4) with { Needs = [] },
            Command("unit", 6) with { Needs = ["build"] }, Command("lint", 2) with { Needs = [] },
        ]);
        Assert.Equal(
            ["build lint", "unit", "pack"], graph.Commands.Select(static column => string.Join(' ', column.Select(static n => n.Words))));
        Assert.Equal((11, "unit"), (graph.CriticalSeconds, graph.Slowest!.Step));
        Assert.Equal(["build", "unit", "pack"], Critical(graph));
    }

    [Fact]
    public void before_anything_has_ended_nothing_is_critical()
    {
        var graph = StepGraph.Of([Check("secrets", null), Command("build", null)]);
        Assert.Null(graph.Slowest);
        Assert.DoesNotContain(graph.Checks.Concat(graph.Commands.SelectMany(static n => n)), static n => n.IsCritical);
    }

    [Fact]
    public void a_step_that_runs_has_taken_the_time_until_now_and_one_that_was_cancelled_the_time_until_the_end()
    {
        var begin = new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
        Build Build(DateTimeOffset? end, params BuildStep[] steps) => new()
        {
            Id = "1", Rid = "rad:z3", RepositoryName = "demo", Ref = "x", Trigger = "branch", Commit = "1", Title = "x",
            QueuedAt = begin, StartedAt = begin, FinishedAt = end, State = end is null ? "running" : "finished", Steps = steps,
        };
        var slow = Command("slow", null) with { StartedAt = begin.AddSeconds(2) };
        var running = StepTimes.Of(Build(null, Check("shellcheck", 1), slow), begin.AddSeconds(30));
        Assert.Equal([1, 28], running.Select(static s => s.DurationSeconds));
        var ended = slow with { State = "finished", Outcome = "cancelled", DurationSeconds = 0 };
        var never = Command("never", 0) with { Outcome = "cancelled" };
        var steps = StepTimes.Of(Build(begin.AddSeconds(42), Check("shellcheck", 1), ended, never), begin.AddDays(1));
        Assert.Equal([1, 40, 0], steps.Select(static s => s.DurationSeconds));
        Assert.Equal((40, "slow"), (StepGraph.Of(steps).CriticalSeconds, StepGraph.Of(steps).Slowest!.Step));
    }

    [Fact]
    public void of_five_hundred_steps_those_that_stand_alike_are_one_place_and_the_red_one_stays_alone()
    {
        var graph = StepGraph.Of([.. Enumerable.Range(1, 500).Select(static i => i switch
        {
            < 300 => Command($"s{i}", 2), 300 => Command("s300", 5) with { Outcome = "failed" },
            _ => Command($"s{i}", 0) with { Outcome = "skipped" },
        })]);
        Assert.Equal(["299 steps", "s300", "200 steps"], graph.Commands.Select(static n => n.Single().Words));
        Assert.Equal((603, 598), (graph.CriticalSeconds, graph.Commands[0][0].Seconds));
    }

    [Fact]
    public void no_chain_takes_longer_than_the_critical_path()
    {
        var random = new Random(12);
        for (var round = 0; round < 300; round++)
        {
            var count = random.Next(1, 9);
            var seconds = Enumerable.Range(0, count).Select(_ => (double)random.Next(0, 5)).ToList();
            var after = Enumerable.Range(0, count)
                .Select(i => (IReadOnlyList<int>)[.. Enumerable.Range(0, i).Where(_ => random.Next(3) == 0)]).ToList();
            var path = CriticalPath.Of(seconds, after);
            for (var i = 1; i < path.Count; i++) Assert.Contains(path[i - 1], after[path[i]]);
            Assert.Equal(Enumerable.Range(0, count).Max(Longest), path.Sum(i => seconds[i]));

            double Longest(int step) => seconds[step] + after[step].Select(Longest).DefaultIfEmpty().Max();
        }

        Assert.Empty(CriticalPath.Of([], []));
    }

    private static IEnumerable<string> Critical(StepGraph graph)
        => graph.Commands.SelectMany(static n => n).Where(static n => n.IsCritical).Select(static n => n.Words);

    private static BuildStep Check(string name, double? seconds) => Step(name, "check", seconds);

    private static BuildStep Command(string name, double? seconds) => Step(name, "command", seconds);

    private static BuildStep Step(string name, string kind, double? seconds)
        => new(name, kind, seconds is null ? "running" : "finished", seconds is null ? null : "passed", true, seconds, null, null);
}
