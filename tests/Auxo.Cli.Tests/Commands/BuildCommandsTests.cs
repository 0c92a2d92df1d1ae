using System.Text.Json;

using Auxo.Git;
using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Auxo.Cli.Tests.Commands;

public sealed class BuildCommandsTests
{
    private const string Steps = """
        ,"steps":[
        {"step":"shellcheck","kind":"check","summary":"3 files",
         "state":"finished","outcome":"passed","blocks":true,"durationSeconds":0.12,"exitCode":null},
        {"step":"yaml","kind":"check","summary":"1 warning",
         "state":"finished","outcome":"failed","blocks":false,"durationSeconds":0.04,"exitCode":null},
        {"step":"test","kind":"command","summary":"exit code 2",
         "state":"finished","outcome":"failed","blocks":true,"durationSeconds":12.6,"exitCode":2}]
        """;

    private const string Findings = """
        ,"findings":[
        {"check":"yaml","rule":"indentation","severity":"low","path":"ci.yaml","line":3,
         "message":"wrong indentation","blocks":false},
        {"check":"secrets","rule":"private-key","severity":"critical","path":"key.pem","line":1,
         "message":"A private key","blocks":true}],
        "artifacts":[{"name":"out/app.tar.gz","mediaType":"application/gzip","digest":"sha256:00","sizeBytes":4200000}],
        "verdict":"## failed","sandbox":"bubblewrap"
        """;

