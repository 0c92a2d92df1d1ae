using System.Net;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;

namespace Auxo.Console.Tests;

/// <summary>What the pages of health show of what metrics answers.</summary>
public sealed class HealthPagesTests
{
    private const string Report = $$$"""
        {"rid":"{{{FakeAuxo.Rid}}}","name":"heartwood","score":49,"band":"critical","cap":"it is private, and others can read it",
          "knownPoints":67,
         "categories":[{"category":"security","points":12.5,"max":25},{"category":"ci","points":null,"max":25}],
         "checks":[{"check":"secrets","category":"security","max":5,"points":0,"says":"1 secret <img src=x>",
          "fix":"auxo ci findings heartwood --check secrets","unknown":false},
                   {"check":"flaky","category":"ci","max":2,"points":null,
          "says":"nothing was built in 30 days","fix":null,"unknown":true}],
         "topFixes":[{"check":"secrets","category":"security","max":5,"points":0,"says":"1 secret <img src=x>",
          "fix":"auxo ci findings heartwood --check secrets","unknown":false}],
         "trend":[{"day":"2026-11-22","score":81},{"day":"2026-11-23","score":49}],
          "before":81,"asOf":"2026-11-23T12:00:00Z","replicas":2,"ruling":1}
        """;

    [Fact]
    public async Task a_repository_has_its_score_what_is_lost_and_what_wins_it_back()
    {
        await using var console = await ConsoleHost.StartAsync(
            static app => app.MapGet("/metrics/api/health/{rid}", static () => FakeAuxo.Json(Report)));

        var page = await console.PageAsync($"/health/{FakeAuxo.Rid}");

        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        var text = WebUtility.HtmlDecode(page);
        foreach (var said in (string[])[
            "✗</span> critical", "▼ 32 in 7 days", "No more than 49 while it is private", "auxo ci findings heartwood --check secrets",
            "+5",
            "12.5 of 25", "not known", "2026-11-22", "nothing was built in 30 days"])
            Assert.Contains(said, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_list_names_what_wins_most_of_each()
    {
        await using var console = await ConsoleHost.StartAsync(
            static app => app.MapGet("/metrics/api/health", static () => FakeAuxo.Page(Report)));

        var text = WebUtility.HtmlDecode(await console.PageAsync("/health"));

        Assert.Contains("heartwood", text, StringComparison.Ordinal);
        Assert.Contains("auxo ci findings heartwood --check secrets</code> wins 5", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task without_repositories_it_says_how_to_begin()
    {
        await using var console = await ConsoleHost.StartAsync(
            static app => app.MapGet("/metrics/api/health", static () => FakeAuxo.Page()));

        Assert.Contains("auxo repo track", await console.PageAsync("/health"), StringComparison.Ordinal);
    }
}
