using System.Text.Json;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Auxo.Cli.Tests.Commands;

public sealed class RepositoryCommandsTests
{
    private const string Repository = $$$"""
        {"rid":"{{{FakeAuxo.Rid}}}","name":"heartwood","defaultBranch":"master",
         "source":"/home/a/.radicle/storage/z3gq","kind":"radicle","delegates":[],"trusted":[],
         "branches":[],"trackedAt":"2026-11-20T12:00:00Z","hooks":{"url":"http://127.0.0.1:8888/hooks/radicle","hasSecret":true}}
        """;

    private const string Baseline = $$$"""
        {"rid":"{{{FakeAuxo.Rid}}}","takenAt":"2026-11-20T12:00:00Z","changedAt":"2026-11-20T12:00:00Z","commit":"{{{FakeAuxo.Commit}}}",
         "known":17,"unmeasured":["secrets"],
         "counts":[{"check":"shellcheck","rule":"SC2086","count":14,"path":null,"awaited":false},
                   {"check":"permissions","rule":"script-not-executable","count":3,"path":null,"awaited":false}],
         "findings":[{"check":"permissions","rule":"script-not-executable","count":3,"path":"bin/run.sh","awaited":true},
                     {"check":"shellcheck","rule":"SC2086","count":14,"path":"bin/run.sh","awaited":false}],
         "acceptances":[{"buildId":"{{{FakeAuxo.BuildId}}}","commit":"{{{FakeAuxo.Commit}}}","by":"alice","findings":3,
                         "at":"2026-11-20T12:00:00Z"}],
         "trend":[{"at":"2026-11-10T12:00:00Z","commit":null,"known":20},{"at":"2026-11-20T12:00:00Z","commit":null,"known":17}]}
        """;

    [Fact]
    public async Task a_past_is_shown_and_told()
    {
        await using var auxo = await FakeAuxo.StartAsync(static app =>
        {
            app.MapGet("/ingest/repositories", static () => FakeAuxo.Page(Repository));
            app.MapPost("/ingest/repositories/{rid}/backfill", static async (HttpRequest request) =>
            {
                using var body = await JsonDocument.ParseAsync(request.Body);
                var isEmpty = body.RootElement.TryGetProperty("since", out _);
                return Results.Json(new
                {
                    heads = isEmpty ? 0 : 12, commits = 40, patches = 5, merges = 4, from = isEmpty ? null : "2024-01-31T10:00:00Z",
                    to = isEmpty ? null : "2026-11-30T10:00:00Z", told = !body.RootElement.GetProperty("dryRun").GetBoolean(),
                });
            });
        });
        var dry = await auxo.RunAsync("backfill", FakeAuxo.Rid, "--dry-run");
        Assert.Equal((0, ""), (dry.ExitCode, dry.Error));
        Assert.Contains("from 2024-01-31 to 2026-11-30: 12 heads of the default branch, 5 patches, 4 of them merged", dry.Out,
            StringComparison.Ordinal);
        Assert.Contains("Nothing was told", dry.Out, StringComparison.Ordinal);
        var told = await auxo.RunAsync("backfill", FakeAuxo.Rid, "--no-deployments");
        Assert.Contains("auxo metrics dora", told.Out, StringComparison.Ordinal);
        Assert.Contains(auxo.Requests, static r => r.Contains("\"headsWereLive\": false", StringComparison.Ordinal));
        var none = await auxo.RunAsync("backfill", FakeAuxo.Rid, "--since", "2026-01-31");
        Assert.Contains("has no past to count", none.Out, StringComparison.Ordinal);
        Assert.Contains(auxo.Requests, static r => r.Contains("2026-01-31T00:00:00+00:00", StringComparison.Ordinal));
        Assert.Equal(2, (await auxo.RunAsync("backfill", FakeAuxo.Rid, "--since", "yesterday")).ExitCode);
    }

    [Fact]
    public async Task track_shows_the_secret_once()
    {
        await using var auxo = await FakeAuxo.StartAsync(
            app => app.MapPost("/ingest/repositories", () => FakeAuxo.Json($$"""{"repository":{{Repository}},"secret":"s3cr3t"}""", 201)));

        var result = await auxo.RunAsync("repo", "track", FakeAuxo.Rid, "--branch", "next", "--branch", "lts", "--name", "hw");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(
            """
            ✓ Tracking heartwood  rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5
              default branch master; its head is built first, then every patch and push.

              Beside a running node nothing else is needed. For a node elsewhere, a webhook:
                url     http://127.0.0.1:8888/hooks/radicle
                secret  s3cr3t   (shown this once)

            """, result.Out);
        var body = JsonDocument.Parse(auxo.Requests.First()["POST /ingest/repositories ".Length..]).RootElement;
        Assert.Equal(FakeAuxo.Rid, body.GetProperty("location").GetString());
        Assert.Equal("hw", body.GetProperty("name").GetString());
        Assert.Equal(["next", "lts"], body.GetProperty("branches").EnumerateArray().Select(static b => b.GetString()));
    }

