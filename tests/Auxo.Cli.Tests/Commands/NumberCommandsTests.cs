using System.Text.Json;
using System.Text.Json.Nodes;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Auxo.Cli.Tests.Commands;

/// <summary><c>auxo metrics security</c>, <c>coverage</c>, <c>promises</c> and <c>auxo alerts</c>.</summary>
public sealed class NumberCommandsTests
{
    private const string Repository = $$$"""
        {"rid":"{{{FakeAuxo.Rid}}}","name":"heartwood","defaultBranch":"main","source":"/s","kind":"radicle","delegates":[],
         "trusted":[],"branches":[],"trackedAt":"2026-11-20T12:00:00Z","hooks":{"url":"http://127.0.0.1:8888","hasSecret":true}}
        """;

    private const string Moment = """{"at":"2026-11-01T00:00:00Z","commit":"8fabc1d","buildId":"b","by":null}""";

    private static readonly string Security = $$"""
        {"rid":"{{FakeAuxo.Rid}}","name":"heartwood","from":"2026-11-01T00:00:00Z","to":"2026-11-30T00:00:00Z",
        "score":{"value":65,"formula":"100 - 25 x critical","lost":[{"name":"critical","count":1,"points":25,"most":100},
        {"name":"high","count":1,"points":10,"most":60}]},
        "severities":[{{Row("critical", open: 1)}}],"checks":[{{Row("dependencies", open: 1)}}],"ages":[],
        "owners":[{{Row("@alice", open: 1)}}],
        "pace":[{"severity":"critical","new":2,"fixed":3,"medianFixSeconds":86400,"oldestOpenSeconds":172800,"dueDays":7}],
        "days":[{"day":"2026-11-29","critical":1,"high":0,"medium":0,"low":0,"new":1,"fixed":0}],
        "due":[{"finding":{"id":"0123456789abcdef","check":"dependencies","rule":"CVE-1","severity":"critical","path":"a.lock","line":7,
        "message":"lodash","state":"open","opened":{{Moment}},"wasThere":false,"reopened":null,"reopenings":0,"fixed":null,"fixedHow":null,
        "accepted":null},"owners":["@alice"],"due":"2026-11-08","isOverdue":true}],
        "looks":[{"check":"sast","look":{{Moment}},"isOff":true}]}
        """;

    [Fact]
    public async Task security_is_shown_with_its_score_its_formula_and_what_is_due()
    {
        await using var auxo = await StartAsync(static app => app.MapGet("/pipeline/security", static () => FakeAuxo.Json(Security)));
        var shown = (await auxo.RunAsync("metrics", "security", "heartwood", "--days", "7")).Out;
        foreach (var part in (string[])[
            "Score 65 of 100: -25 for 1 critical, -10 for 1 high", "100 - 25 x critical", "ACCEPTED", "2026-11-08 overdue", "a.lock:7",
            "@alice", "1 day", "sast is switched off by the pipeline file."])
            Assert.Contains(part, shown, StringComparison.Ordinal);
        Assert.Contains(auxo.Requests, static request => request.Contains("days=7", StringComparison.Ordinal));
        var owners = await auxo.RunAsync("metrics", "security", "--repo", "heartwood", "--by", "owner");
        Assert.Contains("OWNER", owners.Out, StringComparison.Ordinal);
        var json = JsonDocument.Parse((await auxo.RunAsync("metrics", "security", "heartwood", "--json")).Out).RootElement;
        Assert.Equal(65, json.GetProperty("score").GetProperty("value").GetInt32());
        Assert.Equal(2, (await auxo.RunAsync("metrics", "security", "--by", "colour")).ExitCode);
        Assert.Equal(2, (await auxo.RunAsync("metrics", "security", "--days", "366")).ExitCode);
    }

