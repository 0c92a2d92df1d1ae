using System.Text.Json;

using Auxo.Git;
using Auxo.Testing;

using Microsoft.AspNetCore.Builder;

namespace Auxo.Cli.Tests.Commands;

public sealed class FindingCommandsTests
{
    private const string Repository = $$$"""
        {"rid":"{{{FakeAuxo.Rid}}}","name":"heartwood","defaultBranch":"main","source":"/s","kind":"radicle","delegates":[],
         "trusted":[],"branches":[],"trackedAt":"2026-11-20T12:00:00Z","hooks":{"url":"http://127.0.0.1:8888","hasSecret":true}}
        """;

    private const string Newer = "cccccccccccccccccccccccccccccccccccccccc";

    private const string Opened = $$$"""
        "opened":{"at":"2026-11-20T12:00:00Z","commit":"{{{FakeAuxo.Commit}}}","buildId":"{{{FakeAuxo.BuildId}}}","by":"Alice"}
        """;

    private const string Open = $$$"""
        {"id":"0123456789abcdef","check":"sast","rule":"js-xss","severity":"high","path":"web/a.js","line":3,"message":"[red]xss",
         "state":"open",{{{Opened}}},"wasThere":false,"reopened":null,"reopenings":0,"fixed":null,"fixedHow":null,"accepted":null}
        """;

    private const string Accepted = $$$"""
        {"id":"1123456789abcdef","check":"dependencies","rule":"CVE-1","severity":"critical","path":null,"line":null,
         "message":"old package","state":"accepted",{{{Opened}}},
         "wasThere":true,"reopened":null,"reopenings":0,"fixed":null,"fixedHow":null,
         "accepted":{"until":"2027-01-31","by":"bob","reason":"not reachable"}}
        """;

    private const string Fixed = $$$"""
        {"id":"2123456789abcdef","check":"shellcheck","rule":"SC1","severity":"low","path":"a.sh","line":1,"message":"quote",
         "state":"fixed",{{{Opened}}},"wasThere":true,"reopened":null,"reopenings":0,
         "fixed":{"at":"2026-11-23T11:00:00Z","commit":"{{{FakeAuxo.Commit}}}","buildId":"{{{FakeAuxo.BuildId}}}","by":"Carol"},
         "fixedHow":"changed","accepted":null}
        """;

    [Fact]
    public async Task what_is_open_is_shown_with_its_age_and_commit_and_what_could_not_look()
    {
        await using var auxo = await StartAsync();
        var shown = Squeezed((await auxo.RunAsync("ci", "findings", "heartwood")).Out);
        Assert.Equal(
            """
            1 open (1 high), 1 accepted, 1 fixed in the last 30 days
            SEVERITY RULE WHERE WHAT SINCE COMMIT
            high sast js-xss web/a.js:3 [red]xss 3 days ago 8fabc1d Alice
            There are more: --all shows them.
            structure is switched off by the pipeline file.
            sast could last look 2 days ago, at 8fabc1d; what it would find now is not known.

            """,
            shown);
        Assert.Contains(
            auxo.Requests,
            static r => r == $"GET /pipeline/findings?rid={Uri.EscapeDataString(FakeAuxo.Rid)}&state=open&limit=50");
    }

