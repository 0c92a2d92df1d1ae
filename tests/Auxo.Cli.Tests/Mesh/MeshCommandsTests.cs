using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Auxo.Cli.Tests.Mesh;

/// <summary><c>auxo mesh status</c>, <c>auxo mesh forget</c>, <c>auxo agent token</c></summary>
public sealed class MeshCommandsTests
{
    private const string Node = """
        "node":"z6Mk","alias":"","version":"1.10.0","receivedAt":"2026-11-23T11:59:50Z","silentSeconds":null,"isUp":true,
        "clockSkewSeconds":0.2,"keyExpiry":null,"problems":[],"violations":[]}
        """;

    private const string Account = """
        {"id":"0b8e4c77-1111-5222-8333-444455556666","name":"agent-ann","scopes":["metrics:report"],
         "createdAt":"2026-11-20T12:00:00Z","createdBy":"admin","expiresAt":null,"revokedAt":null,"replacedBy":null,"state":"active",
         "person":null,"role":null}
        """;

    [Fact]
    public async Task a_pair_that_does_not_work_is_shown_with_what_mends_it_and_the_exit_code_says_so()
    {
        const string next = "auxo node fix --peer z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK@ann.example.org:8776";
        await using var auxo = await StartAsync(
            Pair("ann", "bob", "direct"), Pair("bob", "ann", "failing", $"\"not connected\",\"nextOn\":\"bob\",\"next\":\"{next}\""));

        var result = await auxo.RunAsync("mesh", "status");

        Assert.Equal((1, ""), (result.ExitCode, result.Error));
        Assert.StartsWith("            1       2\n1 ann       ·  ✓ 12ms\n2 bob       ✗       ·\n", result.Out, StringComparison.Ordinal);
        Assert.Contains("✗ bob → ann: not connected\n", result.Out, StringComparison.Ordinal);
        // A command that is copied is whole.
        Assert.Contains(next, result.Out.ReplaceLineEndings(""), StringComparison.Ordinal);
        Assert.Equal(1, (await auxo.RunAsync("mesh", "status", "--json")).ExitCode);
    }

    [Fact]
    public async Task a_mesh_that_is_well_is_said_to_be()
    {
        await using var auxo = await StartAsync(
            Pair("ann", "bob", "direct"), Pair("bob", "ann", "warning", "\"older refs\",\"nextOn\":null,\"next\":null"));

        var result = await auxo.RunAsync("mesh", "status");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("! bob → ann: older refs", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_mesh_of_nobody_says_how_to_begin()
    {
        await using var auxo = await FakeAuxo.StartAsync(static app => app.MapGet(
            "/metrics/api/mesh", static () => FakeAuxo.Json("""{"nodes":[],"pairs":[]}""")));

        var result = await auxo.RunAsync("mesh", "status");

        Assert.Equal((0, true), (result.ExitCode, result.Out.Contains("auxo agent token NAME", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task a_token_can_report_and_nothing_else_and_the_one_before_ends()
    {
        await using var auxo = await FakeAuxo.StartAsync(static app =>
        {
            app.MapGet("/registry/tokens", static () => FakeAuxo.Page(Account));
            app.MapDelete("/registry/tokens/agent-ann", static () => Results.NoContent());
            app.MapPost("/registry/tokens", static () => FakeAuxo.Json($$"""{"text":"auxo_new","token":{{Account}}}""", 201));
        });

        var result = await auxo.RunAsync("agent", "token", "ann");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains($"auxo agent join {auxo.Address}/metrics auxo_new", result.Out, StringComparison.Ordinal);
        Assert.Single(auxo.Requests, static r => r.StartsWith("DELETE /registry/tokens/agent-ann", StringComparison.Ordinal));
        var made = Assert.Single(auxo.Requests, static r => r.StartsWith("POST /registry/tokens", StringComparison.Ordinal));
        Assert.Contains("metrics:report", made, StringComparison.Ordinal);
        Assert.DoesNotContain("metrics:read", made, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_node_that_is_forgotten_loses_its_token_first()
    {
        await using var auxo = await FakeAuxo.StartAsync(static app =>
        {
            app.MapGet("/registry/tokens", static () => FakeAuxo.Page(Account));
            app.MapDelete("/registry/tokens/agent-ann", static () => Results.NoContent());
            app.MapDelete("/metrics/api/mesh/nodes/ann", static () => Results.NoContent());
            app.MapDelete("/metrics/api/mesh/nodes/bob", static () => FakeAuxo.Problem(404, "mesh/unknown", "There is no node bob."));
        });

        Assert.Equal(0, (await auxo.RunAsync("mesh", "forget", "ann")).ExitCode);
        Assert.Equal(
            ["DELETE /registry/tokens/agent-ann", "DELETE /metrics/api/mesh/nodes/ann"],
            auxo.Requests.Where(static r => r.StartsWith("DELETE", StringComparison.Ordinal)));
        var unknown = await auxo.RunAsync("mesh", "forget", "bob");
        Assert.Equal((1, true), (unknown.ExitCode, unknown.Error.Contains("There is no node bob", StringComparison.Ordinal)));
    }

    private static Task<FakeAuxo> StartAsync(params string[] pairs) => FakeAuxo.StartAsync(app => app.MapGet(
        "/metrics/api/mesh", () => FakeAuxo.Json(
            $$"""{"nodes":[{"name":"ann",{{Node}},{"name":"bob",{{Node}}],"pairs":[{{string.Join(',', pairs)}}]}""")));

    private static string Pair(string from, string to, string state, string cause = "null,\"nextOn\":null,\"next\":null")
        => $$"""
        {"from":"{{from}}","to":"{{to}}","state":"{{state}}","rttSeconds":0.012,"lastHandshake":null,"refsEqual":null,"behind":[],
         "asymmetric":false,"cause":{{cause}}}
        """;
}