    [Fact]
    public async Task what_has_nothing_to_build_yet_promises_no_build()
    {
        await using var auxo = await FakeAuxo.StartAsync(app =>
        {
            app.MapPost("/ingest/repositories", () => FakeAuxo.Json($$"""{"repository":{{Repository}},"secret":"s3cr3t"}""", 201));
            app.MapGet("/ingest/repositories/{rid}/refs", () => FakeAuxo.Page("""
                {"kind":"branch","name":"master","title":"","commit":null,"author":null,"trust":null,"seenAt":null,"via":null,
                 "fact":null,"reason":"The repository has no commit yet"}
                """));
        });

        var result = await auxo.RunAsync("repo", "track", FakeAuxo.Rid);

        Assert.Contains(
            "  ! default branch master, which has nothing to build yet: The repository has no commit yet\n", result.Out,
            StringComparison.Ordinal);
        Assert.DoesNotContain("built first", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task tracking_again_is_no_error()
    {
        await using var auxo = await FakeAuxo.StartAsync(
            app => app.MapPost("/ingest/repositories", () => FakeAuxo.Json($$"""{"repository":{{Repository}},"secret":null}""")));

        var result = await auxo.RunAsync("repo", "track", FakeAuxo.Rid);

        Assert.StartsWith("Already tracked heartwood", result.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_folder_is_sent_as_the_service_can_find_it()
    {
        var folder = Directory.CreateTempSubdirectory("auxo-cli-");
        await using var auxo = await FakeAuxo.StartAsync(
            app => app.MapPost("/ingest/repositories", () => FakeAuxo.Json($$"""{"repository":{{Repository}},"secret":null}""")));

        await CliResult.RunAsync(new() { ["AUXO_HOME"] = auxo.Home }, ["repo", "track"], folder: folder.FullName);
        var wrong = await auxo.RunAsync("repo", "track", "no/such/folder");

        Assert.Contains($"\"location\": \"{folder.FullName}\"", auxo.Requests.First(), StringComparison.Ordinal);
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("neither a Radicle id nor a folder", wrong.Error, StringComparison.Ordinal);
        folder.Delete();
    }

    [Theory]
    [InlineData(FakeAuxo.Rid)]
    [InlineData("rad:z3gq")]
    [InlineData("z3gqcJUo")]
    [InlineData("heartwood")]
    public async Task a_repository_is_found_by_id_beginning_or_name(string text)
    {
        await using var auxo = await StartAsync();

        var result = await auxo.RunAsync("repo", "untrack", text);

        Assert.Equal("heartwood is no longer followed; its builds and logs stay.\n", result.Out);
        Assert.Contains(auxo.Requests, static r => r == $"DELETE /ingest/repositories/{FakeAuxo.Rid}");
    }

    [Fact]
    public async Task an_unknown_repository_suggests_the_nearest()
    {
        await using var auxo = await StartAsync();

        var result = await auxo.RunAsync("repo", "secret", "heartwod");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Did you mean 'heartwood'?", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_list_never_cuts_an_id()
    {
        await using var auxo = await StartAsync();

        Assert.Equal(
            """
            NAME       BRANCH  SINCE       ID
            heartwood  master  3 days ago  rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5

            """, (await auxo.RunAsync("repo", "list")).Out);
        Assert.Equal("heartwood", JsonDocument.Parse((await auxo.RunAsync("--json", "repo", "list")).Out)
            .RootElement.GetProperty("items")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task only_a_did_can_be_trusted()
    {
        const string Did = "did:key:z6MkvZwzYS8W1C7c4d1oRzWqUyZ7k3BmL9e8sQfG5dX2aHnT";
        await using var auxo = await StartAsync();

        Assert.Equal(2, (await auxo.RunAsync("repo", "trust", "heartwood", "alice")).ExitCode);
        Assert.Equal(0, (await auxo.RunAsync("repo", "trust", "heartwood", Did)).ExitCode);
        Assert.Equal(0, (await auxo.RunAsync("repo", "distrust", "heartwood", Did)).ExitCode);
        Assert.Contains($"POST /ingest/repositories/{FakeAuxo.Rid}/trusted/{Did}", auxo.Requests);
        Assert.Contains($"DELETE /ingest/repositories/{FakeAuxo.Rid}/trusted/{Did}", auxo.Requests);
    }

    [Fact]
    public async Task a_repository_is_made_public_and_the_answer_says_what_that_means()
    {
        await using var auxo = await StartAsync();
        Assert.Equal(
            "Everybody may read the builds, logs, patches and numbers of heartwood.\n",
            (await auxo.RunAsync("repo", "public", "heartwood", "on")).Out);
        Assert.Equal(0, (await auxo.RunAsync("repo", "public", "heartwood", "off")).ExitCode);
        Assert.Equal(2, (await auxo.RunAsync("repo", "public", "heartwood", "maybe")).ExitCode);
        Assert.Contains($"PUT /ingest/repositories/{FakeAuxo.Rid}/public", auxo.Requests);
        Assert.Contains($"DELETE /ingest/repositories/{FakeAuxo.Rid}/public", auxo.Requests);
    }

    [Fact]
    public async Task a_baseline_is_shown_by_rule_and_by_file()
    {
        await using var auxo = await StartAsync();

        Assert.Equal(
            """
            17 known in heartwood (set 3 days ago, last changed by 8fabc1d)
            secrets could not be made so far; what it finds at first will be known.
            COUNT  CHECK        RULE
            14     shellcheck   SC2086
            3      permissions  script-not-executable
            Over time: 20 (2026-11-10) → 17 (2026-11-20)
            3 days ago: alice accepted 3 of 8fabc1d

            """, string.Join('\n', (await auxo.RunAsync("repo", "baseline", "show", "heartwood")).Out.Split('\n').Select(
                static line => line.TrimEnd())));
        Assert.Contains("bin/run.sh (accepted)",
            (await auxo.RunAsync("repo", "baseline", "show", "heartwood", "--paths")).Out, StringComparison.Ordinal);
        Assert.Equal(17, JsonDocument.Parse((await auxo.RunAsync("--json", "repo", "baseline", "show", "heartwood")).Out)
            .RootElement.GetProperty("known").GetInt32());
    }

    [Fact]
    public async Task what_a_build_found_is_accepted_and_a_baseline_is_reset()
    {
        await using var auxo = await StartAsync();

        var accepted = await auxo.RunAsync("repo", "baseline", "accept", "heartwood", FakeAuxo.BuildId);
        Assert.StartsWith("3 findings of build 3f2a1c7 are known from now on, 17 in all.", accepted.Out, StringComparison.Ordinal);
        var sent = Assert.Single(auxo.Requests, static r => r.StartsWith("POST", StringComparison.Ordinal));
        Assert.StartsWith($"POST /pipeline/baselines/{FakeAuxo.Rid}/accept", sent, StringComparison.Ordinal);
        Assert.Contains(FakeAuxo.BuildId, sent, StringComparison.Ordinal);
        Assert.Equal(0, (await auxo.RunAsync("repo", "baseline", "reset", "heartwood")).ExitCode);
        Assert.Contains($"DELETE /pipeline/baselines/{FakeAuxo.Rid}", auxo.Requests);
        Assert.Equal(1, (await auxo.RunAsync("repo", "baseline", "reset", "softwood")).ExitCode);
    }

    private static Task<FakeAuxo> StartAsync() => FakeAuxo.StartAsync(app =>
    {
        app.MapGet("/pipeline/baselines/{rid}", () => FakeAuxo.Json(Baseline));
        app.MapPost("/pipeline/baselines/{rid}/accept", () => FakeAuxo.Json("""{"accepted":3,"known":17}"""));
        app.MapDelete("/pipeline/baselines/{rid}", () => Results.NoContent());
        app.MapGet("/pipeline/builds/{id}", () => FakeAuxo.Json(FakeAuxo.Build("finished", "Failed")));
        app.MapGet("/ingest/repositories", () => FakeAuxo.Page(Repository));
        app.MapDelete("/ingest/repositories/{rid}", () => Results.NoContent());
        app.MapPut("/ingest/repositories/{rid}/public", () => FakeAuxo.Json(Repository));
        app.MapDelete("/ingest/repositories/{rid}/public", () => FakeAuxo.Json(Repository));
        app.MapPost("/ingest/repositories/{rid}/trusted/{did}", () => Results.NoContent());
        app.MapDelete("/ingest/repositories/{rid}/trusted/{did}", () => Results.NoContent());
    });
}
