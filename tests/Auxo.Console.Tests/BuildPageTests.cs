using System.Net;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Auxo.Console.Tests;

/// <summary>Why a build is red, on its page.</summary>
public sealed class BuildPageTests
{
    private const string Red = """
        ,"steps":[{"step":"secrets","kind":"check","state":"finished","outcome":"failed","blocks":true,"durationSeconds":0.4,
            "exitCode":null,"summary":"1 finding"},
          {"step":"build","kind":"command","state":"finished","outcome":"passed","blocks":true,"durationSeconds":4,
            "exitCode":0,"summary":null},
          {"step":"test","kind":"command","state":"finished","outcome":"failed","blocks":true,"durationSeconds":8,
            "exitCode":2,"summary":null}],
        "findings":[{"check":"secrets","rule":"aws","severity":"high","path":"src/a.cs","line":7,"message":"A key of AWS","blocks":true},
          {"check":"links","rule":"dead","severity":"low","path":"README.md","line":3,"message":"A dead link","blocks":false}]
        """;

    [Fact]
    public async Task what_blocks_comes_first_with_its_place_and_the_log_opens_where_it_says_why()
    {
        var log = new FakeLog { Outline = """{"groups":[],"firstError":250}""" }
            .Print(Enumerable.Range(1, 1000).Select(static i => i == 250 ? "error: expected 4, got 5" : $"line {i}")).End();
        await using var console = await ConsoleHost.StartAsync(app =>
        {
            PagesTests.Map(app, FakeAuxo.Build(outcome: "failed", more: Red));
            log.Map(app);
        });
        var page = WebUtility.HtmlDecode(await console.PageAsync($"/builds/{FakeAuxo.BuildId}"));
        var why = Between(page, "<section class=\"blocks\"", "</section>");
        Assert.Contains($"href=\"/builds/{FakeAuxo.BuildId}?step=test&line=250#L250\">test</a>", why, StringComparison.Ordinal);
        Assert.Contains("error: expected 4, got 5\nline 251", why, StringComparison.Ordinal);
        Assert.Contains("exit code 2", why, StringComparison.Ordinal);
        Assert.Contains("<code>src/a.cs:7</code>", why, StringComparison.Ordinal);
        Assert.DoesNotContain("A dead link", why, StringComparison.Ordinal);
        Assert.Contains("1 warning", page, StringComparison.Ordinal);
        Assert.Contains("Log of test", page, StringComparison.Ordinal);
        Assert.Contains("critical path 12 s of 13 s", page, StringComparison.Ordinal);

        var opened = await console.PageAsync($"/builds/{FakeAuxo.BuildId}?step=test");
        Assert.Contains("<div id=\"L250\" data-n=\"250\" class=\"marked\">", opened, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none: on the host", true)]
    [InlineData("bubblewrap 0.8.0", false)]
    public async Task what_steps_took_is_shown_and_that_nothing_held_them_in(string sandbox, bool isUnsafe)
    {
        const string steps = """
            ,"steps":[{"step":"test","kind":"command","state":"finished","outcome":"passed","blocks":true,"durationSeconds":8,"exitCode":0,
                "summary":null,"usage":{"processorSeconds":12.34,"peakMemoryBytes":310000000,"readBytes":0,"writtenBytes":4200000}}]
            """;
        await using var console = await ConsoleHost.StartAsync(app =>
            PagesTests.Map(app, FakeAuxo.Build(more: $"{steps},\"sandbox\":\"{sandbox}\"")));
        var page = WebUtility.HtmlDecode(await console.PageAsync($"/builds/{FakeAuxo.BuildId}"));
        Assert.Contains("<span>processor 12.34 s, memory 295.6 MiB, 4 MiB written</span>", page, StringComparison.Ordinal);
        Assert.Equal(isUnsafe, page.Contains("unsafe: its steps had no sandbox", StringComparison.Ordinal));
    }

    [Fact]
    public async Task tests_and_coverage_have_a_section_each()
    {
        const string reports = """
            ,"tests":[{"step":"unit","total":4,"passed":1,"failed":2,"skipped":1,"flakyCount":1,"flaky":["wavers"],"failures":[
                {"name":"adds <b>","message":"no book","path":"src/a.js","isNew":true,"key":"a"},
                {"name":"old","message":"","path":null,"isNew":false,"key":"o"}]}],
            "coverage":[{"step":"unit","unit":"lines","lines":{"covered":812,"total":1000},"branches":{"covered":1,"total":2},
                "changed":{"covered":64,"total":100},"before":{"covered":809,"total":1000},
                "files":[{"path":"src/a.js","lines":{"covered":1,"total":3},"missed":[4,5]}],"fileCount":3},
              {"step":"web","unit":"lines","lines":{"covered":0,"total":0},"branches":{"covered":0,"total":0},"files":[],"fileCount":0}]
            """;
        await using var console = await ConsoleHost.StartAsync(app => PagesTests.Map(app, FakeAuxo.Build(more: reports)));
        var page = await console.PageAsync($"/builds/{FakeAuxo.BuildId}");
        var tests = WebUtility.HtmlDecode(Between(page, "<section aria-label=\"Tests\"", "</section>"));
        Assert.Contains("1 passed, 2 failed, 1 skipped, 1 flaky", tests, StringComparison.Ordinal);
        Assert.Contains("no book", tests, StringComparison.Ordinal);
        Assert.Contains("adds &lt;b&gt;", page, StringComparison.Ordinal);
        var coverage = WebUtility.HtmlDecode(Between(page, "<section aria-label=\"Coverage\"", "</section>"));
        Assert.Contains("81.2 % (+0.3), changed lines 64 %", coverage, StringComparison.Ordinal);
        Assert.Contains("branches 50 %", coverage, StringComparison.Ordinal);
        Assert.Contains("changed and not run: 4, 5", coverage, StringComparison.Ordinal);
        Assert.Contains("and 2 more files", coverage, StringComparison.Ordinal);
        Assert.Contains("none was reported", coverage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task who_approved_it_is_said_and_a_long_title_is_kept_whole_where_it_is_cut()
    {
        var title = string.Join(' ', Enumerable.Repeat("long", 150));
        await using var console = await ConsoleHost.StartAsync(app => PagesTests.Map(
            app, FakeAuxo.Build().Replace("Fix the handshake", title, StringComparison.Ordinal),
            FakeAuxo.Build(more: ",\"approvedBy\":\"bob\"").Replace("Fix the handshake", title, StringComparison.Ordinal)));
        var page = await console.PageAsync($"/builds/{FakeAuxo.BuildId}");
        Assert.Contains("<span>approved by bob</span>", page, StringComparison.Ordinal);
        Assert.Contains($"<h1 title=\"{title}\">", page, StringComparison.Ordinal);
        Assert.Contains($"<a title=\"{title}\" class=\"main\"", await console.PageAsync("/"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("finished", "passed", "✓", "passed")]
    [InlineData("finished", "failed", "✗", "failed")]
    [InlineData("running", null, "›", "running")]
    [InlineData("awaiting_approval", null, "!", "waiting")]
    public async Task the_tab_says_how_the_build_stands(string state, string? outcome, string sign, string icon)
    {
        await using var console = await ConsoleHost.StartAsync(app => PagesTests.Map(app, FakeAuxo.Build(state, outcome)));
        var page = WebUtility.HtmlDecode(await console.PageAsync($"/builds/{FakeAuxo.BuildId}"));
        Assert.Contains($"<title>{sign} Fix the handshake · heartwood · Auxo</title>", page, StringComparison.Ordinal);
        Assert.Contains($"href=\"favicon-{icon}", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("passed")]
    [InlineData("failed")]
    public async Task a_file_that_was_kept_is_fetched_from_the_page_whatever_the_verdict(string outcome)
    {
        await using var console = await ConsoleHost.StartAsync(app =>
        {
            PagesTests.Map(app, FakeAuxo.Build(outcome: outcome, more: $$"""
                ,"artifacts":[{"name":"out/a b.txt","mediaType":"text/plain","digest":"sha256:00","sizeBytes":2}]
                """));
            app.MapGet("/pipeline/builds/{id}/artifacts/{**name}", static (string name) => Results.Text(name));
        });
        var url = $"/downloads/builds/{FakeAuxo.BuildId}/artifacts/out/a%20b.txt";
        Assert.Contains($"href=\"{url}\" download>out/a b.txt</a>", await console.PageAsync($"/builds/{FakeAuxo.BuildId}"),
            StringComparison.Ordinal);
        using var visitor = await console.SignedInAsync();
        using var answer = await visitor.GetAsync(url);
        Assert.Equal("out/a b.txt", await answer.Content.ReadAsStringAsync());
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
    }

    [Fact]
    public async Task a_page_of_coverage_is_shown_and_can_do_nothing()
    {
        await using var console = await ConsoleHost.StartAsync(app =>
        {
            PagesTests.Map(app, FakeAuxo.Build(more: """
                ,"coverage":[{"step":"unit","unit":"lines","lines":{"covered":1,"total":2},"branches":{"covered":0,"total":0},
                "changed":null,"before":null,"files":[],"fileCount":0,"pages":["unit/coverage/a b/index.html"]}]
                """));
            app.MapGet("/pipeline/builds/{id}/pages/{**name}", static (string name) => Results.Text(name, "text/html"));
        });
        var url = $"/downloads/builds/{FakeAuxo.BuildId}/pages/unit/coverage/a%20b/index.html";
        Assert.Contains($"href=\"{url}\"", await console.PageAsync($"/builds/{FakeAuxo.BuildId}"), StringComparison.Ordinal);
        using var visitor = await console.SignedInAsync();
        using var answer = await visitor.GetAsync(url);
        Assert.Equal("unit/coverage/a b/index.html", await answer.Content.ReadAsStringAsync());
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("sandbox allow-same-origin; default-src 'none'; ", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("DENY", Assert.Single(answer.Headers.GetValues("X-Frame-Options")));
        using var outside = await visitor.GetAsync($"/downloads/builds/{FakeAuxo.BuildId}/pages/unit//x");
        Assert.Equal(HttpStatusCode.NotFound, outside.StatusCode);
    }

    [Theory]
    [InlineData("?step=test&line=4#L4", 200, "?step=test&line=4#L4")]
    [InlineData("?step=test&line=4#L4", 409, "?step=test&line=4&refused=…#L4")]
    [InlineData("", 200, "")]
    [InlineData("/../../login", 200, "")]
    public async Task who_cancels_a_build_goes_on_reading_where_he_was(string at, int status, string then)
    {
        await using var console = await ConsoleHost.StartAsync(app =>
        {
            PagesTests.Map(app, FakeAuxo.Build("running", null));
            app.MapPost("/pipeline/builds/{id}/cancel", () => status == 200
                ? FakeAuxo.Json(FakeAuxo.Build())
                : FakeAuxo.Problem(status, "build/finished", "It is over."));
        });
        const string page = $"/builds/{FakeAuxo.BuildId}";
        using var answer = await console.SendAsync(page, page + "/cancel", ("back", page + at));
        var led = answer.Headers.Location!.ToString();
        // What was refused is sealed.
        var hidden = led.IndexOf("refused=", StringComparison.Ordinal) + 8;
        if (hidden > 8) led = led[..hidden] + "…" + led[led.IndexOf('#', hidden)..];
        Assert.Equal(page + then, led);
    }

    private static string Between(string page, string begin, string end)
    {
        var from = page.IndexOf(begin, StringComparison.Ordinal);
        Assert.True(from >= 0, page);
        return page[from..page.IndexOf(end, from, StringComparison.Ordinal)];
    }
}
