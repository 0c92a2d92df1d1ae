using System.Net;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Auxo.Console.Tests;

/// <summary>What pages show of what the services answer.</summary>
public sealed class PagesTests
{
    private const string Hostile = "<img src=x onerror=alert(1)>";

    [Fact]
    public async Task the_overview_says_what_is_red()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app, FakeAuxo.Build(outcome: "failed")));
        var page = WebUtility.HtmlDecode(await console.PageAsync("/"));
        Assert.Contains("<title>1 red · Auxo</title>", page, StringComparison.Ordinal);
        Assert.Contains("✗</span> failed", page, StringComparison.Ordinal);
        Assert.Contains($"href=\"/builds/{FakeAuxo.BuildId}\">Fix the handshake</a>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_overview_shows_comments_that_wait_the_last_deployments_and_what_is_wrong_with_auxo()
    {
        await using var console = await ConsoleHost.StartAsync(
            static app =>
            {
                Map(app, FakeAuxo.Build());
                MetricsPagesTests.MapMetrics(app, MetricsPagesTests.Evidence);
                NodesPageTests.MapNode(app);
                app.MapGet("/registry/queues", () => FakeAuxo.Json(
                    """{"items":[{"queue":"registry","ready":0,"scheduled":0,"deadLetters":2,"oldestSeconds":null}]}"""));
            },
            settings: ("Auxo:Console:Services:notify", "http://127.0.0.1:1/"));
        var page = WebUtility.HtmlDecode(await console.PageAsync("/"));
        Assert.Contains("Comments that wait <span class=\"calm\">1</span>", page, StringComparison.Ordinal);
        Assert.Contains("the node is locked", page, StringComparison.Ordinal);
        Assert.Contains("Last deployments", page, StringComparison.Ordinal);
        Assert.Contains("<strong>registry</strong> 2 messages could not be handled", page, StringComparison.Ordinal);
        Assert.Contains("auxo queues dead-letters", page, StringComparison.Ordinal);
        Assert.Contains("<strong>notify</strong> notify does not answer", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_repository_says_its_numbers_and_its_settings_as_they_count()
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            Map(app, FakeAuxo.Build(more: """
                ,"steps":[{"step":"secrets","kind":"check","state":"finished","outcome":"passed","blocks":true,"durationSeconds":0.4,
                   "exitCode":null,"summary":null},
                  {"step":"test","kind":"command","state":"finished","outcome":"passed","blocks":true,"durationSeconds":1,
                   "exitCode":0,"summary":null}]
                """).Replace($"\"patchId\":\"{FakeAuxo.PatchId}\"", "\"patchId\":null", StringComparison.Ordinal)
                .Replace($"\"ref\":\"patches/{FakeAuxo.PatchId}\"", "\"ref\":\"master\"", StringComparison.Ordinal));
            MetricsPagesTests.MapMetrics(app, MetricsPagesTests.Evidence);
            app.MapGet("/pipeline/baselines/{rid}", static () => FakeAuxo.Json(
                $$"""
                {"rid":"{{FakeAuxo.Rid}}","takenAt":"2026-11-20T12:00:00Z","changedAt":null,"commit":null,"known":12,
                 "unmeasured":[],"counts":[],
                 "findings":[],"acceptances":[],"trend":[]}
                """));
        });
        var page = WebUtility.HtmlDecode(await console.PageAsync($"/repositories/{FakeAuxo.Rid}"));
        Assert.Contains("Median lead time", page, StringComparison.Ordinal);
        Assert.Contains("Builds that passed", page, StringComparison.Ordinal);
        Assert.Contains("found: 1 step (test)", page, StringComparison.Ordinal);
        Assert.Contains("shellcheck is off in the pipeline file", page, StringComparison.Ordinal);
        Assert.Contains("12 findings of the default branch are known", page, StringComparison.Ordinal);
        Assert.Contains("none: the steps of others wait for approval", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_repository_without_numbers_says_the_next_step()
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            app.MapGet("/ingest/repositories/{rid}", static () => FakeAuxo.Json(FakeAuxo.Repository));
            app.MapGet("/ingest/patches", static () => FakeAuxo.Page());
            app.MapGet("/ingest/repositories/{rid}/refs", static () => FakeAuxo.Page());
            app.MapGet("/pipeline/builds", static () => FakeAuxo.Page());
            app.MapGet("/pipeline/baselines/{rid}", static () => FakeAuxo.Json(
                $$"""
                {"rid":"{{FakeAuxo.Rid}}","takenAt":null,"changedAt":null,"commit":null,"known":0,"unmeasured":[],"counts":[],
                 "findings":[],"acceptances":[],"trend":[]}
                """));
        });
        var page = WebUtility.HtmlDecode(await console.PageAsync($"/repositories/{FakeAuxo.Rid}"));
        Assert.DoesNotContain("At a glance", page, StringComparison.Ordinal);
        Assert.Contains("was not built yet", page, StringComparison.Ordinal);
        Assert.Contains("none yet: the next build of master sets them", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_instance_that_follows_nothing_says_the_next_step()
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            app.MapGet("/ingest/repositories", static () => FakeAuxo.Page());
            app.MapGet("/pipeline/builds", static () => FakeAuxo.Page());
        });
        Assert.Contains("./auxo repo track rad:z…", await console.PageAsync("/"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/repositories/" + FakeAuxo.Rid)]
    [InlineData("/builds/" + FakeAuxo.BuildId)]
    [InlineData("/patches/" + FakeAuxo.Rid + "/" + FakeAuxo.PatchId)]
    [InlineData("/search?q=" + "%3Cimg")]
    public async Task text_from_outside_is_never_markup(string path)
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app, Wild(alone: false), Wild(alone: true)));
        var page = await console.PageAsync(path);
        Assert.Contains("&lt;img src=x onerror=alert(1)&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain(Hostile, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_service_that_is_away_is_named_and_the_page_says_what_to_do()
    {
        await using var console = await ConsoleHost.StartAsync(settings: ("Auxo:Console:Services:pipeline", "http://127.0.0.1:1/"));
        using var visitor = await console.SignedInAsync();
        using var answer = await visitor.GetAsync("/queue");
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Contains("pipeline does not answer. &#x27;./auxo status&#x27; shows what runs.",
            await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/wall")]
    [InlineData("/repositories/" + FakeAuxo.Rid)]
    public async Task a_service_that_hangs_is_named_and_the_rest_of_the_page_comes(string path)
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            Map(app, FakeAuxo.Build());
            app.MapGet("/metrics/{**path}", static async (HttpContext http) =>
            {
                var gone = new TaskCompletionSource();
                await using var stop = http.RequestAborted.Register(gone.SetResult);
                await gone.Task;
            });
        });
        var page = WebUtility.HtmlDecode(await console.PageAsync(path));
        Assert.Contains("The part of metrics is missing:</strong> metrics took the request but did not answer in time.", page,
            StringComparison.Ordinal);
        Assert.Contains("heartwood", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/builds/" + FakeAuxo.BuildId + "?line=abc", 400, "The address says line=abc, which is no number.")]
    [InlineData("/settings?all=x", 400, "The address says all=x")]
    [InlineData("/ask?at=/dora&slide=abc", 400, "slide")]
    [InlineData("/ask?at=/nowhere", 400, "These numbers are nowhere here.")]
    [InlineData("/dora/x", 400, "metrics does not understand what is asked for.")]
    [InlineData("/notifications?after=x", 404, "There is no such place.")]
    [InlineData("/downloads/raw/x/..%2f", 404, "There is no such thing")]
    public async Task an_address_that_cannot_be_read_is_a_page_that_says_so(string address, int status, string text)
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            app.MapGet("/metrics/{**path}", static () => Results.Json(new { title = "Bad Request", status = 400 }, statusCode: 400));
            app.MapGet("/notify/{**path}", static () => FakeAuxo.Problem(404, "page/unknown", "There is no such place."));
            Map(app, FakeAuxo.Build());
        });
        using var visitor = await console.SignedInAsync();
        visitor.DefaultRequestHeaders.Accept.ParseAdd("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
        using var answer = await visitor.GetAsync(address);
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        Assert.Equal((status, "text/html"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Contains(text, page, StringComparison.Ordinal);
        Assert.Contains("rel=\"stylesheet\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("A part of Auxo is missing", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_is_not_there_is_a_page_that_says_so()
    {
        await using var console = await ConsoleHost.StartAsync(static app => app.MapGet(
            "/pipeline/builds/{id}", static () => FakeAuxo.Problem(404, "build/not-found", "There is no such build.")));
        using var visitor = await console.SignedInAsync();
        using var answer = await visitor.GetAsync($"/builds/{FakeAuxo.BuildId}");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("There is no such build.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_a_token_may_not_see_is_not_shown()
    {
        await using var console = await ConsoleHost.StartAsync(
            static app => app.MapGet("/pipeline/builds/{id}", static () => FakeAuxo.Problem(
                403, "access/missing-scope", "You may not do that: your access lacks the scope 'pipeline:read'.")),
            scopes: "\"metrics:read\"");
        using var visitor = await console.SignedInAsync();
        using var answer = await visitor.GetAsync($"/builds/{FakeAuxo.BuildId}");
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("lacks the scope", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"pipeline:read\"", false)]
    [InlineData("\"pipeline:read\",\"pipeline:write\"", true)]
    [InlineData("\"admin\"", true)]
    public async Task a_button_is_there_for_whom_it_would_work(string scopes, bool there)
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app, FakeAuxo.Build()), scopes: scopes);
        Assert.Equal(there, (await console.PageAsync($"/builds/{FakeAuxo.BuildId}")).Contains("Run again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_page_that_is_not_there_says_so()
    {
        await using var console = await ConsoleHost.StartAsync();
        using var visitor = await console.SignedInAsync();
        using var answer = await visitor.GetAsync("/no/such/page");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("There is no such page", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_log_is_passed_on_by_range()
    {
        await using var console = await ConsoleHost.StartAsync(static app => app.MapGet(
            "/pipeline/builds/{id}/logs/{step}",
            static () => Results.Bytes("0123456789"u8.ToArray(), "text/plain; charset=utf-8", enableRangeProcessing: true)));
        using var visitor = await console.SignedInAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/builds/{FakeAuxo.BuildId}/logs/test");
        request.Headers.Range = new(null, 4);
        using var answer = await visitor.SendAsync(request);
        Assert.Equal((HttpStatusCode.PartialContent, "6789"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Equal("bytes 6-9/10", answer.Content.Headers.ContentRange!.ToString());
    }

    private const string Queue = $$"""
        {"items":[{"id":"{{FakeAuxo.BuildId}}","shortId":"3f2a1c7","rid":"{{FakeAuxo.Rid}}","repositoryName":"heartwood","ref":"main",
          "title":"<img src=x>","state":"waiting","position":1,"machine":null,"reason":"no machine has the labels arm64",
          "labels":["arm64"],"queuedAt":"2026-11-23T11:59:30Z","startsInSeconds":90}]}
        """;

    private const string Machines = """
        {"main":["linux"],"capacity":4,"items":[{"name":"gpu-1","state":"offline","labels":["gpu"],"reserved":false,"strangers":true,
          "capacity":2,"builds":[],"seenAt":"2026-11-23T11:00:00Z","sandbox":"bubblewrap","version":"0.1.0","changedBy":"admin",
          "changedAt":"2026-11-20T12:00:00Z"}]}
        """;

    [Fact]
    public async Task the_queue_says_why_a_build_waits_and_which_machines_there_are()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app, FakeAuxo.Build("queued", null)));
        var page = WebUtility.HtmlDecode(await console.PageAsync("/queue"));
        foreach (var part in (string[])["no machine has the labels arm64", "in 1 min 30 s", "gpu-1", "offline", "up to 4"])
            Assert.Contains(part, page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img src=x>", await console.PageAsync("/queue"), StringComparison.Ordinal);
    }

    internal static void Map(IEndpointRouteBuilder app, string build, string? details = null)
        => Map(app, () => build, () => details ?? build);

    internal static void Map(
        IEndpointRouteBuilder app, Func<string> build, Func<string> details, string repository = FakeAuxo.Repository)
    {
        app.MapGet("/ingest/repositories", () => FakeAuxo.Page(repository));
        app.MapGet("/ingest/repositories/{rid}", () => FakeAuxo.Json(repository));
        app.MapGet("/ingest/patches", static () => FakeAuxo.Page());
        app.MapGet("/ingest/repositories/{rid}/refs", static () => FakeAuxo.Page());
        app.MapGet("/ingest/diagnosis", static () => FakeAuxo.Page());
        app.MapGet("/pipeline/diagnosis", static () => FakeAuxo.Page());
        app.MapGet("/pipeline/queue", static () => FakeAuxo.Json(Queue));
        app.MapGet("/pipeline/runners", static () => FakeAuxo.Json(Machines));
        app.MapGet("/pipeline/builds", () => FakeAuxo.Page(build()));
        app.MapGet("/pipeline/builds/{id}", () => FakeAuxo.Json(details()));
    }

    private const string Findings = """
        ,"findings":[{"check":"secrets","rule":"x","severity":"high","path":"<img src=x onerror=alert(1)>","line":1,
          "message":"<img src=x onerror=alert(1)>","blocks":true}]
        """;

    /// <summary>A build whose every text is markup.</summary>
    private static string Wild(bool alone) => FakeAuxo.Build(outcome: "failed", more: $$"""
        ,"steps":[{"step":"<img src=x onerror=alert(1)>","kind":"command","state":"finished","outcome":"failed","blocks":true,
          "durationSeconds":1.5,"exitCode":1,"summary":"<img src=x onerror=alert(1)>"}]
        {{(alone ? Findings : "")}}
        """).Replace("Fix the handshake", Hostile, StringComparison.Ordinal);
}
