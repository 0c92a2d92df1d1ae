using System.Net;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Auxo.Console.Tests;

/// <summary>The Radicle node beside Auxo, what is wrong with it, and the comments.</summary>
public sealed class NodesPageTests
{
    private const string Hostile = "<img src=x>";

    [Fact]
    public async Task the_node_its_diagnosis_and_the_comments_are_shown()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        var page = WebUtility.HtmlDecode(await console.PageAsync("/nodes"));
        Assert.Contains("✓</span> connected", page, StringComparison.Ordinal);
        Assert.Contains("seed-1", page, StringComparison.Ordinal);
        Assert.Contains("✗</span> trouble", page, StringComparison.Ordinal);
        Assert.Contains("the program rad is not on PATH", page, StringComparison.Ordinal);
        Assert.Contains("→ <code>put its folder on PATH</code>", page, StringComparison.Ordinal);
        Assert.Contains("✗</span> dropped", page, StringComparison.Ordinal);
        Assert.Contains("the patch was archived", page, StringComparison.Ordinal);
        Assert.Contains("✓</span> posted", page, StringComparison.Ordinal);
        Assert.Contains($"href=\"/builds/{FakeAuxo.BuildId}\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_node_that_is_down_says_what_to_do()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(
            app, Node("down", "null", "\"The Radicle node is not running. Start it with `rad node start`.\"")));
        var page = WebUtility.HtmlDecode(await console.PageAsync("/nodes"));
        Assert.Contains("✗</span> down", page, StringComparison.Ordinal);
        Assert.Contains("rad node start", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task where_there_is_nothing_the_page_says_the_next_command()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(
            app, Node("absent", "null", "\"There is no Radicle profile.\""), [], []));
        var page = WebUtility.HtmlDecode(await console.PageAsync("/nodes"));
        Assert.Contains("No node on this machine", page, StringComparison.Ordinal);
        Assert.Contains("<code>auxo doctor</code>", page, StringComparison.Ordinal);
        Assert.Contains("auxo repo track rad:z…", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task text_from_outside_is_never_markup()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(
            app, Node("connected", $"\"{Hostile}\"", $"\"{Hostile}\""), [Found(Hostile)], [Comment("dropped", $"\"{Hostile}\"")]));
        var page = await console.PageAsync("/nodes");
        Assert.Contains("&lt;img src=x&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
    }

    private static void Map(IEndpointRouteBuilder app, string? node = null, string[]? found = null, string[]? comments = null)
    {
        MapNode(app, node, comments);
        app.MapGet("/ingest/diagnosis", () => FakeAuxo.Page(found ?? [Found("the program rad is not on PATH")]));
    }

    internal static void MapNode(IEndpointRouteBuilder app, string? node = null, string[]? comments = null)
    {
        app.MapGet("/ingest/node", () => FakeAuxo.Json(node ?? Node()));
        app.MapGet("/ingest/outbox", () => FakeAuxo.Page(comments ?? [
            Comment("waiting", "\"the node is locked\""), Comment("dropped", "\"the patch was archived\""), Comment("posted")]));
    }

    private static string Node(string state = "connected", string alias = "\"seed-1\"", string reason = "null") => $$"""
        {"state":"{{state}}","home":"/home/auxo/.radicle","nid":"z6MkvZwzYS8W1C7c4d1oRzWqUyZ7k3BmL9e8sQfG5dX2aHnT","alias":{{alias}},
         "socket":"/home/auxo/.radicle/node/control.sock","since":"2026-11-23T12:00:00Z","reason":{{reason}}}
        """;

    private static string Found(string text)
        => $$"""{"name":"rad","state":"trouble","text":"{{text}}","next":"put its folder on PATH"}""";

    private static string Comment(string state, string reason = "null") => $$"""
        {"key":"{{FakeAuxo.BuildId}}","rid":"{{FakeAuxo.Rid}}","patchId":"{{FakeAuxo.PatchId}}","buildId":"{{FakeAuxo.BuildId}}","seq":1,
         "state":"{{state}}","reason":{{reason}},"attempts":0,"commentId":null,"updatedAt":"2026-11-23T12:00:00Z","traceId":null}
        """;
}
