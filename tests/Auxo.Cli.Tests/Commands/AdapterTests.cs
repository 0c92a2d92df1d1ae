using System.Text.Json.Nodes;

using Auxo.Cli.Adapter;
using Auxo.Contracts;
using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Auxo.Cli.Tests.Commands;

/// <summary>What Radicle's CI broker is answered.</summary>
public sealed class AdapterTests
{
    private const string Rid = "rad:z3FncxVBpRsxNgBiagEzr4ZRcGhW7";
    private static readonly string Commit = new('c', 40);
    private static readonly string Patch = new('a', 40);
    private static readonly string PatchRequest = $$"""
        {"request":"trigger","version":1,"event_type":"patch","repository":{"id":"{{Rid}}","name":"demo"},"action":"Created",
         "patch":{"id":"{{Patch}}","after":"{{Commit}}"} }
        """.ReplaceLineEndings("");
    private static readonly string First = BuildId.For(
        Contracts.Rid.Parse(Rid), CommitId.Parse(Commit), BuildTrigger.Patch, Patch, 1).ToString();

    [Theory]
    [InlineData("passed", "success")]
    [InlineData("failed", "failure")]
    [InlineData("superseded", "failure")]
    public async Task a_run_has_its_id_at_once_and_ends_with_the_builds_verdict(string outcome, string result)
    {
        var asked = 0;
        await using var auxo = await StartAsync(() => asked++ < 2 ? Build("running", null) : Build("finished", outcome));
        var answer = await CliResult.RunAsync(
            new() { ["AUXO_HOME"] = auxo.Home, ["Auxo__PublicUrl"] = "https://ci.example.org/" }, ["adapter"], input: PatchRequest);
        Assert.Equal(
            $$"""
            {"response":"triggered","run_id":{"id":"{{First}}"},"info_url":"https://ci.example.org/builds/{{First}}"}
            {"response":"finished","result":"{{result}}"}

            """.ReplaceLineEndings("\n"), answer.Out);
        Assert.Equal(0, answer.ExitCode);
        Assert.Contains($"POST /ingest/repositories/{Rid}/sweep", string.Join('\n', auxo.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_waits_for_a_person_does_not_hold_up_the_broker()
    {
        await using var auxo = await StartAsync(() => Build("awaiting_approval", null));
        var answer = await auxo.PipeAsync(PatchRequest, "adapter");
        Assert.EndsWith("{\"response\":\"finished\",\"result\":\"failure\"}\n", answer.Out, StringComparison.Ordinal);
        Assert.Contains("auxo ci approve", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_repository_that_is_not_tracked_is_said()
    {
        await using var auxo = await FakeAuxo.StartAsync(static app => app.MapPost(
            "/ingest/repositories/{rid}/sweep", () => FakeAuxo.Problem(404, "repository/unknown", "It is not tracked.")));
        var answer = await auxo.PipeAsync(PatchRequest, "adapter");
        Assert.EndsWith("\"result\":\"failure\"}\n", answer.Out, StringComparison.Ordinal);
        Assert.Contains("It is not tracked.", answer.Error, StringComparison.Ordinal);
        Assert.Equal(0, answer.ExitCode);
    }

    [Fact]
    public async Task an_auxo_that_is_away_is_waited_for_and_the_broker_is_answered_before_it_kills()
    {
        var answer = await CliResult.RunAsync(
            new() { ["AUXO_HOME"] = "/nonexistent", ["AUXO_ADAPTER_MINUTES"] = "0.001" }, ["adapter"], input: PatchRequest);
        Assert.Equal(2, answer.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.EndsWith("\"result\":\"failure\"}\n", answer.Out, StringComparison.Ordinal);
        Assert.Contains("the time is up", answer.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"request\":\"trigger\",\"version\":2}")]
    [InlineData("{\"request\":\"trigger\",\"version\":1,\"event_type\":\"patch\",\"repository\":{\"id\":\"rad:no\"}}")]
    [InlineData("{\"request\":\"stop\"}")]
    public async Task what_is_no_request_ends_all_the_same(string input)
    {
        var answer = await CliResult.RunAsync(new() { ["AUXO_HOME"] = "/nonexistent" }, ["adapter"], input: input);
        Assert.Equal((0, "{\"response\":\"finished\",\"result\":\"failure\"}\n"), (answer.ExitCode, answer.Out));
        Assert.Contains("cannot be answered", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task recorded_requests_are_understood()
    {
        var folder = Fixtures.Require("radicle/recorded/broker");
        var files = Directory.GetFiles(folder, "trigger-*.json");
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
            var (request, json) = (BrokerRequest.Parse(text), JsonNode.Parse(text)!);
            Assert.Equal((string?)json["patch"]?["id"], request.Patch?.Value);
            Assert.Equal((string)(json["patch"]?["after"] ?? json["after"])!, request.Commit.Value);
        }
    }

    private static Task<FakeAuxo> StartAsync(Func<string> build) => FakeAuxo.StartAsync(app =>
    {
        app.MapPost("/ingest/repositories/{rid}/sweep", static () => Results.Accepted());
        app.MapGet("/pipeline/builds", () => FakeAuxo.Page(build()));
    });

    private static string Build(string state, string? outcome) => $$"""
        {"id":"{{First}}","shortId":"{{First[..7]}}","rid":"{{Rid}}","repositoryName":"demo","trigger":"patch","patchId":"{{Patch}}",
         "ref":"patches/{{Patch}}","commit":"{{Commit}}","title":"t","state":"{{state}}",
         "outcome":{{(outcome is null ? "null" : $"\"{outcome}\"")}},"queuedAt":"2026-11-23T11:58:01Z"}
        """;
}
