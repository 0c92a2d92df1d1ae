using System.Net;
using System.Text.Json;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Auxo.Console.Tests;

/// <summary>A patch: what it changes, what was found and said there, and what is needed to be merged.</summary>
public sealed class PatchPageTests
{
    internal const string Path = $"/patches/{FakeAuxo.Rid}/{FakeAuxo.PatchId}";
    private const string Delegate = "did:key:z6MkvZwzYS8W1C7c4d1oRzWqUyZ7k3BmL9e8sQfG5dX2aHnT";
    private const string Second = "2b3c4d5e8e5a3cc9b1ddc5c7b5f4b0a9c1f2e3d4";
    private const string Hostile = "<img src=x>\u202Egnp.\u001b[31m";

    [Fact]
    public async Task the_difference_has_its_findings_at_their_lines_and_known_ones_are_folded()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        var page = WebUtility.HtmlDecode(await console.PageAsync(Path));
        Assert.Matches(
            "data-n=\"2\">\\s*let x = secret\\(\\);.*?no line feed</span>\\s*</div>\\s*<div class=\"remark bad\">.*?a secret in the source",
            page.ReplaceLineEndings(" "));
        Assert.Matches("<summary>1 known finding</summary>", page);
        Assert.Contains("lib.rs:77: ", page, StringComparison.Ordinal);
        Assert.Contains("the whole tree: ", page, StringComparison.Ordinal);
        Assert.Contains("too large", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_discussion_is_shown_and_what_auxo_wrote_is_folded()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        var page = WebUtility.HtmlDecode(await console.PageAsync(Path));
        Assert.Contains("Not like this", page, StringComparison.Ordinal);
        Assert.Contains($"<span>bob <code title=\"{Delegate}\">", page, StringComparison.Ordinal);
        Assert.Contains("✗</span> rejected", page, StringComparison.Ordinal);
        Assert.Contains("<summary>The verdict that Auxo wrote</summary>", page, StringComparison.Ordinal);
        Assert.Contains("A delegate rejected it", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_strangers_patch_says_what_follows_from_that_and_is_approved_here()
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            Map(app, "did:key:z6MkstrangerYS8W1C7c4d1oRzWqUyZ7k3BmL9e8sQfG5dX2a", FakeAuxo.Build("awaiting_approval", null));
            app.MapPost("/pipeline/builds/{id}/approve", static () => FakeAuxo.Json(FakeAuxo.Build("queued", null)));
        });
        var page = WebUtility.HtmlDecode(await console.PageAsync(Path));
        Assert.Contains("Its author is a stranger.", page, StringComparison.Ordinal);
        Assert.Contains("approved it. To let all of this author's run: <code>auxo repo trust", page, StringComparison.Ordinal);
        using var answer = await console.SendAsync(Path, $"/builds/{FakeAuxo.BuildId}/approve", ("back", Path));
        Assert.Equal(Path, answer.Headers.Location!.ToString());
    }

    [Theory]
    [InlineData("did:key:z6MkstrangerYS8W1C7c4d1oRzWqUyZ7k3BmL9e8sQfG5dX2a", false)]
    [InlineData(Delegate, true)]
    public async Task a_visitor_who_does_not_get_the_list_of_the_trusted_reads_of_delegates_only(string author, bool isDelegate)
    {
        await using var console = await ConsoleHost.StartAsync(app => Map(app, author), toVisitors: true);
        using var visitor = console.Visitor();
        var page = WebUtility.HtmlDecode(await visitor.GetStringAsync(Path));
        Assert.DoesNotContain("stranger.", page, StringComparison.Ordinal);
        Assert.Equal(isDelegate, page.Contains("Its author is a delegate.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task what_has_no_base_is_compared_with_the_empty_tree_by_its_whole_id()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app, diff: Diff("a", "b").Replace(
            "\"base\":\"7fabc1d8e5a3cc9b1ddc5c7b5f4b0a9c1f2e3d4c\"", "\"base\":null", StringComparison.Ordinal)));
        Assert.Contains(
            "git diff 4b825dc642cb6eb9a060e54bf8d69288fbee4904 ", WebUtility.HtmlDecode(await console.PageAsync(Path)),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("//evil.example/patches/")]
    [InlineData("https://evil.example/")]
    public async Task a_form_leads_to_no_other_site(string back)
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            Map(app);
            app.MapPost("/pipeline/builds/{id}/rerun", static () => FakeAuxo.Json(FakeAuxo.Build("queued", null)));
        });
        using var answer = await console.SendAsync(Path, $"/builds/{FakeAuxo.BuildId}/rerun", ("back", back));
        Assert.Equal($"/builds/{FakeAuxo.BuildId}", answer.Headers.Location!.ToString());
    }

    [Fact]
    public async Task a_revision_is_compared_with_the_one_before()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        Assert.Contains(
            $"{Path.Replace(":", "%3A", StringComparison.Ordinal)}?revision={Second}&from={FakeAuxo.PatchId}#changes",
            WebUtility.HtmlDecode(await console.PageAsync(Path)), StringComparison.Ordinal);
        await console.PageAsync($"{Path}?revision={Second}&from={FakeAuxo.PatchId}");
        Assert.Contains(console.Services.Requests, static r
            => r.EndsWith($"/revisions/{Second}/diff?from={FakeAuxo.PatchId}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_difference_that_cannot_be_read_leaves_the_rest_of_the_page()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app, diff: null));
        var page = WebUtility.HtmlDecode(await console.PageAsync(Path));
        Assert.Contains("git cannot compare", page, StringComparison.Ordinal);
        Assert.Contains("Fix the handshake", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task hostile_text_is_neither_markup_nor_hidden()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(
            app, diff: Diff(Hostile, Hostile), said: [Said("comment", Hostile)], title: Hostile));
        var page = await console.PageAsync(Path);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        var body = page[page.IndexOf("<h1", StringComparison.Ordinal)..];
        Assert.DoesNotContain("\u202E", WebUtility.HtmlDecode(body), StringComparison.Ordinal);
        Assert.Contains("U&#x2B;202E", body, StringComparison.Ordinal);
    }

    internal static void Map(
        IEndpointRouteBuilder app, string author = Delegate, string? build = null, string? diff = "", string[]? said = null,
        string title = "Fix the handshake")
    {
        var one = build ?? FakeAuxo.Build(outcome: "failed", more: Findings).Replace(
            $"\"revisionId\":\"{FakeAuxo.PatchId}\"", $"\"revisionId\":\"{Second}\"", StringComparison.Ordinal);
        if (build is not null) one = one.Replace(
            $"\"revisionId\":\"{FakeAuxo.PatchId}\"", $"\"revisionId\":\"{Second}\"", StringComparison.Ordinal);
        app.MapGet("/ingest/repositories", static () => FakeAuxo.Page(FakeAuxo.Repository));
        app.MapGet("/ingest/repositories/{rid}", static () => FakeAuxo.Json(FakeAuxo.Repository.Replace(
            "\"trackedAt\"", $"\"delegates\":[\"{Delegate}\"],\"trusted\":[],\"trackedAt\"", StringComparison.Ordinal)));
        app.MapGet("/ingest/patches", () => FakeAuxo.Page($$"""
            {"rid":"{{FakeAuxo.Rid}}","patchId":"{{FakeAuxo.PatchId}}","title":{{JsonSerializer.Serialize(title)}},
             "author":"{{author}}","status":"open",
             "revisions":[{"id":"{{FakeAuxo.PatchId}}","head":"7fabc1d8e5a3cc9b1ddc5c7b5f4b0a9c1f2e3d4c"},
               {"id":"{{Second}}","head":"{{FakeAuxo.Commit}}","author":"{{Delegate}}","authorAlias":"bob",
                "seenAt":"2026-11-23T11:58:00Z"}]}
            """));
        app.MapGet("/ingest/repositories/{rid}/refs", static () => FakeAuxo.Page());
        app.MapGet("/pipeline/builds", () => FakeAuxo.Page(build ?? FakeAuxo.Build(outcome: "failed").Replace(
            $"\"revisionId\":\"{FakeAuxo.PatchId}\"", $"\"revisionId\":\"{Second}\"", StringComparison.Ordinal)));
        app.MapGet("/pipeline/builds/{id}", () => FakeAuxo.Json(one));
        MapReview(app, diff, said);
    }

    internal static void MapReview(IEndpointRouteBuilder app, string? diff = "", string[]? said = null)
    {
        app.MapGet("/ingest/repositories/{rid}/patches/{patch}/revisions/{revision}/diff", () => diff is null
            ? FakeAuxo.Problem(409, "patch/unreadable", "git cannot compare the commits.")
            : FakeAuxo.Json(diff.Length == 0 ? Diff("src/main.rs", "let x = secret();") : diff));
        app.MapGet("/ingest/repositories/{rid}/patches/{patch}/discussion", () => FakeAuxo.Page(said ?? [
            Said("revision", "Makes the handshake robust.\n\nIt was not."),
            Said("comment", "failed: 1 finding", ",\"byAuxo\":true"),
            Said("review", "Not like this", ",\"verdict\":\"reject\"")]));
    }

    private const string Findings = """
        ,"newFindings":3,"knownFindings":1,"findings":[
          {"check":"secrets","rule":"token","severity":"high","path":"src/main.rs","line":2,
            "message":"a secret in the source","blocks":true,
            "known":false},
          {"check":"style","rule":"tabs","severity":"low","path":"src/main.rs","line":1,"message":"an old tab","blocks":false,"known":true},
          {"check":"style","rule":"long","severity":"low","path":"lib.rs","line":77,"message":"too long","blocks":false,"known":false},
          {"check":"size","rule":"tree","severity":"low","path":null,"line":null,"message":"too large","blocks":false,"known":false}]
        """;

    private static string Diff(string path, string line) => $$"""
        {"base":"7fabc1d8e5a3cc9b1ddc5c7b5f4b0a9c1f2e3d4c","head":"{{FakeAuxo.Commit}}","from":null,"fileCount":2,"files":[
          {"path":{{JsonSerializer.Serialize(path)}},"oldPath":null,"change":"modified","oldMode":"100644",
           "newMode":"100755","added":1,"removed":1,
           "omitted":null,"hunks":[{"section":"fn main()","lines":[
             {"old":1,"new":1,"text":"\tfn main() {","isCut":false,"endsOpen":false},
             {"old":2,"new":null,"text":"let x = 1; {{new string('x', 300)}}","isCut":true,"endsOpen":false},
             {"old":null,"new":2,"text":{{JsonSerializer.Serialize(line)}},"isCut":false,"endsOpen":true}]}]},
          {"path":"logo.png","oldPath":null,"change":"added","oldMode":null,"newMode":"100644","added":null,
           "removed":null,"omitted":"binary",
           "hunks":[]}]}
        """;

    private static string Said(string kind, string body, string more = "") => Merged($$"""
        {"kind":"{{kind}}","id":"{{Second}}","revision":"{{Second}}","author":"{{Delegate}}","at":"2026-11-23T12:00:00Z",
         "body":{{JsonSerializer.Serialize(body)}},"isCut":false,"isEdited":false,"verdict":null,"replyTo":null,"place":null,
         "isResolved":false,"byAuxo":false}
        """, more);

    /// <summary>The members that a test gives stand for those of the sample.</summary>
    private static string Merged(string json, string more)
    {
        var entry = System.Text.Json.Nodes.JsonNode.Parse(json)!.AsObject();
        foreach (var (name, value) in System.Text.Json.Nodes.JsonNode.Parse($"{{{more.TrimStart(',')}}}")!.AsObject())
            entry[name] = value?.DeepClone();
        return entry.ToJsonString();
    }
}