    [Fact]
    public async Task all_repositories_are_listed_the_worst_first()
    {
        static string One(string name, string score, string looked)
            => $$"""{"rid":"{{FakeAuxo.Rid}}","name":"{{name}}","score":{{score}},"total":{{Row("all", open: 4)}},"lookedAt":{{looked}}}""";

        await using var auxo = await StartAsync(static app => app.MapGet("/pipeline/security/repositories", static () => FakeAuxo.Json(
            $$"""
            {"items":[{{One("good", "100", "\"2026-11-01T00:00:00Z\"")}},{{One("bad", "12", "\"2026-11-01T00:00:00Z\"")}},
            {{One("unseen", "null", "null")}}],"formula":"100 less"}
            """)));
        var lines = (await auxo.RunAsync("metrics", "security")).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["REPOSITORY", "bad", "good", "unseen"], lines.Take(4).Select(static line => line.Split(' ')[0]));
        Assert.Contains("never", lines[3], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("language", "C#")]
    [InlineData("directory", "DIRECTORY")]
    [InlineData("directory", "75 %")]
    [InlineData("file", "src/a.cs")]
    [InlineData("file", "The 1 files with the most lines that did not run, of 7.")]
    public async Task coverage_is_shown_by_language_directory_and_file(string by, string expected)
    {
        await using var auxo = await StartAsync(static app => app.MapGet("/pipeline/builds/{id}", static () =>
        {
            var build = RecordedAnswers.Find("pipeline", "builds/x")!;
            build["coverage"] = JsonNode.Parse("""
                [{"step":"unit","unit":"lines","lines":{"covered":3,"total":4},"branches":{"covered":0,"total":0},"changed":null,
                "before":null,"files":[{"path":"src/a.cs","lines":{"covered":3,"total":4},"missed":[]}],"fileCount":7,
                "folders":[{"name":"src","lines":{"covered":3,"total":4},"files":7}]}]
                """);
            return FakeAuxo.Json(build.ToJsonString());
        }));
        var shown = await auxo.RunAsync("metrics", "coverage", "heartwood", "--by", by);
        Assert.Equal((0, ""), (shown.ExitCode, shown.Error));
        Assert.Contains("81.2 % of 1000 lines", shown.Out, StringComparison.Ordinal);
        Assert.Contains("65 % of the 20 measured lines that were pushed in this time", shown.Out, StringComparison.Ordinal);
        Assert.Contains(expected, shown.Out, StringComparison.Ordinal);
        var json = JsonDocument.Parse((await auxo.RunAsync("metrics", "coverage", "heartwood", "--by", by, "--json")).Out).RootElement;
        Assert.Equal(by == "language", json.TryGetProperty("percent", out _));
    }

    [Fact]
    public async Task promises_are_shown_with_what_was_measured_and_how_much_room_is_left()
    {
        await using var auxo = await StartAsync();
        var shown = await auxo.RunAsync("metrics", "promises", "--days", "7", "--as-of", "2026-11-01");
        Assert.Equal((0, ""), (shown.ExitCode, shown.Error));
        foreach (var part in (string[])[
            "<= 5.0 s", "<= 30 s", "<= 2 min", ">= 99 %", ">= 95 %", "✓ kept", "✗ broken", "too little was measured", "20 builds"])
            Assert.Contains(part, shown.Out, StringComparison.Ordinal);
        Assert.Contains(auxo.Requests, static request => request.Contains("days=7&asOf=2026-11-01", StringComparison.Ordinal));
        var json = JsonDocument.Parse((await auxo.RunAsync("metrics", "promises", "--json")).Out).RootElement;
        Assert.Equal("not_known", json.GetProperty("promises")[2].GetProperty("state").GetString());
        Assert.Equal(2, (await auxo.RunAsync("metrics", "promises", "--days", "0")).ExitCode);
    }

    [Fact]
    public async Task alerts_and_rules_are_listed()
    {
        await using var auxo = await StartAsync(static app => app.MapGet("/metrics/alerts", static () => FakeAuxo.Json("""
            {"items":[{"rule":"NodeDiskFull","severity":"critical","phase":"raised","since":"2026-11-01T00:00:00Z",
            "summary":"The disk 'auxo' of ann is 95 % full","subject":"ann/auxo","name":"ann","rid":null,
            "runbook":"docs/alerts.md#nodediskfull","isHeld":true,"toldAt":null}],"next":null}
            """)));
        var shown = (await auxo.RunAsync("alerts")).Out;
        foreach (var part in (string[])["NodeDiskFull", "95 % full", "held back", "docs/alerts.md#nodediskfull"])
            Assert.Contains(part, shown, StringComparison.Ordinal);
        Assert.Contains("NodeDiskFull", (await auxo.RunAsync("alerts", "list", "--all")).Out, StringComparison.Ordinal);
        Assert.Contains(auxo.Requests, static request => request.Contains("all=true", StringComparison.OrdinalIgnoreCase));
        var rules = (await auxo.RunAsync("alerts", "rules")).Out;
        Assert.Contains("CISuccessRateLow", rules, StringComparison.Ordinal);
        Assert.Contains("below 70 %", rules, StringComparison.Ordinal);
        Assert.Contains("items", (await auxo.RunAsync("alerts", "rules", "--json")).Out, StringComparison.Ordinal);
    }

    /// <summary>What a test does not answer itself is answered as it was recorded.</summary>
    private static Task<FakeAuxo> StartAsync(Action<IEndpointRouteBuilder>? map = null) => FakeAuxo.StartAsync(app =>
    {
        app.MapGet("/ingest/repositories", static () => FakeAuxo.Json($$"""{"items":[{{Repository}}],"next":null}"""));
        app.MapGet("/{service}/{**path}", static (string service, string path) => RecordedAnswers.Find(service, path) is { } recorded
            ? FakeAuxo.Json(recorded.ToJsonString())
            : Results.NotFound());
        map?.Invoke(app);
    });

    private static string Row(string name, int open)
        => $$"""
            {"name":"{{name}}","open":{{open}},"critical":{{open}},"high":0,"medium":0,"low":0,"info":0,"overdue":1,"accepted":2,
            "falseAlarms":3}
            """;
}
