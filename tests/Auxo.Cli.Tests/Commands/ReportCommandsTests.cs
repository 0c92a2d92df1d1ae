using System.Security.Cryptography;
using System.Text;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Auxo.Cli.Tests.Commands;

public sealed class ReportCommandsTests
{
    [Fact]
    public async Task a_deployment_is_reported_with_the_commit_of_the_folder()
    {
        await using var auxo = await FakeAuxo.StartAsync(static app =>
        {
            app.MapGet("/ingest/repositories", () => FakeAuxo.Page(FakeAuxo.Repository));
            app.MapPost("/metrics/api/deployments", ()
                => FakeAuxo.Json(
                    $$"""
                    {"rid":"{{FakeAuxo.Rid}}","deploymentId":"d1","environment":"production",
                     "commit":"{{FakeAuxo.Commit}}","succeeded":true,"kind":"hotfix","at":"2026-11-23T12:00:00Z"}
                    """, 201));
        });
        using var repository = new TempRepository();
        var commit = await repository.CommitAsync("x");

        var result = await CliResult.RunAsync(new() { ["AUXO_HOME"] = auxo.Home },
            ["deploy", "record", "heartwood", "--kind", "hotfix", "--remediates", "inc-7"], folder: repository.Folder);

        Assert.Equal("", result.Error);
        Assert.StartsWith($"✓ The deployment d1 of heartwood at {commit[..7]} is recorded.", result.Out, StringComparison.Ordinal);
        var sent = Assert.Single(auxo.Requests, static r => r.StartsWith("POST", StringComparison.Ordinal));
        Assert.Contains($"\"commit\": \"{commit}\"", sent, StringComparison.Ordinal);
        Assert.Contains("\"remediates\": \"inc-7\"", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("succeeded", sent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_failure_is_opened_closed_and_listed()
    {
        await using var auxo = await FakeAuxo.StartAsync(static app =>
        {
            app.MapGet("/ingest/repositories", () => FakeAuxo.Page(FakeAuxo.Repository));
            app.MapPost("/metrics/api/failures", ()
                => FakeAuxo.Json(
                    $$"""{"rid":"{{FakeAuxo.Rid}}","failureId":"inc-7","deploymentId":null,"title":"Down","at":"2026-11-23T12:00:00Z"}""",
                    201));
            app.MapPost("/metrics/api/failures/{rid}/{id}/recover", static (string id)
                => id is "inc-7" or "inc%2F7"
                    ? Results.NoContent()
                    : FakeAuxo.Problem(404, "failure/unknown", "No failure inc-8 was reported."));
            app.MapGet("/metrics/api/dora/{rid}/evidence", () => FakeAuxo.Json("""
                {"recoveries":[{"deployment":"d1aaaaaaaa","failures":[{"id":"inc-7","title":"Down",
                 "startedAt":"2026-11-23T11:00:00Z","openSince":"2026-11-23T11:00:00Z","inferred":false}]}],
                 "unattributed":[{"id":"inc-6","title":null,"startedAt":"2026-11-20T11:00:00Z","openSince":null,"inferred":false}]}
                """));
        });

        Assert.Contains("auxo failure close heartwood inc-7", (await auxo.RunAsync("failure", "open", "heartwood", "--title", "Down"))
            .Out, StringComparison.Ordinal);
        Assert.Equal("✓ Failure inc-7 is over.\n", (await auxo.RunAsync("failure", "close", "heartwood", "inc-7", "--by", "alice")).Out);
        Assert.Equal("✓ Failure inc/7 is over.\n", (await auxo.RunAsync("failure", "close", "heartwood", "inc/7")).Out);
        var unknown = await auxo.RunAsync("failure", "close", "heartwood", "inc-8");
        Assert.Equal((1, "auxo: No failure inc-8 was reported.\n"), (unknown.ExitCode, unknown.Error));
        var open = (await auxo.RunAsync("failure", "list", "heartwood")).Out;
        Assert.Contains("inc-7    ✗ open  Down  1 h ago  d1aaaaa\n", open, StringComparison.Ordinal);
        Assert.DoesNotContain("inc-6", open, StringComparison.Ordinal);
        Assert.Contains("inc-6    ✓ over", (await auxo.RunAsync("failure", "list", "heartwood", "--all")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_raw_file_is_sent_with_its_digest_and_fetched_and_checked()
    {
        var folder = Directory.CreateTempSubdirectory("auxo-raw-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "tool.txt"), "tool");
        var digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("tool")));
        var promised = "";
        var file =
            $$"""
            {"repository":"releases","path":"v1 2/tool.txt","digest":"{{digest}}","sizeBytes":4,
             "mediaType":"text/plain","storedAt":"2026-11-23T11:59:00Z","storedBy":"admin",
             "url":"/raw/releases/v1%202/tool.txt"}
            """;
        await using var auxo = await FakeAuxo.StartAsync(app =>
        {
            app.MapPut("/registry/raw/releases/{**path}", (HttpRequest request) =>
            {
                promised = $"{request.Headers["Content-Digest"]} {request.Headers.IfNoneMatch} {request.ContentType}";
                return FakeAuxo.Json(file, 201);
            });
            app.MapGet("/registry/raw/releases", () => FakeAuxo.Page(file));
            app.MapGet("/registry/raw/releases/{**path}", () => Results.Text("tool"));
            app.MapDelete("/registry/raw/releases/{**path}", () => Results.NoContent());
            app.MapPut("/registry/repositories/{name}", static (string name)
                => FakeAuxo.Json($$"""{"name":"{{name}}","quotaBytes":5368709120,"usedBytes":0,"fileCount":0,"immutable":true}""", 201));
        });
        Task<CliResult> Run(params string[] args) => CliResult.RunAsync(new() { ["AUXO_HOME"] = auxo.Home }, args, folder: folder);

        Assert.Contains("holds 5 GiB at most; no file in it is ever replaced.",
            (await Run("raw", "define", "releases", "--quota", "5GiB", "--immutable")).Out, StringComparison.Ordinal);
        var put = await Run("raw", "put", "releases", "tool.txt", "--as", "v1 2/tool.txt", "--type", "text/plain", "--new");
        Assert.Equal("", put.Error);
        Assert.Contains($"✓ releases/v1 2/tool.txt  4 B  {digest}", put.Out, StringComparison.Ordinal);
        Assert.Equal($"sha-256=:{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes("tool")))}: * text/plain", promised);
        Assert.Contains(auxo.Requests, static r => r.StartsWith("PUT /registry/raw/releases/v1 2/tool.txt", StringComparison.Ordinal)
            || r.StartsWith("PUT /registry/raw/releases/v1%202/tool.txt", StringComparison.Ordinal));
        Assert.Contains("v1 2/tool.txt  4 B   sha256:", (await Run("raw", "list", "releases")).Out, StringComparison.Ordinal);
        Assert.Contains("✓ v1 2/tool.txt  4 B", (await Run("raw", "get", "releases", "v1 2/tool.txt")).Out, StringComparison.Ordinal);
        Assert.Equal("tool", await File.ReadAllTextAsync(Path.Combine(folder, "v1 2", "tool.txt")));
        Assert.Equal(1, (await Run("raw", "get", "releases", "v2")).ExitCode);
        Assert.Equal(0, (await Run("raw", "delete", "releases", "v1 2/tool.txt")).ExitCode);
        Assert.Equal(2, (await Run("raw", "define", "releases", "--quota", "much")).ExitCode);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task cleanup_shows_what_would_go_and_does_it_when_asked()
    {
        await using var auxo = await FakeAuxo.StartAsync(static app =>
        {
            app.MapGet("/registry/artifacts", () => FakeAuxo.Page());
            app.MapGet("/registry/artifacts/cleanup", ()
                => FakeAuxo.Page($$"""{"buildId":"{{FakeAuxo.BuildId}}","reason":"not among the newest 10 of its branch"}"""));
            app.MapPost("/registry/artifacts/cleanup", ()
                => FakeAuxo.Page($$"""{"buildId":"{{FakeAuxo.BuildId}}","reason":"not among the newest 10 of its branch"}"""));
        });

        var preview = await auxo.RunAsync("artifacts", "cleanup");
        Assert.Contains("not among the newest 10 of its branch", preview.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(auxo.Requests, static r => r.StartsWith("POST", StringComparison.Ordinal));
        Assert.Contains("1 versions are gone", (await auxo.RunAsync("artifacts", "cleanup", "--now")).Out, StringComparison.Ordinal);
    }
}
