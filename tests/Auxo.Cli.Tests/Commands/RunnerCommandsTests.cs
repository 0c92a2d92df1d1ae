using Auxo.Instances;
using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Auxo.Cli.Tests.Commands;

/// <summary><c>auxo runner</c>, <c>auxo runners</c> and <c>auxo queue</c></summary>
public sealed class RunnerCommandsTests
{
    private const string Gpu = """
        {"name":"gpu-1","state":"online","labels":["gpu","linux","amd64"],"reserved":true,"strangers":false,"capacity":2,
         "builds":["3f2a1c77-1111-5222-8333-444455556666"],"seenAt":"2026-11-23T11:59:50Z","sandbox":"bubblewrap","version":"0.1.0",
         "changedBy":"admin","changedAt":"2026-11-20T12:00:00Z"}
        """;

    private const string Token = """
        {"id":"0b8e4c77-1111-5222-8333-444455556666","name":"runner-gpu-1","scopes":["pipeline:runner:gpu-1"],
         "createdAt":"2026-11-20T12:00:00Z","createdBy":"admin","expiresAt":null,"revokedAt":null,"replacedBy":null,"state":"active",
         "person":null,"role":null}
        """;

    [Fact]
    public async Task a_token_is_made_with_the_scope_of_that_runner_and_what_to_type_there_is_said()
    {
        await using var auxo = await StartAsync();
        var result = await auxo.RunAsync("runner", "token", "gpu-1", "--labels", "gpu,fast", "--only", "--no-strangers");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var put = Assert.Single(auxo.Requests, static r => r.StartsWith("PUT /pipeline/runners/gpu-1", StringComparison.Ordinal));
        foreach (var part in (string[])["\"gpu\"", "\"fast\"", "\"reserved\": true", "\"strangers\": false"])
            Assert.Contains(part, put, StringComparison.Ordinal);
        // The token that it had is worth nothing any more.
        Assert.Single(auxo.Requests, static r => r.StartsWith("DELETE /registry/tokens/runner-gpu-1", StringComparison.Ordinal));
        Assert.Contains("pipeline:runner:gpu-1", Assert.Single(
            auxo.Requests, static r => r.StartsWith("POST /registry/tokens", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("./auxo runner join http://", result.Out, StringComparison.Ordinal);
        Assert.Contains("gpu-1 --token auxo_new", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task joining_writes_a_file_for_its_owner_alone_and_warns_of_plain_http()
    {
        var home = Directory.CreateTempSubdirectory("auxo-join-").FullName;
        try
        {
            var joined = await CliResult.RunAsync(
                new() { ["AUXO_HOME"] = home }, ["runner", "join", "http://10.0.0.1:8890", "gpu-1", "--token", "-", "--capacity", "3"],
                input: "auxo_abc\n");
            Assert.Equal(0, joined.ExitCode);
            Assert.Contains("The address is not https", joined.Out, StringComparison.Ordinal);
            var layout = new InstanceLayout(home).AsRunner;
            Assert.Equal(new RunnerFile(new Uri("http://10.0.0.1:8890"), "gpu-1", "auxo_abc", 3), RunnerFile.Read(layout));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(layout.JoinedFile));
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    [Theory]
    [InlineData("ftp://x", "gpu-1", "--token", "auxo_abc")]
    [InlineData("ci.example.org", "gpu-1", "--token", "auxo_abc")]
    [InlineData("https://ci.example.org", "gpu-1", "--token", "abc")]
    [InlineData("https://ci.example.org", "gpu-1", "--token", "auxo_abc", "--capacity", "0")]
    public async Task what_cannot_be_joined_is_refused_before_anything_is_written(params string[] words)
    {
        var home = Path.Combine(Path.GetTempPath(), $"auxo-join-{Guid.NewGuid()}");
        Assert.Equal(2, (await CliResult.RunAsync(new() { ["AUXO_HOME"] = home }, ["runner", "join", .. words])).ExitCode);
        Assert.False(Directory.Exists(home));
    }

    [Fact]
    public async Task the_list_says_what_each_machine_has_and_does()
    {
        await using var auxo = await StartAsync();
        var result = await auxo.RunAsync("runners");
        Assert.Equal(0, result.ExitCode);
        foreach (var part in (string[])["(main)", "gpu-1", "online", "1 of 2", "gpu linux amd64 only no-strangers", "up to "])
            Assert.Contains(part, result.Out, StringComparison.Ordinal);
        Assert.Equal(0, (await auxo.RunAsync("runner", "drain", "gpu-1")).ExitCode);
        Assert.Single(auxo.Requests, static r => r.StartsWith("POST /pipeline/runners/gpu-1/drain", StringComparison.Ordinal));
    }

    [Fact]
    public async Task the_queue_says_where_a_build_runs_and_why_another_waits()
    {
        await using var auxo = await StartAsync();
        var result = await auxo.RunAsync("queue");
        Assert.Equal(0, result.ExitCode);
        var words = string.Join(' ', result.Out.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        foreach (var part in (string[])["runs 3f2a1c7", "on gpu-1", "1 5b1c9d2", "no machine has", "?"])
            Assert.Contains(part, words, StringComparison.Ordinal);
    }

    private static Task<FakeAuxo> StartAsync()
        => FakeAuxo.StartAsync(static app =>
        {
            app.MapPut("/pipeline/runners/{name}", static () => FakeAuxo.Json(Gpu));
            app.MapPost("/pipeline/runners/{name}/{verb}", static () => FakeAuxo.Json(Gpu));
            app.MapGet("/pipeline/runners", static () => FakeAuxo.Json($$"""{"main":["linux"],"capacity":4,"items":[{{Gpu}}]}"""));
            app.MapGet("/registry/tokens", static () => FakeAuxo.Page(Token));
            app.MapDelete("/registry/tokens/{name}", static () => Results.NoContent());
            app.MapPost("/registry/tokens", static () => FakeAuxo.Json($$"""{"token":{{Token}},"text":"auxo_new"}""", 201));
            app.MapGet("/pipeline/queue", static () => FakeAuxo.Json($$"""
                {"items":[
                  {"id":"3f2a1c77-1111-5222-8333-444455556666","shortId":"3f2a1c7","rid":"{{FakeAuxo.Rid}}","repositoryName":"heartwood",
                   "ref":"main","title":"One","state":"running","position":null,"machine":"gpu-1","reason":null,"labels":["gpu"],
                   "queuedAt":"2026-11-23T11:59:00Z","startsInSeconds":null},
                  {"id":"5b1c9d20-1111-5222-8333-444455556666","shortId":"5b1c9d2","rid":"{{FakeAuxo.Rid}}","repositoryName":"heartwood",
                   "ref":"main","title":"Two","state":"waiting","position":1,"machine":null,"reason":"no machine has the labels arm64",
                   "labels":["arm64"],"queuedAt":"2026-11-23T11:59:30Z","startsInSeconds":null}]}
                """));
        });
}
