using System.Net;
using System.Text.Json.Nodes;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Auxo.Console.Tests;

/// <summary>What the pages of DORA and CI show of what metrics answers.</summary>
public sealed class MetricsPagesTests
{
    private const string Hostile = "<img src=x onerror=alert(1)>";

    [Theory]
    [InlineData("/dora")]
    [InlineData("/dora/" + FakeAuxo.Rid)]
    public async Task each_number_has_its_n_and_its_tier_and_an_unknown_one_its_reason(string path)
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        var page = WebUtility.HtmlDecode(await console.PageAsync(path));
        Assert.Contains("1 per week", page, StringComparison.Ordinal);
        Assert.Contains("✓</span> high", page, StringComparison.Ordinal);
        Assert.Contains("<strong>2 h</strong>", page, StringComparison.Ordinal);
        Assert.Contains("n 1", page, StringComparison.Ordinal);
        Assert.Contains("<strong>unknown</strong>", page, StringComparison.Ordinal);
        Assert.Contains("no failed deployment recovered in the window", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dora")]
    [InlineData("ci")]
    public async Task a_window_that_ends_with_a_day_is_said_to_go_to_that_day(string what)
    {
        await using var console = await ConsoleHost.StartAsync(app =>
        {
            PagesTests.Map(app, FakeAuxo.Build());
            app.MapGet($"/metrics/api/{what}/{{rid}}", () => FakeAuxo.Json(
                Report(what, "heartwood").Replace("\"to\":\"2026-11-23T12", "\"to\":\"2026-11-23T00", StringComparison.Ordinal)));
            app.MapGet("/metrics/api/dora/{rid}/evidence", static () => FakeAuxo.Json(Evidence));
        });
        Assert.Contains("2026-10-24 to 2026-11-22 (", await console.PageAsync($"/{what}/{FakeAuxo.Rid}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task each_mark_and_each_row_opens_its_evidence()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        var page = await console.PageAsync($"/dora/{FakeAuxo.Rid}");
        // The stack of deployments, the lead time of the change, and the row.
        Assert.Equal(3, page.Split($"href=\"/builds/{FakeAuxo.BuildId}\"").Length - 1);
        // A deployment that somebody reported is no build: what was built of its commit is found.
        Assert.Contains($"href=\"/search?q={FakeAuxo.Commit}\"", page, StringComparison.Ordinal);
        Assert.Contains("rect class=\"mark bad\"", page, StringComparison.Ordinal);
        Assert.Contains(">release 7</a>", page, StringComparison.Ordinal);
        Assert.Contains("other environment", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_tiers_are_drawn_behind_the_times_with_their_bounds()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        var page = await console.PageAsync($"/dora/{FakeAuxo.Rid}");
        Assert.Contains("<rect class=\"band elite\"", page, StringComparison.Ordinal);
        Assert.Contains("elite: under a day", page, StringComparison.Ordinal);
        Assert.Contains("high: under a day", page, StringComparison.Ordinal);
        Assert.Contains("<td data-of=\"low\">less</td>", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("at=/dora&days=7&asOf=&slide=0&slid=0", "/dora?days=7")]
    [InlineData("at=/ci&days=7&asOf=2026-03-01&slide=739676&slid=739676", "/ci?days=7&asOf=2026-03-01")]
    [InlineData("at=/ci&days=7&asOf=2026-03-01&slide=739677&slid=739676", "/ci?days=7&asOf=2026-03-03")]
    [InlineData("at=/ci/rad:z3&days=%26&asOf=", "/ci/rad:z3?days=%26")]
    public async Task a_form_leads_to_the_address_of_what_it_asks(string asked, string address)
    {
        await using var console = await ConsoleHost.StartAsync();
        using var visitor = await console.SignedInAsync();
        using var answer = await visitor.GetAsync("/ask?" + asked);
        Assert.Equal(address, answer.Headers.Location!.ToString());
    }

    [Theory]
    [InlineData("//evil.example/dora")]
    [InlineData("/settings")]
    public async Task a_form_leads_nowhere_else(string at)
    {
        await using var console = await ConsoleHost.StartAsync();
        using var visitor = await console.SignedInAsync();
        using var answer = await visitor.GetAsync("/ask?at=" + at);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task the_services_are_asked_as_of_the_day_that_was_chosen()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        await console.PageAsync($"/dora/{FakeAuxo.Rid}?days=7&asOf=2026-03-01");
        var asked = console.Services.Requests.Where(static r => r.Contains("/metrics/", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, asked.Count);
        Assert.All(asked, static r => Assert.Contains("days=7&asOf=2026-03-02T00", r, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("dora")]
    [InlineData("ci")]
    public async Task a_window_is_said_with_its_last_day(string what)
    {
        await using var console = await ConsoleHost.StartAsync(app =>
        {
            app.MapGet($"/metrics/api/{what}/{{rid}}", () => FakeAuxo.Json(
                Report(what, "heartwood").Replace("2026-11-23T12:00:00Z", "2026-11-21T00:00:00Z", StringComparison.Ordinal)));
            app.MapGet("/metrics/api/dora/{rid}/evidence", static () => FakeAuxo.Json(Evidence));
            app.MapGet("/pipeline/builds", static () => FakeAuxo.Page());
        });
        Assert.Contains("2026-10-24 to 2026-11-20", await console.PageAsync($"/{what}/{FakeAuxo.Rid}?asOf=2026-11-20"),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/dora")]
    [InlineData("/ci")]
    public async Task an_instance_without_numbers_says_how_they_begin(string path)
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            app.MapGet("/metrics/api/dora", static () => FakeAuxo.Page());
            app.MapGet("/metrics/api/ci", static () => FakeAuxo.Page());
        });
        Assert.Contains("./auxo repo track rad:z…", await console.PageAsync(path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_repository_without_deployments_has_words_instead_of_charts()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app, evidence: NoEvidence));
        var page = await console.PageAsync($"/dora/{FakeAuxo.Rid}");
        Assert.DoesNotContain("<rect", page, StringComparison.Ordinal);
        Assert.Contains("No deployment in this time.", page, StringComparison.Ordinal);
        Assert.Contains("None counts in this time.", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task builds_are_marks_that_open_them()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        var page = WebUtility.HtmlDecode(await console.PageAsync($"/ci/{FakeAuxo.Rid}"));
        Assert.Contains("1 of 1, target 70 %", page, StringComparison.Ordinal);
        Assert.Contains("p95 1 min", page, StringComparison.Ordinal);
        Assert.Contains("it did not turn from red to green in the window", page, StringComparison.Ordinal);
        Assert.Equal(3, page.Split($"href=\"/builds/{FakeAuxo.BuildId}\"").Length - 1);
        Assert.Contains("failed after 13 s: Fix the handshake", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_day_has_its_builds()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app, outcome: "passed"));
        var path = $"/ci/{FakeAuxo.Rid}?days=30";
        Assert.Contains("None in this time.", await console.PageAsync(path), StringComparison.Ordinal);
        Assert.Contains("class=\"main\" href=\"/builds/",
            await console.PageAsync(path + "&day=2026-11-23"), StringComparison.Ordinal);
        Assert.Contains("None ended on this day.", await console.PageAsync(path + "&day=2026-11-22"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task numbers_are_shown_to_a_token_that_may_not_see_builds()
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            MapMetrics(app, Evidence);
            app.MapGet("/pipeline/builds", static () => FakeAuxo.Problem(403, "access/missing-scope", "no"));
        });
        Assert.Contains("not for you", await console.PageAsync($"/ci/{FakeAuxo.Rid}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/dora")]
    [InlineData("/dora/" + FakeAuxo.Rid)]
    [InlineData("/dora?days=%3Cimg%20src=x%20onerror=alert(1)%3E")]
    [InlineData("/ci")]
    [InlineData("/ci/" + FakeAuxo.Rid)]
    public async Task text_from_outside_is_never_markup(string path)
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(
            app, name: Hostile, evidence: Evidence.Replace("Fix the handshake", Hostile, StringComparison.Ordinal)));
        var page = await console.PageAsync(path);
        Assert.Contains("&lt;img src=x onerror=alert(1)&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
    }

    internal static void Map(
        IEndpointRouteBuilder app, string? name = "heartwood", string outcome = "failed", string? evidence = null)
    {
        MapMetrics(app, evidence ?? Evidence, name);
        app.MapGet("/pipeline/builds", () => FakeAuxo.Page(FakeAuxo.Build(outcome: outcome)));
    }

    internal static void MapMetrics(IEndpointRouteBuilder app, string evidence, string? name = "heartwood")
    {
        foreach (var what in (string[])["dora", "ci"])
        {
            app.MapGet($"/metrics/api/{what}/{{rid}}", () => FakeAuxo.Json(Report(what, name)));
            app.MapGet($"/metrics/api/{what}", () => FakeAuxo.Page(Report(what, name)));
        }

        app.MapGet("/metrics/api/dora/{rid}/evidence", () => FakeAuxo.Json(evidence));
    }

    /// <summary>As metrics answered once, of a window that has the evidence in it.</summary>
    internal static string Report(string what, string? name)
    {
        var report = RecordedAnswers.Find("metrics", $"api/{what}/{FakeAuxo.Rid}")!;
        (report["rid"], report["name"]) = (FakeAuxo.Rid, name);
        (report["from"], report["to"]) = ("2026-10-24T12:00:00Z", "2026-11-23T12:00:00Z");
        if (what == "ci") report["steps"] = new JsonArray(Failed(name), Failed("test"));
        return report.ToJsonString();
    }

    private static JsonObject Failed(string? step) => new() { ["name"] = step, ["count"] = step == "test" ? 1 : 4 };

    private const string NoEvidence = """
        {"from":"2026-10-24T12:00:00Z","to":"2026-11-23T12:00:00Z","asOf":{"time":"2026-11-23T12:00:00Z","position":5},
         "deployments":[],"excluded":[],"changes":[],"untimed":[],"recoveries":[],"unattributed":[],"red":[],"truncated":false}
        """;

    internal const string Evidence = $$"""
        {"from":"2026-10-24T12:00:00Z","to":"2026-11-23T12:00:00Z","asOf":{"time":"2026-11-23T12:00:00Z","position":5},
         "deployments":[
          {"id":"{{FakeAuxo.BuildId}}","at":"2026-11-20T12:00:00Z","commit":"{{FakeAuxo.Commit}}","kind":"planned","byPolicy":true,
           "rework":false,"remediates":null,"failures":[]},
          {"id":"release 7","at":"2026-11-01T12:00:00Z","commit":"{{FakeAuxo.Commit}}","kind":"hotfix","byPolicy":false,
           "rework":true,"remediates":null,"failures":[{"id":"inc-7","title":"Down","startedAt":"2026-11-01T13:00:00Z",
           "openSince":null,"inferred":false,"recoveredBy":null}]}],
         "excluded":[{"id":"staging 1","at":"2026-11-02T12:00:00Z","reason":"otherEnvironment","live":null}],
         "changes":[{"id":"{{FakeAuxo.PatchId}}","title":"Fix the handshake","deployment":"{{FakeAuxo.BuildId}}",
           "deployedAt":"2026-11-20T12:00:00Z","leadTimeSeconds":7200,"codingSeconds":600,"reviewSeconds":3000,"deploySeconds":3600,
           "longLived":false}],
         "untimed":[{"id":"{{FakeAuxo.PatchId}}","deployedAt":"2026-11-02T12:00:00Z","deployment":"x","reason":"clockSkew"}],
         "recoveries":[{"deployment":"release 7","failedAt":"2026-11-01T13:00:00Z","recoveredAt":"2026-11-01T14:00:00Z",
           "recoverySeconds":3600,"exposureSeconds":7200,"open":false,"failures":[{"id":"inc-7","title":"Down",
           "startedAt":"2026-11-01T13:00:00Z","openSince":null,"inferred":false,"recoveredBy":null}]}],
         "unattributed":[{"id":"inc-8","title":"Slow","startedAt":"2026-11-05T13:00:00Z","openSince":"2026-11-05T13:00:00Z",
           "inferred":true,"recoveredBy":null}],
         "red":[],"truncated":false}
        """;
}
