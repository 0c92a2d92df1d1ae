using System.Net;
using System.Text.Json;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Auxo.Console.Tests;

/// <summary>The timeline over all services.</summary>
public sealed class TracePageTests
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string Patch = "/trace/patch/" + FakeAuxo.Rid + "/" + FakeAuxo.PatchId;

    [Theory]
    [InlineData(Patch)]
    [InlineData("/trace/" + Trace)]
    [InlineData("/trace/3f2a1c7")]
    [InlineData("/trace/heartwood")]
    public async Task the_parts_of_all_services_become_one_timeline(string path)
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        var page = WebUtility.HtmlDecode(await console.PageAsync(path));
        var texts = (string[])["revision 1a2b3c4 seen", "build 3f2a1c7 passed", "counted", "team received it", "1 file published"];
        var places = texts.Select(t => page.IndexOf(t, StringComparison.Ordinal)).ToList();
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
        Assert.Contains("All that began has ended, 14 s from the first sight to the verdict.", page, StringComparison.Ordinal);
        Assert.Contains("+14 s", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_part_that_is_missing_is_named_and_the_rest_is_shown()
    {
        await using var console = await ConsoleHost.StartAsync(
            static app => Map(app), settings: ("Auxo:Console:Services:notify", "http://127.0.0.1:1/"));
        var page = WebUtility.HtmlDecode(await console.PageAsync(Patch));
        Assert.Contains("The part of notify is missing:</strong> notify does not answer.", page, StringComparison.Ordinal);
        Assert.Contains("1 file published", page, StringComparison.Ordinal);
        Assert.Contains("<code>auxo status</code>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("All that began has ended", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_token_that_ends_meanwhile_is_no_missing_part()
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            Map(app, without: "notify");
            app.MapGet("/notify/timeline", static () => FakeAuxo.Problem(401, "access/unauthenticated", "no"));
        });
        using var visitor = await console.SignedInAsync();
        using var answer = await visitor.GetAsync(Patch);
        Assert.Equal("/login?ended=1", answer.Headers.Location!.PathAndQuery);
    }

    [Fact]
    public async Task a_whole_trace_id_is_asked_for_and_not_searched()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        await console.PageAsync("/trace/" + Trace);
        Assert.Contains(console.Services.Requests, static r => r.StartsWith("GET /pipeline/builds?", StringComparison.Ordinal)
            && r.Contains("trace=" + Trace, StringComparison.Ordinal));
        Assert.DoesNotContain(console.Services.Requests, static r => r.StartsWith("GET /ingest/patches", StringComparison.Ordinal));
    }

    [Fact]
    public async Task what_failed_and_what_is_open_comes_with_the_next_command()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app, notify: Page(
            Line("11:58:15", "delivery_given_up", "team did not receive it: 410", state: "failed", next: "auxo notify replay msg_1"),
            Line("11:59:59", "delivery_waiting", "mail has not received it yet", state: "open", next: "auxo notify deliveries msg_2"))));
        var page = WebUtility.HtmlDecode(await console.PageAsync(Patch));
        Assert.Contains("✗ 1 thing failed, 1 under way.", page, StringComparison.Ordinal);
        Assert.Contains("<code>auxo notify replay msg_1</code>", page, StringComparison.Ordinal);
        Assert.Contains("<code>auxo notify deliveries msg_2</code>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task several_things_that_fit_are_offered()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app, morePatches:
            [PatchOf("7777000000000000000000000000000000000001", "One"), PatchOf("7777000000000000000000000000000000000002", "Two")]));
        var page = WebUtility.HtmlDecode(await console.PageAsync("/trace/7777"));
        Assert.Contains("7777 fits 2 things", page, StringComparison.Ordinal);
        Assert.Contains(
            $"href=\"/trace/patch/{Uri.EscapeDataString(FakeAuxo.Rid)}/7777000000000000000000000000000000000002\"", page,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/trace/dead", 404, "No patch, build, commit or trace that Auxo knows begins with 'dead'.")]
    [InlineData("/trace/hello", 404, "is no patch, build, commit, trace or repository.")]
    [InlineData("/trace/patch/" + FakeAuxo.Rid + "/beef", 404, "'auxo status' shows the patches that Auxo has seen.")]
    public async Task what_is_unknown_is_said_with_what_to_do(string path, int status, string words)
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app, built: false));
        using var visitor = await console.SignedInAsync();
        using var answer = await visitor.GetAsync(path);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains(words, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_trace_of_which_nothing_is_known_says_so()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app, empty: true));
        Assert.Contains("No service knows anything of it.", await console.PageAsync("/trace/" + Trace), StringComparison.Ordinal);
    }

    [Fact]
    public async Task text_from_outside_is_never_markup()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(
            app, ingest: Page(Line("11:58:00", "patch_revised", "<img src=x>", next: "<img src=x>", state: "failed")),
            title: "<img src=x>"));
        var page = await console.PageAsync(Patch);
        Assert.Contains("&lt;img src=x&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_build_and_a_patch_lead_to_their_trace()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        Assert.Contains($"href=\"/trace/{Trace}\"", await console.PageAsync($"/builds/{FakeAuxo.BuildId}"), StringComparison.Ordinal);
        Assert.Contains(
            $"href=\"/trace/patch/{Uri.EscapeDataString(FakeAuxo.Rid)}/{FakeAuxo.PatchId}\"",
            await console.PageAsync($"/patches/{FakeAuxo.Rid}/{FakeAuxo.PatchId}"), StringComparison.Ordinal);
    }

    private static void Map(
        IEndpointRouteBuilder app, string? ingest = null, string? notify = null, string[]? morePatches = null,
        string title = "Fix the handshake", bool built = true, bool empty = false, string? without = null)
    {
        var build = FakeAuxo.Build(more: $",\"traceId\":\"{Trace}\"");
        app.MapGet("/ingest/repositories", () => FakeAuxo.Page(FakeAuxo.Repository));
        app.MapGet("/ingest/repositories/{rid}", () => FakeAuxo.Json(FakeAuxo.Repository));
        app.MapGet("/ingest/repositories/{rid}/refs", static () => FakeAuxo.Page());
        app.MapGet("/ingest/patches", () => FakeAuxo.Page([PatchOf(FakeAuxo.PatchId, title), .. morePatches ?? []]));
        app.MapGet("/pipeline/builds", () => empty || !built ? FakeAuxo.Page() : FakeAuxo.Page(build));
        app.MapGet("/pipeline/builds/{id}", () => FakeAuxo.Json(build));
        MapParts(app, ingest, notify, empty, without);
    }

    internal static void MapParts(
        IEndpointRouteBuilder app, string? ingest = null, string? notify = null, bool empty = false, string? without = null)
    {
        Part("ingest", ingest ?? Page(Line("11:58:00", "patch_revised", "revision 1a2b3c4 seen"),
            Line("11:58:00.120", "webhook_linked", "webhook 'patch': a node event was first", state: "note")));
        Part("pipeline", Page(Line("11:58:00.020", "build_queued", "build 3f2a1c7 planned", build: FakeAuxo.BuildId),
            Line("11:58:14.120", "build_finished", "build 3f2a1c7 passed", build: FakeAuxo.BuildId)));
        Part("notify", notify ?? Page(Line("11:58:14.300", "delivered", "team received it (204)")));
        Part("metrics", Page(Line("11:58:14.200", "build_counted", "counted", trace: null, build: FakeAuxo.BuildId)));
        Part("registry", Page(Line("11:58:14.400", "artifacts_published", "1 file published", build: FakeAuxo.BuildId)));

        void Part(string service, string page)
        {
            if (service == without) return;
            app.MapGet($"/{service}/timeline", () => empty ? FakeAuxo.Page() : FakeAuxo.Json(page));
            app.MapGet($"/{service}/queues/messages", () => FakeAuxo.Page());
            app.MapGet($"/{service}/dead-letters", () => FakeAuxo.Page());
        }
    }

    private static string Page(params string[] lines) => $$"""{"items":[{{string.Join(',', lines)}}]}""";

    private static string PatchOf(string id, string title)
        => $$"""{"rid":"{{FakeAuxo.Rid}}","patchId":"{{id}}","title":"{{title}}","status":"open","revisions":[]}""";

    private static string Line(
        string at, string what, string text, string? trace = Trace, string? build = null, string state = "done", string? next = null)
        => JsonSerializer.Serialize(new { at = $"2026-11-23T{at}Z", what, state, text, trace, build, next });
}
