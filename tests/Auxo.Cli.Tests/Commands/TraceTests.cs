using System.Text.Json;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Auxo.Cli.Tests.Commands;

public sealed class TraceTests
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string Other = "aaaaaaaa77b34da6a3ce929d0e0e4736";

    [Fact]
    public async Task the_parts_of_all_services_become_one_timeline()
    {
        await using var auxo = await FakeAuxo.StartAsync(static app => Map(app));

        var result = await auxo.RunAsync("trace", "1a2b");

        Assert.Equal("", result.Error);
        Assert.Equal(
            """
            patch 1a2b3c4  heartwood  Fix the handshake

            2026-11-23 11:58:00 +00:00, 2 min ago  trace 4bf92f3577b34da6a3ce929d0e0e4736
            11:58:00.000          ingest    ✓  revision 1a2b3c4 seen
            11:58:00.020          pipeline  ✓  build 3f2a1c7 planned
            11:58:00.120  +0.1 s  ingest    ·  webhook 'patch': a node event was first
            11:58:14.120  +14 s   pipeline  ✓  build 3f2a1c7 passed
            11:58:14.200  +0.1 s  metrics   ✓  counted
            11:58:14.300  +0.1 s  notify    ✓  team received it (204)
            11:58:14.400  +0.1 s  registry  ✓  1 file published

            ✓ all that began has ended 14 s from the first sight to the verdict

            """, result.Out, ignoreLineEndingDifferences: true);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains(auxo.Requests, static r => r.StartsWith($"GET /notify/timeline?trace={Trace}", StringComparison.Ordinal));
        Assert.Contains(auxo.Requests, static r => r
            .StartsWith($"GET /registry/timeline?build={FakeAuxo.BuildId}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_part_that_is_missing_is_named_and_the_rest_is_shown()
    {
        await using var auxo = await FakeAuxo.StartAsync(static app => Map(app, without: "notify"));

        var result = await auxo.RunAsync("trace", "1a2b");

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("notify    !  its part is missing: ", result.Out, StringComparison.Ordinal);
        Assert.Contains("registry  ✓  1 file published", result.Out, StringComparison.Ordinal);
        Assert.Contains("! the timeline is incomplete: notify did not answer", result.Out, StringComparison.Ordinal);
        var json = JsonDocument.Parse((await auxo.RunAsync("trace", "1a2b", "--json")).Out).RootElement;
        Assert.False(json.GetProperty("whole").GetBoolean());
        Assert.Equal("notify", json.GetProperty("missing")[0].GetProperty("service").GetString());
    }

    [Fact]
    public async Task what_failed_and_what_is_open_comes_with_the_next_command()
    {
        await using var auxo = await FakeAuxo.StartAsync(static app => Map(app, notify: Page(
            Line("11:58:15", "delivery_given_up", "team did not receive it: 410", state: "failed", next: "auxo notify replay msg_1"),
            Line("11:59:59", "delivery_waiting", "mail has not received it yet", state: "open", next: "auxo notify deliveries msg_2"))));

        var result = await auxo.RunAsync("trace", "1a2b");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("✗ 1 thing failed, 1 under way\n  next: auxo notify replay msg_1\n  next: auxo notify deliveries msg_2\n",
            result.Out, StringComparison.Ordinal);
        Assert.Contains("now                   notify    >  mail has not received it yet\n", result.Out, StringComparison.Ordinal);
        Assert.All(result.Out.Split('\n'), static line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public async Task every_push_is_a_section_and_entries_without_a_trace_follow_their_build()
    {
        await using var auxo = await FakeAuxo.StartAsync(static app => Map(app, ingest: Page(
            Line("11:58:00", "patch_revised", "revision 1a2b3c4 seen"),
            Line("11:59:00", "patch_merged", "merged as 8fabc1d", trace: Other))));

        var json = JsonDocument.Parse((await auxo.RunAsync("trace", "1a2b", "--json")).Out).RootElement;

        var chapters = json.GetProperty("chapters").EnumerateArray().ToList();
        Assert.Equal([Trace, Other], chapters.Select(static c => c.GetProperty("trace").GetString()));
        Assert.Equal(["patch_revised", "build_queued", "build_finished", "build_counted", "delivered", "artifacts_published"], chapters[0]
            .GetProperty("lines").EnumerateArray().Select(static l => l.GetProperty("what").GetString()));
        Assert.Contains(auxo.Requests, static r => r.Contains($"trace={Trace}&trace={Other}", StringComparison.Ordinal)
            && r.StartsWith("GET /notify/timeline", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1a", 2, "is no patch, build, commit, trace or repository")]
    [InlineData("hello", 2, "is no patch, build, commit, trace or repository")]
    [InlineData("dead", 1, "No patch, build, commit or trace that Auxo knows begins with 'dead'.")]
    [InlineData("7777", 2, "'7777' fits 2 things.")]
    public async Task what_is_unknown_or_ambiguous_is_said_with_what_to_do(string text, int code, string message)
    {
        await using var auxo = await FakeAuxo.StartAsync(static app => Map(app, morePatches:
        [
            Patch("7777000000000000000000000000000000000001", "One"),
            Patch("7777000000000000000000000000000000000002", "Two"),
        ]));

        var result = await auxo.RunAsync("trace", text);

        Assert.Equal(code, result.ExitCode);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        if (text == "7777") Assert.Contains(
            "patch  7777000000000000000000000000000000000002  heartwood", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Trace)]
    [InlineData("3f2a1c7")]
    [InlineData("8fabc1d8")]
    [InlineData("heartwood")]
    public async Task a_trace_a_build_a_commit_and_a_repository_have_timelines_too(string text)
    {
        await using var auxo = await FakeAuxo.StartAsync(static app => Map(app));

        var result = await auxo.RunAsync("trace", text);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("build 3f2a1c7 passed", result.Out, StringComparison.Ordinal);
        Assert.Contains("team received it (204)", result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8fabc1d8")]
    [InlineData("3f2a1c7")]
    public async Task a_build_of_the_same_look_is_no_part_of_another_commit(string text)
    {
        await using var auxo = await FakeAuxo.StartAsync(static app => Map(app, notify: Page(
            Line("11:58:14.250", "build_counted", "the neighbour's build", build: "00000000-0000-8000-8000-000000000001"))));

        var result = await auxo.RunAsync("trace", text);

        Assert.Contains("build 3f2a1c7 passed", result.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("neighbour", result.Out, StringComparison.Ordinal);
    }

    private static void Map(IEndpointRouteBuilder app, string? without = null, string? ingest = null,
        string? notify = null, string[]? morePatches = null)
    {
        app.MapGet("/ingest/repositories", () => FakeAuxo.Page(FakeAuxo.Repository));
        app.MapGet("/ingest/patches", () => FakeAuxo.Page([Patch(FakeAuxo.PatchId, "Fix the handshake"), .. morePatches ?? []]));
        app.MapGet("/pipeline/builds", () => FakeAuxo.Page(FakeAuxo.Build(more: $",\"traceId\":\"{Trace}\"")));
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
            app.MapGet($"/{service}/timeline", () => FakeAuxo.Json(page));
            app.MapGet($"/{service}/queues/messages", () => FakeAuxo.Page());
            app.MapGet($"/{service}/dead-letters", () => FakeAuxo.Page());
        }
    }

    private static string Page(params string[] lines) => $$"""{"items":[{{string.Join(',', lines)}}]}""";

    private static string Patch(string id, string title)
        => $$"""{"rid":"{{FakeAuxo.Rid}}","patchId":"{{id}}","title":"{{title}}","status":"open","revisions":[]}""";

    private static string Line(
        string at, string what, string text, string? trace = Trace, string? build = null, string state = "done", string? next = null)
        => JsonSerializer.Serialize(new { at = $"2026-11-23T{at}Z", what, state, text, trace, build, next });
}
