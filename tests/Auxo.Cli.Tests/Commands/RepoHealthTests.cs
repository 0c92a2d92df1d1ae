using Auxo.Testing;

using Microsoft.AspNetCore.Builder;

namespace Auxo.Cli.Tests.Commands;

/// <summary><c>auxo repo health</c>: what it prints, and with which exit code it ends.</summary>
public sealed class RepoHealthTests
{
    [Fact]
    public async Task a_repository_shows_its_points_and_what_wins_lost_ones_back()
    {
        await using var auxo = await StartAsync(Report(78, "good"));

        var run = await auxo.RunAsync("repo", "health", "heartwood");

        Assert.Equal(0, run.ExitCode);
        foreach (var said in (string[])["78 of 100, Good", "▲ 4 in 7 days", "18.5 of 25", "+5", "1 secret",
            "auxo ci findings heartwood --check secrets", "not known: flaky (--verbose says why)", "of 67 points it is known"])
            Assert.Contains(said, run.Out, StringComparison.Ordinal);
        var verbose = await auxo.RunAsync("repo", "health", "heartwood", "--verbose");
        Assert.Contains("nothing was built in 30 days", verbose.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(92, "excellent", 0, "")]
    [InlineData(70, "good", 0, "")]
    [InlineData(69, "needs_attention", 1, "69 of 100")]
    [InlineData(12, "critical", 1, "12 of 100")]
    public async Task alert_is_silent_when_all_is_well_and_ends_with_1_when_not(int score, string band, int exit, string said)
    {
        await using var auxo = await StartAsync(Report(score, band));

        var run = await auxo.RunAsync("repo", "health", "heartwood", "--alert");

        Assert.Equal(exit, run.ExitCode);
        if (said.Length == 0) Assert.Equal("", run.Out);
        else Assert.Contains(said, run.Out, StringComparison.Ordinal);
        Assert.Equal(exit, (await auxo.RunAsync("repo", "health", "--alert")).ExitCode);
    }

    [Fact]
    public async Task all_repositories_are_a_table_and_json_is_what_the_service_says()
    {
        await using var auxo = await StartAsync(Report(78, "good"));

        var table = (await auxo.RunAsync("repo", "health")).Out;
        Assert.Contains("heartwood", table, StringComparison.Ordinal);
        Assert.Contains("1 secret", table, StringComparison.Ordinal);
        Assert.Contains("\"topFixes\"", (await auxo.RunAsync("repo", "health", "heartwood", "--json")).Out, StringComparison.Ordinal);
        Assert.Contains("\"items\"", (await auxo.RunAsync("repo", "health", "--json")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_past_is_of_one_repository()
    {
        await using var auxo = await StartAsync(Report(78, "good"));

        var run = await auxo.RunAsync("repo", "health", "--as-of", "2026-11-01");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("--as-of needs a repository", run.Error, StringComparison.Ordinal);
    }

    private static string Report(int score, string band) => $$$"""
        {"rid":"{{{FakeAuxo.Rid}}}","name":"heartwood","score":{{{score}}},"band":"{{{band}}}","cap":null,
          "knownPoints":67,
         "categories":[{"category":"security","points":18.5,"max":25},{"category":"ci","points":null,"max":25}],
         "checks":[{"check":"secrets","category":"security","max":5,"points":0,"says":"1 secret",
          "fix":"auxo ci findings heartwood --check secrets","unknown":false},
                   {"check":"flaky","category":"ci","max":2,"points":null,
          "says":"nothing was built in 30 days","fix":null,"unknown":true}],
         "topFixes":[{"check":"secrets","category":"security","max":5,"points":0,"says":"1 secret",
          "fix":"auxo ci findings heartwood --check secrets","unknown":false}],
         "trend":[{"day":"2026-11-22","score":{{{score}}}}],
          "before":{{{score - 4}}},"asOf":"2026-11-23T12:00:00Z","replicas":2,"ruling":1}
        """;

    private static Task<FakeAuxo> StartAsync(string report) => FakeAuxo.StartAsync(app =>
    {
        app.MapGet("/ingest/repositories", static () => FakeAuxo.Page(FakeAuxo.Repository));
        app.MapGet("/metrics/api/health", () => FakeAuxo.Page(report));
        app.MapGet("/metrics/api/health/{rid}", () => FakeAuxo.Json(report));
    });
}
