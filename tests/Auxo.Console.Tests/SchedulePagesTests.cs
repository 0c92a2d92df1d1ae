using System.Net;

using Auxo.Console.Schedules;
using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Auxo.Console.Tests;

/// <summary>Schedules: seen, switched, run.</summary>
public sealed class SchedulePagesTests
{
    internal const string Nightly = $$$"""
        {"rid":"{{{FakeAuxo.Rid}}}","repositoryName":"heartwood","name":"nightly","cron":"0 2 * * *","zone":"Europe/Berlin",
         "jitterSeconds":600,"catchUpSeconds":86400,"branch":"main","enabled":true,"disabledBy":null,"disabledAt":null,
         "nextAt":"2026-11-24T02:04:11+01:00","missed":2,"missedAt":"2026-11-20T01:00:00+00:00","isScan":false,"offBy":null,
         "idle":null,"idleAt":null,
         "lastBuild":{"id":"{{{FakeAuxo.BuildId}}}","shortId":"3f2a1c7","state":"finished","outcome":"failed",
                      "queuedAt":"2026-11-23T01:00:00+00:00"}}
        """;

    private const string Idle = $$$"""
        {"rid":"{{{FakeAuxo.Rid}}}","repositoryName":"heartwood","name":"dependency-scan","cron":"0 2 * * *","zone":"UTC",
         "jitterSeconds":1800,"catchUpSeconds":86400,"branch":"main","enabled":true,"disabledBy":null,"disabledAt":null,
         "nextAt":"2026-11-24T02:14:11+00:00","missed":0,"missedAt":null,"isScan":true,"offBy":null,
         "idle":"no lock files <b>","idleAt":"2026-11-23T02:00:00+00:00","lastBuild":null}
        """;

    private const string Off = $$$"""
        {"rid":"{{{FakeAuxo.Rid}}}","repositoryName":"heartwood","name":"audit","cron":"0 4 1 * *","zone":"UTC",
         "jitterSeconds":1800,"catchUpSeconds":604800,"branch":"main","enabled":false,"disabledBy":null,"disabledAt":null,
         "nextAt":null,"missed":0,"missedAt":null,"isScan":true,"offBy":"operator","idle":null,"idleAt":null,"lastBuild":null}
        """;

    private static readonly string OfOne = "/schedules/" + Uri.EscapeDataString(FakeAuxo.Rid);

    [Theory]
    [InlineData("0 2 * * *", "every day at 02:00")]
    [InlineData("@daily", "every day at 00:00")]
    [InlineData("5 3 * * 0", "every Sunday at 03:05")]
    [InlineData("0 3 * * 7", "every Sunday at 03:00")]
    [InlineData("30 18 * * 1-5", "Monday to Friday at 18:30")]
    [InlineData("0 4 1 * *", "on day 1 of every month at 04:00")]
    [InlineData("@hourly", "every hour")]
    [InlineData("20 * * * *", "every hour, 20 min past")]
    [InlineData("*/15 * * * *", "every 15 minutes")]
    [InlineData("* * * * *", "every minute")]
    // What is said wrongly is worse than what is not said.
    [InlineData("*/7 * * * *", "*/7 * * * *")]
    [InlineData("0 2 1 * 0", "0 2 1 * 0")]
    [InlineData("0 2,14 * * *", "0 2,14 * * *")]
    [InlineData("0 2 * 6 *", "0 2 * 6 *")]
    [InlineData("0 2 L * *", "0 2 L * *")]
    [InlineData("0 2 0 * *", "0 2 0 * *")]
    public void a_cron_is_said_in_words_where_they_are_exact(string cron, string words) => Assert.Equal(words, CronWords.Of(cron));

    [Theory]
    [InlineData("/schedules")]
    [InlineData("/schedules/" + FakeAuxo.Rid)]
    public async Task when_it_is_how_it_went_and_who_has_switched_it_off_is_shown(string path)
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        var page = WebUtility.HtmlDecode(await console.PageAsync(path));
        foreach (var words in (string[])["every day at 02:00", "or up to 10 min later, Europe/Berlin", "2026-11-24 02:04", "2 missed",
            $"href=\"/builds/{FakeAuxo.BuildId}\"", "on day 1 of every month at 04:00", "off by Auxo__Schedules__Off"])
            Assert.Contains(words, page, StringComparison.Ordinal);
        Assert.Contains("no lock files &lt;b&gt;", await console.PageAsync(path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("disable")]
    [InlineData("enable")]
    public async Task one_is_switched_and_the_page_comes_back(string verb)
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        using var answer = await console.SendAsync("/schedules", $"{OfOne}/nightly/{verb}", ("all", "yes"));
        Assert.Equal("/schedules", answer.Headers.Location!.ToString());
        using var ofOne = await console.SendAsync(OfOne, $"{OfOne}/nightly/{verb}");
        Assert.Equal(OfOne, ofOne.Headers.Location!.ToString());
        Assert.Equal(2, console.Services.Requests.Count(r => r == $"POST /pipeline/schedules/{FakeAuxo.Rid}/nightly/{verb}"));
    }

    [Fact]
    public async Task one_is_run_and_its_build_is_opened()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        using var answer = await console.SendAsync(OfOne, $"{OfOne}/nightly/run");
        Assert.Equal($"/builds/{FakeAuxo.BuildId}", answer.Headers.Location!.ToString());
    }

    [Fact]
    public async Task what_the_pipeline_refuses_is_said()
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            Map(app);
            app.MapPost("/pipeline/schedules/{rid}/{name}/run", static () => FakeAuxo.Problem(
                422, "schedule/nothing-to-look-at", "'audit' has nothing to look at: no lock files.")).WithOrder(-1);
        });
        using var answer = await console.SendAsync(OfOne, $"{OfOne}/audit/run");
        Assert.Contains("nothing to look at: no lock files.",
            WebUtility.HtmlDecode(await console.PageAsync(answer.Headers.Location!.ToString())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task who_may_only_read_has_no_buttons()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app), scopes: "\"pipeline:read\",\"ingest:read\"");
        var page = await console.PageAsync(OfOne);
        Assert.Contains("every day at 02:00", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Run now", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Disable", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("disable")]
    [InlineData("enable")]
    public async Task a_form_of_another_site_does_nothing(string verb)
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        using var answer = await console.ForgeAsync($"{OfOne}/nightly/{verb}");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.DoesNotContain(console.Services.Requests, static r => r.StartsWith("POST", StringComparison.Ordinal));
    }

    internal static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/pipeline/schedules", static () => FakeAuxo.Json($$"""{"items":[{{Nightly}},{{Idle}},{{Off}}]}"""));
        app.MapGet("/ingest/repositories/{rid}", static () => FakeAuxo.Json(FakeAuxo.Repository)).WithOrder(-1);
        app.MapPost("/pipeline/schedules/{rid}/{name}/run", static () => FakeAuxo.Json(FakeAuxo.Build("queued", null), 202));
        app.MapPost("/pipeline/schedules/{rid}/{name}/{verb}", static () => Results.NoContent());
    }
}
