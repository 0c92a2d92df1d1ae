using System.Text.Json;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Auxo.Cli.Tests.Commands;

public sealed class StatusTests
{
    [Fact]
    public async Task status_says_for_every_tip_its_build_or_why_there_is_none()
    {
        await using var auxo = await StartAsync();

        var result = await auxo.RunAsync("status");

        Assert.Equal("", result.Error);
        Assert.Equal(
            """
            SERVICE   STATE      WHERE                  SINCE
            postgres  ✓ running                         2 h ago
            ingest    ✓ running  http://127.0.0.1:8888  2 h ago
            pipeline  ✓ running  http://127.0.0.1:8890  2 h ago

            node      ✓ connected alice (z6MkvZw) /home/a/.radicle
            comments  · 1 waiting key locked
            queues    pipeline: 2 ready, 1 scheduled, the oldest for 40 s

            heartwood  rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5
              patch 1a2b3c4  8fabc1d  ✓ passed    3f2a1c7 x
              master         1111111  - no build  default_branch_advanced is on its way to
                                                  the pipeline
              next           2222222  - no build  not a followed branch

            """, result.Out);
        Assert.Equal(0, result.ExitCode);
        Assert.All(result.Out.Split('\n'), static line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public async Task steps_that_nothing_holds_in_are_unsafe_and_it_says_so()
    {
        const string Host = "none: on the host, as the setting Auxo:Sandbox=host asks; limits: rlimits and a watcher";
        await using var auxo = await FakeAuxo.StartAsync(app =>
        {
            app.MapGet("/apphost/resources", () => FakeAuxo.Page(Resource("pipeline", "Running")));
            app.MapGet("/pipeline/executors", () => FakeAuxo.Page(
                $$"""{"for":"commands","text":"{{Host}}","isIsolated":false,"refusal":null}""",
                """{"for":"images","text":"docker","isIsolated":true,"refusal":null}"""));
        });

        Assert.Contains("steps     ✗ UNSAFE none: on the host", (await auxo.RunAsync("status")).Out, StringComparison.Ordinal);
        var status = JsonDocument.Parse((await auxo.RunAsync("status", "--json")).Out).RootElement;
        Assert.Equal([false, true], status.GetProperty("executors").EnumerateArray()
            .Select(static e => e.GetProperty("isIsolated").GetBoolean()));
    }

    [Fact]
    public async Task json_brings_the_same_and_is_documented()
    {
        await using var auxo = await StartAsync();

        var status = JsonDocument.Parse((await auxo.RunAsync("status", "--json")).Out).RootElement;

        Assert.True(status.GetProperty("healthy").GetBoolean());
        Assert.Equal("connected", status.GetProperty("node").GetProperty("state").GetString());
        Assert.Equal("passed", status.GetProperty("refs")[0].GetProperty("build").GetProperty("outcome").GetString());
        Assert.Equal("not a followed branch", status.GetProperty("refs")[2].GetProperty("reason").GetString());
        Assert.Equal(2, status.GetProperty("queues")
            .EnumerateArray().Single(static q => q.GetProperty("service").GetString() == "pipeline").GetProperty("ready").GetInt32());
        Assert.Equal(1, status.GetProperty("outbox").GetProperty("waiting").GetInt32());
    }

    [Fact]
    public async Task a_push_whose_message_is_a_dead_letter_says_so_and_how_it_is_replayed()
    {
        const string id = "01932f6e-1111-7222-8333-444455556666";
        await using var auxo = await FakeAuxo.StartAsync(app =>
        {
            app.MapGet("/ingest/repositories", () => FakeAuxo.Page(FakeAuxo.Repository));
            app.MapGet("/ingest/repositories/{rid}/refs", () => FakeAuxo.Page(
                Ref("branch", "master", new string('1', 40), "\"default_branch_advanced\"", "pushed"),
                Ref("branch", "other", new string('2', 40), "\"branch_advanced\"", "pushed")));
            app.MapGet("/pipeline/builds", () => FakeAuxo.Page());
            app.MapGet("/pipeline/dead-letters", () => FakeAuxo.Page(
                $$"""
                {"id":"{{id}}","messageType":"default_branch_advanced","groupId":null,
                 "body":"{\"rid\":\"{{FakeAuxo.Rid}}\",\"new\":\"{{new string('1', 40)}}\"}","correlationId":null,
                 "sentAt":"2026-11-23T11:00:00Z","attempts":6,"buriedAt":"2026-11-23T11:05:00Z",
                 "reason":"System.IO.IOException","detail":"the disk is full"}
                """));
        });

        var refs = JsonDocument.Parse((await auxo.RunAsync("status", "--json")).Out).RootElement.GetProperty("refs");

        Assert.Equal(
            $"default_branch_advanced is a dead letter of the pipeline: the disk is full. Once the cause is gone: "
                + $"auxo dead-letters replay {id}",
            refs[0].GetProperty("reason").GetString());
        Assert.Equal("branch_advanced is on its way to the pipeline", refs[1].GetProperty("reason").GetString());
    }

    [Fact]
    public async Task a_repository_without_a_commit_has_its_line_and_one_that_is_gone_is_no_health()
    {
        await using var auxo = await StartAsync(
            FakeAuxo.Repository.Replace("{", """{"problem":"/srv/x cannot be read: it is gone.",""", StringComparison.Ordinal),
            """
            {"kind":"branch","name":"main","title":"","commit":null,"author":null,"trust":null,"seenAt":null,"via":null,
             "fact":null,"reason":"There is no commit on the default branch main yet; push one."}
            """);

        var text = await auxo.RunAsync("status");
        Assert.Equal((1, ""), (text.ExitCode, text.Error));
        Assert.Contains("main  -  - no build  There is no commit", text.Out, StringComparison.Ordinal);

        var status = JsonDocument.Parse((await auxo.RunAsync("status", "--json")).Out).RootElement;
        Assert.False(status.GetProperty("healthy").GetBoolean());
        Assert.Contains("/srv/x cannot be read: it is gone.", status.GetProperty("problems")[0].GetString(), StringComparison.Ordinal);
        Assert.Contains("✗ heartwood:", (await auxo.RunAsync("repo", "list")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task queues_that_a_service_cannot_read_are_not_empty()
    {
        await using var auxo = await FakeAuxo.StartAsync(app =>
        {
            app.MapGet("/apphost/resources", () => FakeAuxo.Page(Resource("notify", "Running")));
            app.MapGet("/ingest/node", () => FakeAuxo.Json(
                """{"state":"absent","home":null,"nid":null,"alias":null,"socket":null,"since":null,"reason":null}"""));
            app.MapGet("/ingest/repositories", () => FakeAuxo.Page());
            app.MapGet("/notify/queues", () => Results.Problem("This is a defect of Auxo.", statusCode: 500));
            app.MapGet("/ingest/queues", ()
                => FakeAuxo.Json("""{"items":[{"queue":"ingest","ready":0,"scheduled":0,"deadLetters":0,"oldestSeconds":null}]}"""));
        });

        var text = await auxo.RunAsync("status");
        Assert.Equal(1, text.ExitCode);
        Assert.Contains("queues  ✗ This is a defect of Auxo.", text.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("✓ empty", text.Out, StringComparison.Ordinal);
        Assert.False(JsonDocument.Parse((await auxo.RunAsync("status", "--json")).Out).RootElement.GetProperty("healthy").GetBoolean());
    }

    [Fact]
    public async Task trouble_is_named_and_the_rest_is_still_shown()
    {
        await using var auxo = await FakeAuxo.StartAsync(app =>
        {
            app.MapGet("/apphost/resources", () => FakeAuxo.Page(
                Resource("ingest", "Running"),
                """
                {"name":"pipeline","kind":"project","state":"Exited","pid":null,"urls":[],"restarts":5,
                 "since":"2026-11-23T11:59:00Z","reason":"port 8890 is taken by nginx (pid 7)"}
                """));
            app.MapGet("/ingest/node", ()
                => FakeAuxo.Json(
                    """
                    {"state":"down","home":"/home/a/.radicle","nid":null,"alias":null,"socket":null,"since":null,
                     "reason":"nothing answers on its socket; start it: rad node start"}
                    """));
            app.MapGet("/ingest/repositories", () => FakeAuxo.Page());
        });

        var result = await auxo.RunAsync("status");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("  pipeline: port 8890 is taken by nginx (pid 7)", result.Out, StringComparison.Ordinal);
        Assert.Contains("node      ✗ down", result.Out, StringComparison.Ordinal);
        Assert.Contains("rad node start", result.Out, StringComparison.Ordinal);
        Assert.Contains("auxo repo track", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task when_nothing_answers_the_exit_code_is_three()
    {
        var home = Directory.CreateTempSubdirectory("auxo-cli-").FullName;
        await File.WriteAllTextAsync(Path.Combine(home, "instance.json"), string.Join(
            "http://127.0.0.1:1", "{\"endpoints\":{\"apphost\":\"", "\",\"ingest\":\"", "\",\"pipeline\":\"", "\"}}"));

        var result = await CliResult.RunAsync(new() { ["AUXO_HOME"] = home }, ["status"]);

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("./auxo up", result.Error, StringComparison.Ordinal);
        Directory.Delete(home, recursive: true);
    }

    [Fact]
    public async Task describe_shows_each_message_and_where_it_goes()
    {
        await using var auxo = await FakeAuxo.StartAsync(app =>
        {
            app.MapGet("/pipeline/describe", ()
                => FakeAuxo.Json(
                    """
                    {"service":"pipeline","handlers":[{"message":"PatchOpened",
                     "handler":"OnPatchOpenedHandler.Handle","queue":"pipeline","policy":"retry 3"}]}
                    """));
            app.MapGet("/ingest/describe", () => FakeAuxo.Json("""{"service":"ingest","handlers":[]}"""));
        });

        var result = await auxo.RunAsync("describe", "pipeline");

        Assert.Equal("pipeline\n  PatchOpened  → OnPatchOpenedHandler.Handle\n  when it fails:\n    retry 3\n", result.Out);
        Assert.Contains("handles no messages", (await auxo.RunAsync("describe")).Out, StringComparison.Ordinal);
        var wrong = await auxo.RunAsync("describe", "pipline");
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("Did you mean 'pipeline'?", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task dead_letters_are_shown_with_their_reason_and_can_be_sent_again()
    {
        await using var auxo = await FakeAuxo.StartAsync(app =>
        {
            app.MapGet("/pipeline/dead-letters", ()
                => FakeAuxo.Page(
                    """
                    {"id":"0198aa11-0000-7000-8000-000000000001","messageType":"patch_opened","groupId":"g",
                     "body":"{}","correlationId":null,"sentAt":"2026-11-23T11:00:00Z","attempts":4,
                     "buriedAt":"2026-11-23T11:55:00Z","reason":"GitException","detail":"git ended with 128"}
                    """));
            app.MapPost("/pipeline/dead-letters/replay", () => FakeAuxo.Json("""{"count":1}"""));
        });

        var shown = await auxo.RunAsync("dead-letters");
        var wrong = await auxo.RunAsync("dead-letters", "replay", "ffff");
        var sent = await auxo.RunAsync("dead-letters", "replay", "0198");

        Assert.Equal(1, shown.ExitCode);
        Assert.Contains("0198aa11  pipeline  patch_opened  5 min ago  git ended with 128 (4 attempts)", shown.Out,
            StringComparison.Ordinal);
        Assert.Equal(2, wrong.ExitCode);
        Assert.StartsWith("1 sent again", sent.Out, StringComparison.Ordinal);
        Assert.Contains("POST /pipeline/dead-letters/replay?id=0198aa11-0000-7000-8000-000000000001", auxo.Requests);
    }

    [Fact]
    public async Task letters_of_one_minute_are_shown_by_digits_that_tell_them_apart()
    {
        static string Letter(string id)
            => $$"""
                {"id":"{{id}}","messageType":"patch_opened","groupId":"g","body":"{}","correlationId":null,"attempts":4,
                 "sentAt":"2026-11-23T11:00:00Z","buriedAt":"2026-11-23T11:55:00Z","reason":"GitException","detail":"git ended"}
                """;
        await using var auxo = await FakeAuxo.StartAsync(app =>
        {
            app.MapGet("/pipeline/dead-letters", () => FakeAuxo.Page(
                Letter("0198aa11-0a00-7000-8000-000000000001"), Letter("0198aa11-0b00-7000-8000-000000000002")));
            app.MapPost("/pipeline/dead-letters/replay", () => FakeAuxo.Json("""{"count":1}"""));
        });

        var shown = await auxo.RunAsync("dead-letters");
        var sent = await auxo.RunAsync("dead-letters", "replay", "0198aa11-0b");

        Assert.Contains("0198aa11-0a  pipeline", shown.Out, StringComparison.Ordinal);
        Assert.Contains("0198aa11-0b  pipeline", shown.Out, StringComparison.Ordinal);
        Assert.StartsWith("1 sent again", sent.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_outbox_says_what_waits_and_why()
    {
        await using var auxo = await StartAsync();

        Assert.Equal(
            """
            STATE    PATCH    BUILD    SINCE      WHY
            waiting  1a2b3c4  3f2a1c7  5 min ago  key locked (3 attempts)

            """, (await auxo.RunAsync("outbox")).Out);
        Assert.Contains("posted", (await auxo.RunAsync("outbox", "--all")).Out, StringComparison.Ordinal);
    }

    private static string Resource(string name, string state, string urls = "")
        => $$"""
            {"name":"{{name}}","kind":"project","state":"{{state}}","pid":1,"urls":[{{urls}}],"restarts":0,
             "since":"2026-11-23T10:00:00Z","reason":null}
            """;

    private static string Ref(string kind, string name, string commit, string fact, string reason)
        => $$"""
            {"kind":"{{kind}}","name":"{{name}}","title":"x","commit":"{{commit}}","author":null,"trust":"trusted",
             "seenAt":"2026-11-23T11:00:00Z","via":"sweep","fact":{{fact}},"reason":"{{reason}}"}
            """;

    private static Task<FakeAuxo> StartAsync()
        => StartAsync(
            FakeAuxo.Repository, Ref("patch", FakeAuxo.PatchId, FakeAuxo.Commit, "\"patch_opened\"", "opened"),
            Ref("branch", "master", new string('1', 40), "\"default_branch_advanced\"", "pushed"),
            Ref("branch", "next", new string('2', 40), "null", "not a followed branch"));

    private static Task<FakeAuxo> StartAsync(string repository, params string[] refs) => FakeAuxo.StartAsync(app =>
    {
        app.MapGet("/apphost/resources", () => FakeAuxo.Page(
            Resource("postgres", "Running"), Resource("ingest", "Running", "\"http://127.0.0.1:8888\""),
            Resource("pipeline", "Running", "\"http://127.0.0.1:8890\"")));
        app.MapGet("/ingest/node", ()
            => FakeAuxo.Json(
                """
                {"state":"connected","home":"/home/a/.radicle",
                 "nid":"z6MkvZwzYS8W1C7c4d1oRzWqUyZ7k3BmL9e8sQfG5dX2aHnT","alias":"alice","socket":"/s",
                 "since":"2026-11-23T11:00:00Z","reason":null}
                """));
        app.MapGet("/ingest/outbox", () => FakeAuxo.Page(Outbox("waiting", "\"key locked\"", 3), Outbox("posted", "null", 1)));
        app.MapGet("/pipeline/queues", ()
            => FakeAuxo.Json("""{"items":[{"queue":"pipeline","ready":2,"scheduled":1,"deadLetters":0,"oldestSeconds":40.2}]}"""));
        app.MapGet("/ingest/queues", ()
            => FakeAuxo.Json("""{"items":[{"queue":"ingest","ready":0,"scheduled":0,"deadLetters":0,"oldestSeconds":null}]}"""));
        app.MapGet("/ingest/repositories", () => FakeAuxo.Page(repository));
        app.MapGet("/ingest/repositories/{rid}/refs", () => FakeAuxo.Page(refs));
        app.MapGet("/pipeline/builds", (string? commit) => commit is null ? FakeAuxo.Page(FakeAuxo.Build()) : FakeAuxo.Page());
    });

    private static string Outbox(string state, string reason, int attempts)
        => $$"""
            {"key":"k{{state}}","rid":"{{FakeAuxo.Rid}}","patchId":"{{FakeAuxo.PatchId}}",
             "buildId":"{{FakeAuxo.BuildId}}","seq":1,"state":"{{state}}","reason":{{reason}},"attempts":{{attempts}},
             "commentId":null,"updatedAt":"2026-11-23T11:55:00Z"}
            """;
}