    [Theory]
    [InlineData("trusted", 2, "does not have commit")]
    [InlineData("stranger", 1, "is not trusted")]
    public async Task a_build_is_done_once_more_where_its_commit_is_and_its_author_trusted(string trust, int code, string words)
    {
        using var repository = new TempRepository();
        await repository.CommitAsync("another");
        await using var auxo = await FakeAuxo.StartAsync(app => app.MapGet("/pipeline/builds", () => FakeAuxo.Page(
            FakeAuxo.Build("finished", "failed", more: $",\"trust\":\"{trust}\""))));
        var result = await CliResult.RunAsync(
            new() { ["AUXO_HOME"] = auxo.Home }, ["ci", "replay", FakeAuxo.BuildId[..7]], folder: repository.Folder);
        Assert.Equal(code, result.ExitCode);
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task status_is_one_line_per_build_and_fits_eighty_columns()
    {
        var title = "Fix the handshake of very old peers that speak neither the one nor the other dialect of the protocol";
        await using var auxo = await FakeAuxo.StartAsync(app => app.MapGet("/pipeline/builds", () => FakeAuxo.Page(
            FakeAuxo.Build("running", outcome: null), FakeAuxo.Build("finished", "TimedOut", "abcdef12-1111-5222-8333-444455556666")
                .Replace("Fix the handshake", title))));

        var result = await auxo.RunAsync("ci", "status", "2");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(
            """
            BUILD    VERDICT      WHAT                                       WHEN       TOOK
            3f2a1c7  > running    heartwood patch 1a2b3c4 Fix the handshake  1 min ago
            abcdef1  ✗ timed out  heartwood patch 1a2b3c4 Fix the handshak…  1 min ago  13 s

            """, result.Out);
        Assert.All(result.Out.Split('\n'), static line => Assert.InRange(line.Length, 0, 80));
        Assert.Contains("GET /pipeline/builds?limit=2", auxo.Requests);
    }

    [Fact]
    public async Task json_is_stable_and_nothing_else_is_on_standard_output()
    {
        await using var auxo = await FakeAuxo.StartAsync(app
            => app.MapGet("/pipeline/builds", () => FakeAuxo.Page(FakeAuxo.Build("finished", "TimedOut", more: Steps + ",\"unknown\":1"))));

        var result = await auxo.RunAsync("ci", "status", "--json");

        var build = JsonDocument.Parse(result.Out).RootElement.GetProperty("items")[0];
        Assert.Equal(
            ["id", "shortId", "rid", "repositoryName", "trigger", "patchId", "revisionId", "ref", "commit", "title",
                "author", "state", "outcome", "queuedAt", "startedAt", "finishedAt", "durationSeconds", "steps"],
            build.EnumerateObject().Select(static p => p.Name));
        Assert.Equal("timed_out", build.GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task what_is_new_comes_first_and_what_is_known_is_counted()
    {
        const string Known = """
            ,"findings":[
            {"check":"secrets","rule":"private-key","severity":"critical","path":"old.pem","line":1,
             "message":"A private key","blocks":false,"known":true},
            {"check":"shellcheck","rule":"SC2086","severity":"low","path":"old.sh","line":3,
             "message":"Quote it","blocks":false,"known":true},
            {"check":"syntax","rule":"parse-error","severity":"high","path":"new.sh","line":7,"message":"fi","blocks":true,"known":false}],
            "newFindings":3,"knownFindings":14,"artifacts":[],"verdict":""
            """;
        await using var auxo = await FakeAuxo.StartAsync(
            app => app.MapGet("/pipeline/builds/{id}", () => FakeAuxo.Json(FakeAuxo.Build("finished", "Failed", more: Steps + Known))));

        var lines = (await auxo.RunAsync("ci", "logs", FakeAuxo.BuildId)).Out.Split('\n').Select(static line => line.Trim()).ToList();

        var first = lines.IndexOf("3 new, 14 known");
        Assert.Equal(
            ["✗ new.sh:7: fi (parse-error)", "! known: old.pem:1: A private key (private-key)",
                "13 more known, which stand in the default branch: auxo repo baseline show heartwood"], lines.Skip(first + 1).Take(3));
        var json = JsonDocument.Parse((await auxo.RunAsync("ci", "logs", FakeAuxo.BuildId, "--json")).Out).RootElement;
        Assert.Equal((3, 14, true), (json.GetProperty("newFindings").GetInt32(), json.GetProperty("knownFindings").GetInt32(),
            json.GetProperty("findings")[0].GetProperty("known").GetBoolean()));
    }

    [Fact]
    public async Task tests_and_coverage_stand_below_the_steps()
    {
        const string reports = """
            ,"tests":[{"step":"test","total":4,"passed":1,"failed":2,"skipped":1,"flakyCount":1,"flaky":["wavers"],"failures":[
                {"name":"adds [b]","message":"no book","path":"src/a.js","isNew":true,"key":"a"},
                {"name":"old","message":"","path":null,"isNew":false,"key":"o"}]}],
            "coverage":[{"step":"test","unit":"statements","lines":{"covered":812,"total":1000},"branches":{"covered":1,"total":2},
                "changed":{"covered":64,"total":100},"before":{"covered":812,"total":1000},"files":[],"fileCount":3}]
            """;
        await using var auxo = await FakeAuxo.StartAsync(
            app => app.MapGet("/pipeline/builds/{id}", () => FakeAuxo.Json(FakeAuxo.Build("finished", "Failed", more: Steps + reports))));
        var lines = (await auxo.RunAsync("ci", "logs", FakeAuxo.BuildId)).Out.Split('\n').Select(static line => line.Trim()).ToList();
        var first = lines.IndexOf("tests: 1 passed, 2 failed, 1 skipped, 1 flaky");
        Assert.Equal(
            ["✗ adds [b] no book", "✗ known: old", "! flaky: wavers", "coverage: 81.2 % of the statements (±0), changed lines 64 %"],
            lines.Skip(first + 1).Take(4));
    }

    [Theory]
    [InlineData("3f2a1c7")]
    [InlineData("3F2A")]
    [InlineData("1a2b3c4")]
    [InlineData("8fab")]
    [InlineData(FakeAuxo.BuildId)]
    public async Task a_build_is_found_by_the_first_digits_of_its_id_its_patch_or_its_commit(string text)
    {
        var other = FakeAuxo.Build(id: "eeeeee12-1111-5222-8333-444455556666")
            .Replace(FakeAuxo.PatchId, "9999999d8e5a3cc9b1ddc5c7b5f4b0a9c1f2e3d4", StringComparison.Ordinal)
            .Replace(FakeAuxo.Commit, "777bc1d8e5a3cc9b1ddc5c7b5f4b0a9c1f2e3d4c", StringComparison.Ordinal);
        await using var auxo = await FakeAuxo.StartAsync(app =>
        {
            app.MapGet("/pipeline/builds", (string? after) => after is null
                ? FakeAuxo.Json($$"""{"items":[{{other}}],"next":"p2"}""")
                : FakeAuxo.Page(FakeAuxo.Build()));
            app.MapGet($"/pipeline/builds/{FakeAuxo.BuildId}", () => FakeAuxo.Json(FakeAuxo.Build()));
            app.MapPost($"/pipeline/builds/{FakeAuxo.BuildId}/cancel", () => FakeAuxo.Json(FakeAuxo.Build("running", null), 202));
        });

        var result = await auxo.RunAsync("ci", "cancel", text);

        Assert.Equal("", result.Error);
        Assert.Equal("Build 3f2a1c7 is being stopped.\n", result.Out);
        Assert.Contains($"POST /pipeline/builds/{FakeAuxo.BuildId}/cancel", auxo.Requests);
    }

    [Fact]
    public async Task a_prefix_that_fits_two_builds_is_not_guessed()
    {
        await using var auxo = await FakeAuxo.StartAsync(app => app.MapGet("/pipeline/builds", () => FakeAuxo.Page(
            FakeAuxo.Build(), FakeAuxo.Build(id: "3f2a9999-1111-5222-8333-444455556666"))));

        var result = await auxo.RunAsync("ci", "rerun", "3f2a");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("fits 2 builds", result.Error, StringComparison.Ordinal);
        Assert.Contains("3f2a9999", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_unknown_build_suggests_the_nearest()
    {
        await using var auxo = await FakeAuxo.StartAsync(app => app.MapGet("/pipeline/builds", () => FakeAuxo.Page(FakeAuxo.Build())));

        var result = await auxo.RunAsync("ci", "logs", "3f2a1d7");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Did you mean 3f2a1c7?", result.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await auxo.RunAsync("ci", "logs", "xyz")).ExitCode);
    }

    [Fact]
    public async Task a_refusal_is_reported_in_the_services_own_words()
    {
        await using var auxo = await FakeAuxo.StartAsync(app =>
        {
            app.MapGet("/pipeline/builds", () => FakeAuxo.Page(FakeAuxo.Build()));
            app.MapPost($"/pipeline/builds/{FakeAuxo.BuildId}/approve", ()
                => FakeAuxo.Problem(409, "build/already-finished", "Build 3f2a1c7 has ended."));
        });

        var result = await auxo.RunAsync("ci", "approve", "3f2a1c7");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal("auxo: Build 3f2a1c7 has ended.\n", result.Error);
    }

    [Theory]
    [InlineData("running 3 tests\n1 failed\n")]
    [InlineData("running 3 tests\n1 failed")]
    public async Task logs_show_each_command_its_output_and_the_verdict(string log)
    {
        await using var auxo = await FakeAuxo.StartAsync(app =>
        {
            app.MapGet("/pipeline/builds", () => FakeAuxo.Page(FakeAuxo.Build("finished", "failed")));
            app.MapGet($"/pipeline/builds/{FakeAuxo.BuildId}", ()
                => FakeAuxo.Json(FakeAuxo.Build("finished", "failed", more: Steps + Findings)));
            app.MapGet($"/pipeline/builds/{FakeAuxo.BuildId}/logs/test", () => Results.Text(log));
        });

        var result = await auxo.RunAsync("ci", "logs");

        Assert.Equal(
            """
            3f2a1c7  heartwood patch 1a2b3c4 at 8fabc1d  Fix the handshake
              ✓ passed      shellcheck              0.1 s  3 files
              ! warns       yaml                    0.0 s  1 warning
              > test
            running 3 tests
            1 failed
              ✗ failed      test                     13 s  exit code 2

              ✗ key.pem:1: A private key (private-key)
              ! ci.yaml:3: wrong indentation (indentation)
              kept out/app.tar.gz 4 MiB

            ✗ failed in 13 s
            The logs: auxo ci logs 3f2a1c7

            """, result.Out);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task one_steps_log_comes_byte_for_byte_into_a_pipe()
    {
        byte[] bytes = [0x1b, (byte)'[', (byte)'2', (byte)'J', 0xff, 0x00, (byte)'\r', (byte)'\n'];
        await using var auxo = await FakeAuxo.StartAsync(app =>
        {
            app.MapGet("/pipeline/builds", () => FakeAuxo.Page(FakeAuxo.Build("finished", "failed")));
            app.MapGet($"/pipeline/builds/{FakeAuxo.BuildId}", () => FakeAuxo.Json(FakeAuxo.Build("finished", "failed", more: Steps)));
            app.MapGet($"/pipeline/builds/{FakeAuxo.BuildId}/logs/test", () => Results.Bytes(bytes));
        });

        Assert.Equal("\u001b[2J\ufffd\0\r\n", (await auxo.RunAsync("ci", "logs", "3f2a", "--step", "test")).Out);
        var wrong = await auxo.RunAsync("ci", "logs", "3f2a", "--step", "tset");
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("Did you mean 'test'?", wrong.Error, StringComparison.Ordinal);

        var onTerminal = await CliResult.RunAsync(
            new() { ["AUXO_HOME"] = auxo.Home }, ["ci", "logs", "3f2a", "--step", "test"], terminal: true);
        Assert.Equal("\u241b[2J\ufffd\ufffd\r\n", onTerminal.Out);
    }

    [Fact]
    public async Task run_builds_the_commit_of_a_folder_follows_its_log_and_fails_with_it()
    {
        using var repository = new TempRepository();
        var commit = await repository.CommitAsync("First");
        var (asked, followed) = (0, 0);
        await using var auxo = await FakeAuxo.StartAsync(app =>
        {
            app.MapPost("/pipeline/builds", () => FakeAuxo.Json(FakeAuxo.Build("queued", null), 202));
            app.MapGet($"/pipeline/builds/{FakeAuxo.BuildId}", () => FakeAuxo.Json(Interlocked.Increment(ref asked) switch
            {
                1 => FakeAuxo.Build("queued", null),
                2 or 3 => FakeAuxo.Build(
                    "running", null, more: Steps.Replace(
                        "\"finished\",\"outcome\":\"failed\",\"blocks\":true,\"durationSeconds\":12.6,\"exitCode\":2",
                        "\"running\",\"outcome\":null,\"blocks\":true,\"durationSeconds\":null,\"exitCode\":null")),
                _ => FakeAuxo.Build("finished", "failed", more: Steps),
            }));
            app.MapGet($"/pipeline/builds/{FakeAuxo.BuildId}/logs/test/events", async (HttpContext http) =>
            {
                // At first there is no log yet; then the connection breaks off after one event; the next one goes on where it was.
                if (Interlocked.Increment(ref followed) == 1)
                {
                    await FakeAuxo.Problem(404, "log/not-found", "The step has no log.").ExecuteAsync(http);
                    return;
                }

                http.Response.ContentType = "text/event-stream";
                await http.Response.WriteAsync(http.Request.Headers["Last-Event-ID"] == "16"
                    ? "id: 25\ndata: 1 failed\ndata: \n\nevent: end\nid: 25\ndata: 25\n\n"
                    : "id: 16\ndata: running 3 tests\ndata: \n\n");
            });
        });

        var result = await auxo.RunAsync("ci", "build", repository.Folder);

        Assert.Equal(1, result.ExitCode);
        Assert.Equal(
            """
            3f2a1c7  heartwood patch 1a2b3c4 at 8fabc1d  Fix the handshake
              waits for a free runner
              ✓ passed      shellcheck              0.1 s  3 files
              ! warns       yaml                    0.0 s  1 warning
              > test
            running 3 tests
            1 failed
              ✗ failed      test                     13 s  exit code 2

            ✗ failed in 13 s
            The logs: auxo ci logs 3f2a1c7

            """, result.Out);
        Assert.Contains($$"""POST /pipeline/builds {"source":"{{repository.Folder}}","commit":"{{commit}}","ref":"main"}""",
            auxo.Requests.Select(static r => r.Replace("\n", "").Replace("  ", "").Replace("\": ", "\":")));
    }

    [Fact]
    public async Task run_passes_when_the_build_does_and_warns_of_what_is_not_committed()
    {
        using var repository = new TempRepository();
        await repository.CommitAsync("First");
        await File.WriteAllTextAsync(Path.Combine(repository.Folder, "file"), "changed");
        await using var auxo = await FakeAuxo.StartAsync(app =>
        {
            app.MapPost("/pipeline/builds", () => FakeAuxo.Json(FakeAuxo.Build("queued", null), 202));
            app.MapGet($"/pipeline/builds/{FakeAuxo.BuildId}", () => FakeAuxo.Json(FakeAuxo.Build()));
        });

        var result = await CliResult.RunAsync(new() { ["AUXO_HOME"] = auxo.Home }, ["ci", "build"], folder: repository.Folder);

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("! Uncommitted changes are not built", result.Out, StringComparison.Ordinal);
        Assert.EndsWith("✓ passed in 13 s\n", result.Out, StringComparison.Ordinal);

        var json = await CliResult.RunAsync(new() { ["AUXO_HOME"] = auxo.Home }, ["ci", "build", "--json"], folder: repository.Folder);
        Assert.Equal("passed", JsonDocument.Parse(json.Out).RootElement.GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task a_build_of_a_clone_says_that_it_is_none_of_the_repository()
    {
        using var repository = new TempRepository();
        await repository.CommitAsync("one");
        await GitCommand.RunAsync(
            repository.Folder, ["config", "remote.rad.url", "rad://z2PP3kyqjdbRh8wV7u9Cf9SJLNpsW"],
            TestContext.Current.CancellationToken);
        await using var auxo = await FakeAuxo.StartAsync(
            app => app.MapPost("/pipeline/builds", () => FakeAuxo.Json(FakeAuxo.Build("queued", null), 202)));

        Assert.StartsWith(
            "! This clone's builds are kept apart from those of rad:z2PP3kyqjdbRh8wV7u9Cf9SJLNpsW:",
            (await auxo.RunAsync("ci", "build", repository.Folder, "--detach")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task run_takes_a_bare_repository_a_commit_by_name_and_need_not_wait()
    {
        using var repository = new TempRepository();
        var first = await repository.CommitAsync("First");
        await repository.CommitAsync("Second");
        var bare = repository.Folder + "/bare.git";
        await GitCommand.RunAsync(repository.Folder, ["clone", "--quiet", "--bare", ".", bare], TestContext.Current.CancellationToken);
        await using var auxo = await FakeAuxo.StartAsync(
            app => app.MapPost("/pipeline/builds", () => FakeAuxo.Json(FakeAuxo.Build("queued", null), 202)));

        var result = await auxo.RunAsync("ci", "build", bare, "--commit", "main~1", "--detach");

        Assert.Equal("Build 3f2a1c7 is queued. Watch it: auxo ci logs 3f2a1c7 --follow\n", result.Out);
        var body = JsonDocument.Parse(auxo.Requests.Single()["POST /pipeline/builds ".Length..]).RootElement;
        Assert.Equal((bare, first), (body.GetProperty("source").GetString(), body.GetProperty("commit").GetString()));
        Assert.False(body.TryGetProperty("ref", out _));
    }

    [Fact]
    public async Task a_build_that_waits_for_a_delegate_says_how_to_let_it_run()
    {
        var asked = 0;
        await using var auxo = await FakeAuxo.StartAsync(app =>
        {
            app.MapGet("/pipeline/builds", () => FakeAuxo.Page(FakeAuxo.Build("awaiting_approval", null)));
            app.MapGet($"/pipeline/builds/{FakeAuxo.BuildId}", () => FakeAuxo.Json(
                Interlocked.Increment(ref asked) == 1
                    ? FakeAuxo.Build("awaiting_approval", null)
                    : FakeAuxo.Build("finished", "cancelled")));
        });

        var result = await auxo.RunAsync("ci", "logs", "-f");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("auxo ci approve 3f2a1c7", result.Out, StringComparison.Ordinal);
        Assert.EndsWith("- cancelled in 13 s\n", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task run_outside_of_a_repository_or_without_a_commit_says_so()
    {
        await using var auxo = await FakeAuxo.StartAsync();
        var empty = Directory.CreateTempSubdirectory("auxo-cli-").FullName;
        var none = await auxo.RunAsync("ci", "build", empty);
        Assert.Equal(2, none.ExitCode);
        Assert.Contains("is no git repository", none.Error, StringComparison.Ordinal);

        await GitCommand.RunAsync(empty, ["init", "--quiet"], TestContext.Current.CancellationToken);
        var unborn = await auxo.RunAsync("ci", "build", empty);
        Assert.Equal(2, unborn.ExitCode);
        Assert.Contains("has no commit 'HEAD'", unborn.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await auxo.RunAsync("ci", "build", empty + "/nowhere")).ExitCode);
        Directory.Delete(empty, recursive: true);
        Assert.Empty(auxo.Requests);
    }

    [Fact]
    public async Task interrupting_the_watch_leaves_the_build_alone()
    {
        using var stop = new CancellationTokenSource();
        await using var auxo = await FakeAuxo.StartAsync(app =>
        {
            app.MapGet("/pipeline/builds", () => FakeAuxo.Page(FakeAuxo.Build("running", null)));
            app.MapGet($"/pipeline/builds/{FakeAuxo.BuildId}", async () =>
            {
                await stop.CancelAsync();
                return FakeAuxo.Json(FakeAuxo.Build("running", null));
            });
        });

        var result = await CliResult.RunAsync(new() { ["AUXO_HOME"] = auxo.Home }, ["ci", "logs", "3f2a", "-f"], ct: stop.Token);

        Assert.Equal(130, result.ExitCode);
        Assert.Contains("The build goes on", result.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(auxo.Requests, static r => r.StartsWith("POST", StringComparison.Ordinal));
    }
}
