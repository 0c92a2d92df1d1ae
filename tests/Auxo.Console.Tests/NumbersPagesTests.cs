using System.Net;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Auxo.Console.Tests;

/// <summary>The pages of security, coverage, promises and alerts, from the answers that were recorded of the services.</summary>
public sealed class NumbersPagesTests
{
    private const string Hostile = "<img src=x onerror=alert(1)>";

    [Theory]
    [InlineData("/security", "open finding")]
    [InlineData("/security/" + FakeAuxo.Rid, "By owner")]
    [InlineData("/security/" + FakeAuxo.Rid, "100 - 25 x critical")]
    [InlineData("/security/" + FakeAuxo.Rid + "?days=7", "Over time")]
    [InlineData("/coverage", "changed lines 65 %")]
    [InlineData("/coverage/" + FakeAuxo.Rid, "81.2 % of 1000 lines")]
    [InlineData("/coverage/" + FakeAuxo.Rid, "By directory")]
    [InlineData("/alerts", "CISuccessRateLow")]
    [InlineData("/promises", "at most 30 s")]
    [InlineData("/promises", "at least 99 %")]
    [InlineData("/promises?days=7&asOf=2026-11-01", "too little was measured")]
    public async Task a_page_shows_what_the_services_answer(string address, string expected)
    {
        await using var console = await ConsoleHost.StartAsync(Replay);
        Assert.Contains(expected, WebUtility.HtmlDecode(await console.PageAsync(address)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task where_there_is_nothing_a_page_says_how_it_begins_and_what_strangers_wrote_stays_text()
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            Replay(app);
            app.MapGet("/metrics/api/coverage", static () => FakeAuxo.Page());
            app.MapGet("/pipeline/security/repositories", static () => FakeAuxo.Json("""{"items":[],"formula":"100 less"}"""));
            app.MapGet("/metrics/alerts", static () => FakeAuxo.Json($$"""
                {"items":[{"rule":"FindingsOverdue","severity":"warning","phase":"pending","since":"2026-11-01T00:00:00Z",
                "summary":"{{Hostile}}",
                "subject":"x","name":"x","rid":null,"runbook":"docs/alerts.md","isHeld":true,"toldAt":null}],"next":null}
                """));
        });
        Assert.Contains("No passed build of a default branch", await console.PageAsync("/coverage"), StringComparison.Ordinal);
        Assert.Contains("Nothing is tracked yet", await console.PageAsync("/security"), StringComparison.Ordinal);
        var alerts = await console.PageAsync("/alerts");
        Assert.DoesNotContain(Hostile, alerts, StringComparison.Ordinal);
        Assert.Contains("goes up and down", alerts, StringComparison.Ordinal);
        Assert.Contains("not for long enough yet", alerts, StringComparison.Ordinal);
    }

    /// <summary>What a test does not answer itself is answered as it was recorded.</summary>
    private static void Replay(IEndpointRouteBuilder app)
        => app.MapGet("/{service}/{**path}", static (string service, string path) => RecordedAnswers.Find(service, path) is { } recorded
            ? FakeAuxo.Json(recorded.ToJsonString())
            : Results.NotFound());
}
