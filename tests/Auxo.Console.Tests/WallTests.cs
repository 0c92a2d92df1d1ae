using Auxo.Api;
using Auxo.Console.Wall;
using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Auxo.Console.Tests;

/// <summary>The page for a screen on the wall.</summary>
public sealed class WallTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private static readonly Repository Repository = System.Text.Json.JsonSerializer.Deserialize<Repository>(
        FakeAuxo.Repository, ApiJson.Options)!;

    [Fact]
    public void a_branch_is_red_since_the_first_build_that_broke_and_one_that_runs_changes_nothing()
    {
        var tile = WallTile.Of(
            Repository,
            [Build("running", null, 0), Failed(10), Failed(20), Failed(30, "superseded"), Passed(40)], more: true);
        Assert.Equal(("failed", Noon.AddMinutes(-20), false), (tile.Word, tile.Turned!.FinishedAt, tile.Longer));
        Assert.True(tile.IsRed);
    }

    [Fact]
    public void a_branch_that_was_green_as_far_back_as_one_looks_says_so()
    {
        var tile = WallTile.Of(Repository, [Passed(10), Passed(20)], more: true);
        Assert.Equal(("passed", true), (tile.Word, tile.Longer));
    }

    [Fact]
    public void what_cannot_be_read_is_red_whatever_was_built_before()
        => Assert.True(WallTile.Of(Repository with { Problem = "it is gone" }, [Passed(10)], more: false).IsRed);

    [Fact]
    public void red_ones_come_first_the_newest_of_them_before_all()
    {
        var tiles = WallTile.Sort(
            [Tile("a", Passed(1)), Tile("b", Failed(30)), Tile("c", Failed(10)), WallTile.Of(Named("d"), [], more: false)]);
        Assert.Equal(["c", "b", "a", "d"], tiles.Select(static t => t.Repository.Name));
    }

    [Fact]
    public void how_far_a_build_is_is_told_by_the_median_of_those_that_passed()
    {
        var run = Assert.Single(RunningBuild.Of(
            [Build("running", null, 0) with { StartedAt = Noon.AddSeconds(-30) }, Passed(1, 40), Passed(2, 60), Failed(3)], Noon));
        Assert.Equal((30, 50, 0.6), (run.Elapsed, run.Usual, run.Part));
        Assert.Null(Assert.Single(RunningBuild.Of([Build("running", null, 0)], Noon)).Part);
    }

    [Fact]
    public async Task the_wall_shows_who_broke_it_and_nothing_to_press()
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            PagesTests.Map(app, FakeAuxo.Build(outcome: "failed"));
            MetricsPagesTests.MapMetrics(app, MetricsPagesTests.Evidence);
        });
        var page = await console.PageAsync("/wall");
        Assert.Contains("<title>1 red", page, StringComparison.Ordinal);
        Assert.Contains(">z6MkvZw</code>", page, StringComparison.Ordinal);
        Assert.Contains("1 per week", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<button", page, StringComparison.Ordinal);
        Assert.Contains("No tracked repository is called", await console.PageAsync("/wall?repo=other"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task green_branches_are_said_to_be_that_since_a_patch_may_be_red()
    {
        await using var console = await ConsoleHost.StartAsync(static app => PagesTests.Map(app, FakeAuxo.Build()));
        Assert.Contains("<title>Branches are green", await console.PageAsync("/wall"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task who_broke_it_is_called_as_he_calls_himself_in_his_patches()
    {
        const string author = "did:key:z6MkvZwzYS8W1C7c4d1oRzWqUyZ7k3BmL9e8sQfG5dX2aHnT";
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            app.MapGet("/ingest/patches", static () => FakeAuxo.Page($$"""
                {"rid":"{{FakeAuxo.Rid}}","patchId":"{{FakeAuxo.PatchId}}","title":"x","author":"{{author}}","status":"open",
                 "revisions":[{"id":"{{FakeAuxo.PatchId}}","head":"{{FakeAuxo.Commit}}","author":"{{author}}","authorAlias":"<i>bob",
                               "seenAt":"2026-11-23T11:58:00Z"}]}
                """)).Add(static route => ((RouteEndpointBuilder)route).Order = -1);
            PagesTests.Map(app, FakeAuxo.Build(outcome: "failed"));
        });
        var page = await console.PageAsync("/wall");
        const string called = "by &lt;i&gt;bob <code title=\"" + author + "\">z6MkvZw</code>";
        Assert.Contains("broken " + called, page, StringComparison.Ordinal);
        Assert.Contains(called, await console.PageAsync(
            $"/patches/{Uri.EscapeDataString(FakeAuxo.Rid)}/{FakeAuxo.PatchId}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_wall_without_numbers_still_has_its_verdicts()
    {
        await using var console = await ConsoleHost.StartAsync(static app => PagesTests.Map(app, FakeAuxo.Build(outcome: "failed")));
        Assert.Contains("<title>1 red", await console.PageAsync("/wall"), StringComparison.Ordinal);
    }

    private static Repository Named(string name) => Repository with { Name = name };

    private static WallTile Tile(string name, params IReadOnlyList<Build> builds) => WallTile.Of(Named(name), builds, more: false);

    private static Build Passed(int minutes, double seconds = 13)
        => Build("finished", "passed", minutes) with { DurationSeconds = seconds };

    private static Build Failed(int minutes, string outcome = "failed") => Build("finished", outcome, minutes);

    private static Build Build(string state, string? outcome, int minutes)
        => System.Text.Json.JsonSerializer.Deserialize<Build>(FakeAuxo.Build(state, outcome), ApiJson.Options)! with
        {
            Trigger = "branch", FinishedAt = state == "finished" ? Noon.AddMinutes(-minutes) : null,
        };
}