    [Fact]
    public async Task a_scan_of_the_same_commit_leaves_no_check_behind()
    {
        await using var auxo = await FakeAuxo.StartAsync(static app =>
        {
            app.MapGet("/ingest/repositories", static () => FakeAuxo.Page(Repository));
            app.MapGet("/pipeline/findings", static () => FakeAuxo.Json(
                $$"""
                {"items":[],"next":null,"counts":[],"fixedLately":0,
                 "checks":[{{Check("secrets", 22, "false")}},{{Check("dependencies", 20, "false")}},
                   {{Check("sast", 23, "false")}}]}
                """));
        });
        var shown = (await auxo.RunAsync("ci", "findings", "heartwood")).Out;
        Assert.DoesNotContain("secrets could last look", shown, StringComparison.Ordinal);
        Assert.Contains("dependencies could last look", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_message_that_does_not_fit_beside_the_rest_stands_below_it()
    {
        await using var auxo = await StartAsync(message: "What a request sends becomes part of an SQL text");
        Assert.Contains(
            "8fabc1d Alice\n  What a request sends becomes part of an SQL text\n",
            (await auxo.RunAsync("ci", "findings", "heartwood")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_folder_that_is_not_tracked_says_what_to_do()
    {
        await using var auxo = await StartAsync();
        using var repository = new TempRepository();
        await repository.CommitAsync("one");
        var result = await CliResult.RunAsync(
            new() { ["AUXO_HOME"] = auxo.Home }, ["ci", "findings"], folder: repository.Folder);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(" is not tracked.\n  Track it: auxo repo track ., or", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_is_accepted_has_its_day_and_what_is_fixed_its_commit()
    {
        await using var auxo = await StartAsync();
        Assert.Contains(
            "critical dependencies CVE-1 the whole tree old package (not reachable) 2027-01-31 bob",
            Squeezed((await WideAsync(auxo, "ci", "findings", "heartwood", "--state", "accepted")).Out), StringComparison.Ordinal);
        Assert.Contains(
            "low shellcheck SC1 a.sh:1 quote 1 h ago 8fabc1d Carol",
            Squeezed((await auxo.RunAsync("ci", "findings", "heartwood", "--state", "fixed")).Out), StringComparison.Ordinal);
    }

    [Fact]
    public async Task all_pages_are_read_and_filters_are_sent()
    {
        await using var auxo = await StartAsync();
        var answer = await auxo.RunAsync(
            "--json", "ci", "findings", "heartwood", "--all", "--severity", "high", "--severity", "low", "--check", "sast");
        Assert.Equal(2, JsonDocument.Parse(answer.Out).RootElement.GetProperty("items").GetArrayLength());
        Assert.Contains(auxo.Requests, static r
            => r.EndsWith("&state=open&severity=high&severity=low&check=sast&limit=200&after=4-1-x", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_repository_that_was_never_looked_at_says_so()
    {
        await using var auxo = await FakeAuxo.StartAsync(static app =>
        {
            app.MapGet("/ingest/repositories", static () => FakeAuxo.Page(Repository));
            app.MapGet("/pipeline/findings", static () => FakeAuxo.Json(
                """{"items":[],"next":null,"counts":[],"fixedLately":0,"checks":[]}"""));
        });
        Assert.Equal(
            "No build of the default branch has looked yet; the next one that ends begins the record.\n",
            (await auxo.RunAsync("ci", "findings", "heartwood")).Out);
    }

    [Fact]
    public async Task without_a_name_it_is_the_repository_of_this_folder()
    {
        await using var auxo = await StartAsync();
        using var repository = new TempRepository();
        await repository.CommitAsync("one");
        await GitCommand.RunAsync(
            repository.Folder, ["config", "remote.rad.url", $"rad://{FakeAuxo.Rid[4..]}"], TestContext.Current.CancellationToken);
        var result = await CliResult.RunAsync(
            new() { ["AUXO_HOME"] = auxo.Home }, ["ci", "findings"], folder: repository.Folder);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains(
            auxo.Requests,
            static r => r.StartsWith(
                $"GET /pipeline/findings?rid={Uri.EscapeDataString(FakeAuxo.Rid)}&", StringComparison.Ordinal));
    }

    private static Task<CliResult> WideAsync(FakeAuxo auxo, params string[] args)
        => CliResult.RunAsync(new() { ["AUXO_HOME"] = auxo.Home }, args, width: 200);

    private static string Squeezed(string text)
        => string.Join('\n', text.Split('\n')
            .Select(static line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));

    private static Task<FakeAuxo> StartAsync(string message = "[red]xss") => FakeAuxo.StartAsync(app =>
    {
        app.MapGet("/ingest/repositories", static () => FakeAuxo.Page(Repository));
        app.MapGet("/pipeline/findings", (string state, string? after) =>
        {
            var item = state switch
            {
                "accepted" => Accepted, "fixed" => Fixed, _ => Open.Replace("[red]xss", message, StringComparison.Ordinal),
            };
            var next = state == "open" && after is null ? "\"4-1-x\"" : "null";
            return FakeAuxo.Json(
                $$"""
                {"items":[{{item}}],"next":{{next}},"counts":[{"severity":"critical","open":0,"accepted":1},
                  {"severity":"high","open":1,"accepted":0}],"fixedLately":1,
                 "checks":[{{Check("sast", 21, "false")}},{{Check("structure", 22, "true")}},
                   {{Check("syntax", 23, "false", Newer)}}]}
                """);
        });
    });

    private static string Check(string name, int day, string isOff, string commit = FakeAuxo.Commit)
        => $$$"""
            {"check":"{{{name}}}","look":{"at":"2026-11-{{{day}}}T12:00:00Z","commit":"{{{commit}}}",
             "buildId":"{{{FakeAuxo.BuildId}}}","by":null},"isOff":{{{isOff}}}}
            """;
}
