using System.Net;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Auxo.Console.Tests;

/// <summary>What is open, accepted and fixed in a default branch.</summary>
public sealed class FindingsPageTests
{
    private const string Newer = "cccccccccccccccccccccccccccccccccccccccc";
    private const string Hostile = "<img src=x onerror=alert(1)>";

    [Fact]
    public async Task a_repository_says_what_is_open_accepted_and_fixed()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        var page = WebUtility.HtmlDecode(await console.PageAsync($"/findings/{FakeAuxo.Rid}"));
        Assert.Contains("1 finding fixed in the last 30 days", page, StringComparison.Ordinal);
        Assert.Contains("<span class=\"standing bad\">high</span>", page, StringComparison.Ordinal);
        Assert.Contains("2 open", page, StringComparison.Ordinal);
        Assert.Contains("web/a.js:3", page, StringComparison.Ordinal);
        Assert.Contains("by Alice", page, StringComparison.Ordinal);
        Assert.Contains("came back", page, StringComparison.Ordinal);
        Assert.Contains("until 2027-01-31", page, StringComparison.Ordinal);
        Assert.Contains("accepted by bob: not reachable", page, StringComparison.Ordinal);
        Assert.Contains("its file is as it was", page, StringComparison.Ordinal);
        Assert.Contains("sast could last look", page, StringComparison.Ordinal);
        Assert.DoesNotContain("secrets could last look", page, StringComparison.Ordinal);
        Assert.Contains($"/findings/{Uri.EscapeDataString(FakeAuxo.Rid)}?after=4-1-x\">More", page, StringComparison.Ordinal);
        Assert.Contains(
            $"/findings/{Uri.EscapeDataString(FakeAuxo.Rid)}\">Findings</a>",
            WebUtility.HtmlDecode(await console.PageAsync($"/repositories/{FakeAuxo.Rid}")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_strangers_wrote_stays_text()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app, Hostile));
        var page = await console.PageAsync($"/findings/{FakeAuxo.Rid}");
        Assert.Contains("&lt;img src=x onerror=alert(1)&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain(Hostile, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_visitor_reads_them_of_a_public_repository()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app), toVisitors: true);
        using var visitor = console.Visitor();
        Assert.Contains("web/a.js:3", await visitor.GetStringAsync($"/findings/{FakeAuxo.Rid}"), StringComparison.Ordinal);
    }

    private static void Map(IEndpointRouteBuilder app, string message = "what a request sends is printed")
    {
        PagesTests.Map(app, FakeAuxo.Build());
        app.MapGet("/pipeline/findings", (string state, string? after) => FakeAuxo.Json(
            $$"""
            {"items":[{{Item(state, message)}}],"next":{{(state == "open" && after is null ? "\"4-1-x\"" : "null")}},
             "counts":[{"severity":"high","open":2,"accepted":1}],"fixedLately":1,
             "checks":[{{Check("sast", 21)}},{{Check("secrets", 22, Newer)}},{{Check("syntax", 23, Newer)}}]}
            """));
    }

    private static string Item(string state, string message)
    {
        var accepted = state == "accepted" ? """{"until":"2027-01-31","by":"bob","reason":"not reachable"}""" : "null";
        var (done, how) = state == "fixed" ? (Moment("2026-11-23"), "\"seen_otherwise\"") : ("null", "null");
        return $$"""
            {"id":"0123456789abcdef","check":"sast","rule":"js-xss","severity":"high","path":"web/a.js","line":3,"message":"{{message}}",
             "state":"{{state}}","opened":{{Moment("2026-11-20")}},"wasThere":false,
             "reopened":{{(state == "open" ? Moment("2026-11-22") : "null")}},"reopenings":{{(state == "open" ? 1 : 0)}},
             "fixed":{{done}},"fixedHow":{{how}},"accepted":{{accepted}}}
            """;
    }

    private static string Check(string name, int day, string commit = FakeAuxo.Commit)
        => $$"""{"check":"{{name}}","look":{{Moment($"2026-11-{day}", commit)}},"isOff":false}""";

    private static string Moment(string day, string commit = FakeAuxo.Commit)
        => $$"""{"at":"{{day}}T12:00:00Z","commit":"{{commit}}","buildId":"{{FakeAuxo.BuildId}}","by":"Alice"}""";
}
