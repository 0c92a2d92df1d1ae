using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Auxo.Cli.Tests.Commands;

/// <summary><c>auxo secret</c></summary>
public sealed class SecretCommandsTests
{
    private const string Token = $$"""
        {"rid":"{{FakeAuxo.Rid}}","repositoryName":"heartwood","name":"DEPLOY_TOKEN","branches":["main"],"steps":["deploy"],
         "patches":"approved","setBy":"admin","setAt":"2026-11-20T12:00:00Z","usedAt":null,"usedBy":null,"isReadable":true}
        """;

    private const string Lost = """
        {"rid":null,"repositoryName":null,"name":"KEY","branches":[],"steps":[],"patches":"none","setBy":"bob",
         "setAt":"2026-11-20T12:00:00Z","usedAt":"2026-11-23T11:00:00Z","usedBy":"3f2a1c77-1111-5222-8333-444455556666","isReadable":false}
        """;

    [Theory]
    [InlineData("tok-s3cr3t\n", "tok-s3cr3t")]
    [InlineData("tok-s3cr3t", "tok-s3cr3t")]
    [InlineData("BEGIN\nkey\nEND\n", "BEGIN\\nkey\\nEND\\n")]
    public async Task a_value_comes_from_standard_input_and_is_not_said_again(string typed, string sent)
    {
        await using var auxo = await StartAsync();
        var result = await auxo.PipeAsync(
            typed, "secret", "set", "DEPLOY_TOKEN", "--repository", "heartwood", "--branch", "main",
            "--branch", "refs/tags/v*", "--patches");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var asked = Assert.Single(auxo.Requests, static r => r.StartsWith("PUT", StringComparison.Ordinal));
        Assert.StartsWith($"PUT /pipeline/secrets/DEPLOY_TOKEN?rid={Uri.EscapeDataString(FakeAuxo.Rid)} ", asked, StringComparison.Ordinal);
        Assert.Contains($"\"{sent}\"", asked, StringComparison.Ordinal);
        Assert.Contains("\"trusted\"", asked, StringComparison.Ordinal);
        Assert.Contains("refs/tags/v*", asked, StringComparison.Ordinal);
        Assert.Contains("DEPLOY_TOKEN of heartwood is set.", result.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("tok-s3cr3t", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task which_builds_it_is_for_has_to_be_said_and_a_value_has_to_come()
    {
        await using var auxo = await StartAsync();
        Assert.Equal(2, (await auxo.PipeAsync("value", "secret", "set", "KEY")).ExitCode);
        Assert.Equal(
            2, (await auxo.PipeAsync("value", "secret", "set", "KEY", "--repository", "heartwood", "--all-repositories")).ExitCode);
        Assert.Equal(2, (await auxo.PipeAsync("", "secret", "set", "KEY", "--all-repositories")).ExitCode);
        Assert.NotEqual(0, (await auxo.PipeAsync("", "secret", "set", "KEY", "value", "--all-repositories")).ExitCode);
        Assert.Equal(2, (await auxo.RunAsync("secret", "rm", "KEY")).ExitCode);
        Assert.DoesNotContain(auxo.Requests, static r => !r.StartsWith("GET", StringComparison.Ordinal));
    }

    [Fact]
    public async Task the_list_says_what_is_given_to_whom_and_what_cannot_be_read()
    {
        await using var auxo = await StartAsync();
        var result = await auxo.RunAsync("secret", "list");
        Assert.Equal(0, result.ExitCode);
        var words = string.Join(' ', result.Out.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("DEPLOY_TOKEN", words, StringComparison.Ordinal);
        Assert.Contains("trusted and", words, StringComparison.Ordinal);
        Assert.Contains("never", words, StringComparison.Ordinal);
        Assert.Contains("KEY all", words, StringComparison.Ordinal);
        Assert.Contains("no step:", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task one_is_removed_and_all_get_a_new_key()
    {
        await using var auxo = await StartAsync();
        Assert.Equal(0, (await auxo.RunAsync("secret", "rm", "KEY", "--all-repositories")).ExitCode);
        Assert.Contains("DELETE /pipeline/secrets/KEY", auxo.Requests);
        Assert.Equal(0, (await auxo.RunAsync("secret", "rm", "DEPLOY_TOKEN", "--repository", "heartwood")).ExitCode);
        Assert.Contains($"DELETE /pipeline/secrets/DEPLOY_TOKEN?rid={Uri.EscapeDataString(FakeAuxo.Rid)}", auxo.Requests);
        var wrong = await auxo.RunAsync("secret", "rm", "DEPLOY_TOKE", "--repository", "heartwood");
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("Did you mean 'DEPLOY_TOKEN'?", wrong.Error, StringComparison.Ordinal);
        Assert.Contains("2 values have a new key.", (await auxo.RunAsync("secret", "rotate")).Out, StringComparison.Ordinal);
    }

    private static Task<FakeAuxo> StartAsync() => FakeAuxo.StartAsync(static app =>
    {
        app.MapGet("/ingest/repositories", static () => FakeAuxo.Page(FakeAuxo.Repository));
        app.MapGet("/pipeline/secrets", static () => FakeAuxo.Json($$"""{"items":[{{Lost}},{{Token}}]}"""));
        app.MapPut("/pipeline/secrets/{name}", static () => FakeAuxo.Json(Token));
        app.MapDelete("/pipeline/secrets/{name}", static () => Results.NoContent());
        app.MapPost("/pipeline/secrets/rotate", static () => FakeAuxo.Json("""{"secrets":2,"keyId":"0011223344556677"}"""));
    });
}
