using Auxo.Cli.Gate;
using Auxo.Git;
using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Auxo.Cli.Tests.Commands;

public sealed class GateCommandsTests : IDisposable
{
    private const string Url = "rad://z3gqcJUoA1n9HaHKufZs5FCSGazv5/z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp";
    private static readonly string None = new('0', 40);
    private readonly TempRepository _repository = new();

    [Theory]
    [InlineData(Url, "rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5")]
    [InlineData("rad://z3gqcJUoA1n9HaHKufZs5FCSGazv5", "rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5")]
    [InlineData("https://example.org/z3gqcJUoA1n9HaHKufZs5FCSGazv5", null)]
    [InlineData("rad://z3gq;rm", null)]
    [InlineData(null, null)]
    public void a_repository_is_known_by_its_remote_of_radicle(string? url, string? rid) => Assert.Equal(rid, WorkTree.RidOf(url));

    [Fact]
    public async Task a_commit_is_asked_for_and_the_answer_is_the_exit_code()
    {
        await using var auxo = await StartAsync(passed: false);
        var commit = await _repository.CommitAsync("one");
        await GitCommand.RunAsync(_repository.Folder, ["config", "remote.rad.url", Url], TestContext.Current.CancellationToken);
        var result = await RunAsync(auxo, "gate", "check");
        Assert.Equal((1, $"✗ {commit[..7]}: build 3f2a1c7 has failed\n"), (result.ExitCode, result.Out));
        Assert.Contains(
            $"GET /pipeline/gate?rid={Uri.EscapeDataString("rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5")}&commit={commit}", auxo.Requests);
        Assert.Equal(2, (await RunAsync(auxo, "gate", "check", "nothing")).ExitCode);
    }

    [Fact]
    public async Task a_push_of_what_has_not_passed_to_the_default_branch_is_refused_and_no_other()
    {
        await using var auxo = await StartAsync(passed: false);
        var commit = await _repository.CommitAsync("one");
        var refused = await PushAsync(auxo, Url, $"refs/heads/main {commit} refs/heads/main {None}");
        Assert.Equal(1, refused.ExitCode);
        Assert.StartsWith($"✗ {commit[..7]} may not become main: build 3f2a1c7 has failed.\n", refused.Out, StringComparison.Ordinal);
        Assert.Equal(0, (await PushAsync(auxo, Url, $"HEAD {commit} refs/patches {None}")).ExitCode);
        Assert.Equal(0, (await PushAsync(auxo, Url, $"refs/heads/x {commit} refs/heads/x {None}")).ExitCode);
        Assert.Equal(0, (await PushAsync(auxo, Url, $"(delete) {None} refs/heads/main {commit}")).ExitCode);
        Assert.Equal(0, (await PushAsync(auxo, "https://example.org/x", $"refs/heads/main {commit} refs/heads/main {None}")).ExitCode);
        await using var good = await StartAsync(passed: true);
        Assert.Equal(0, (await PushAsync(good, Url, $"refs/heads/main {commit} refs/heads/main {None}")).ExitCode);
    }

    [Fact]
    public async Task a_push_while_auxo_is_away_is_refused_with_the_way_around()
    {
        var commit = await _repository.CommitAsync("one");
        var result = await CliResult.RunAsync(
            new() { ["AUXO_HOME"] = Path.Combine(_repository.Folder, "none") }, ["gate", "push", "rad", Url], folder: _repository.Folder,
            input: $"refs/heads/main {commit} refs/heads/main {None}\n");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("git push --no-verify", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task merges_without_a_pass_are_listed()
    {
        await using var auxo = await FakeAuxo.StartAsync(app => app.MapGet("/pipeline/merges", () => FakeAuxo.Json($$"""
            {"items":[{"rid":"{{FakeAuxo.Rid}}","repositoryName":"heartwood","patchId":"{{new string('a', 40)}}",
             "commit":"{{new string('b', 40)}}","by":"did:key:z6MkuNpETfaWmUKZjop7K8uHqAncDsWSjt8zqSyCW5ovdbqJ",
             "at":"2026-11-23T11:00:00Z","seenAt":"2026-11-23T11:00:00Z","passed":false,
             "buildId":null,"reason":"no build of bbbbbbb has ended with a verdict"}]}
            """)));
        var listed = await RunAsync(auxo, "gate", "list");
        Assert.Contains("heartwood", listed.Out, StringComparison.Ordinal);
        Assert.Contains("no build of bbbbbbb has ended with a verdict  z6MkuNp…\n", listed.Out, StringComparison.Ordinal);
        Assert.Contains("GET /pipeline/merges?unpassed=True&limit=50", auxo.Requests);
    }

    public void Dispose() => _repository.Dispose();

    private Task<CliResult> RunAsync(FakeAuxo auxo, params string[] args)
        => CliResult.RunAsync(new() { ["AUXO_HOME"] = auxo.Home }, args, folder: _repository.Folder, width: 200);

    private Task<CliResult> PushAsync(FakeAuxo auxo, string url, string line)
        => CliResult.RunAsync(
            new() { ["AUXO_HOME"] = auxo.Home }, ["gate", "push", "rad", url], folder: _repository.Folder, input: line + "\n");

    private static Task<FakeAuxo> StartAsync(bool passed)
    {
        var answer = $$"""
            {"passed":{{(passed ? "true" : "false")}},"reason":"build 3f2a1c7 has {{(passed ? "passed" : "failed")}}",
             "buildId":"{{FakeAuxo.BuildId}}","branch":"main"}
            """;
        return FakeAuxo.StartAsync(app => app.MapGet("/pipeline/gate", () => FakeAuxo.Json(answer)));
    }
}
