using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Auxo.Cli.Tests.Commands;

public sealed class ArtifactCommandsTests : IDisposable
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes("0123456789");
    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-cli-").FullName;

    [Fact]
    public async Task a_list_shows_versions_and_their_files()
    {
        await using var auxo = await FakeAuxo.StartAsync(app => app.MapGet("/registry/artifacts", () => FakeAuxo.Page(Version())));
        var result = await auxo.RunAsync("artifacts", "list", "--count", "5");
        Assert.Equal(
            """
            BUILD    COMMIT   SIZE  WHAT                                       WHEN
            3f2a1c7  8fabc1d        heartwood main (latest) Fix the handshake  5 min ago
                              10 B    out/app.bin

            """, result.Out);
        Assert.Equal("GET /registry/artifacts?limit=5", auxo.Requests.Single());
    }

    [Fact]
    public async Task a_file_is_fetched_and_checked()
    {
        await using var auxo = await StartAsync(() => Results.Bytes(Content));
        var result = await GetAsync(auxo);
        Assert.Equal("✓ out/app.bin  10 B\nFrom build 3f2a1c7 of heartwood at 8fabc1d; every digest fits.\n", result.Out);
        Assert.Equal(Content, await File.ReadAllBytesAsync(Path.Combine(_folder, "out/app.bin")));
        Assert.Contains("(was there)", (await GetAsync(auxo)).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_broken_download_is_carried_on_from_the_same_content_only()
    {
        var conditions = new List<string>();
        await using var auxo = await FakeAuxo.StartAsync(app =>
        {
            Repositories(app);
            app.MapGet("/registry/artifacts/{rid}/{version}", () => FakeAuxo.Json(Version()));
            app.MapGet("/registry/files/app", (HttpContext http) =>
            {
                conditions.Add($"{http.Request.Headers.Range} {http.Request.Headers.IfRange}");
                http.Response.StatusCode = 206;
                http.Response.Headers.ContentRange = "bytes 4-9/10";
                return http.Response.Body.WriteAsync(Content.AsMemory(4)).AsTask();
            });
        });
        Directory.CreateDirectory(Path.Combine(_folder, "out"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "out/app.bin.part"), "0123");
        var result = await GetAsync(auxo, "--json");
        Assert.Equal($"bytes=4- \"{Digest}\"", Assert.Single(conditions));
        Assert.Equal(4, JsonDocument.Parse(result.Out).RootElement.GetProperty("files")[0].GetProperty("resumed").GetInt32());
        Assert.Equal(Content, await File.ReadAllBytesAsync(Path.Combine(_folder, "out/app.bin")));
    }

    [Fact]
    public async Task other_bytes_are_thrown_away()
    {
        await using var auxo = await StartAsync(() => Results.Bytes("evil bytes"u8.ToArray()));
        var result = await GetAsync(auxo);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("thrown away", result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task a_name_that_leads_out_of_the_folder_is_left_alone()
    {
        await using var auxo = await StartAsync(() => Results.Bytes(Content), "../../app.bin");
        var result = await GetAsync(auxo);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("outside of", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_unknown_file_suggests_the_nearest()
    {
        await using var auxo = await StartAsync(() => Results.Bytes(Content));
        var result = await CliResult.RunAsync(
            new() { ["AUXO_HOME"] = auxo.Home }, ["artifacts", "get", "heartwood", "out/ap.bin"], folder: _folder);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Did you mean 'out/app.bin'?", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_new_token_is_shown_once_with_what_it_may()
    {
        await using var auxo = await FakeAuxo.StartAsync(app =>
        {
            app.MapPost("/registry/tokens", () => FakeAuxo.Json($$"""{"token":{{Token}},"text":"auxo_secret"}""", 201));
            app.MapPost("/registry/tokens/ci/rotate", () => FakeAuxo.Json($$"""{"token":{{Token}},"text":"auxo_next"}""", 201));
            app.MapDelete("/registry/tokens/ci", () => Results.NoContent());
            app.MapGet("/registry/tokens", () => FakeAuxo.Page(Token));
        });
        var made = await auxo.RunAsync(
            "token", "create", "ci", "--scope", "registry:read", "--scope", "registry:write:releases", "--expires", "90d");
        Assert.Equal(
            "token   auxo_secret   (shown this once)\nname    ci\nscopes  registry:read\nends    2027-02-21 12:00 UTC\n", made.Out);
        Assert.Contains("\"expiresInSeconds\": 7776000", auxo.Requests.Single(), StringComparison.Ordinal);
        Assert.EndsWith("The old token ends in 2 h.\n", (await auxo.RunAsync("token", "rotate", "ci", "--overlap", "2h"))
            .Out, StringComparison.Ordinal);
        Assert.Contains("has ended", (await auxo.RunAsync("token", "revoke", "ci")).Out, StringComparison.Ordinal);
        Assert.Contains("ci    active  registry:read  2027-02-21  3f2a1c77-1111", (await auxo.RunAsync("token", "list"))
            .Out, StringComparison.Ordinal);
        Assert.Equal(2, (await auxo.RunAsync("token", "rotate", "ci", "--overlap", "soon")).ExitCode);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private const string Token =
        """
        {"id":"3f2a1c77-1111-5222-8333-444455556666","name":"ci","scopes":["registry:read"],
         "createdAt":"2026-11-23T12:00:00Z","expiresAt":"2027-02-21T12:00:00Z","state":"active"}
        """;

    private static string Digest => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Content));

    private static string Version(string name = "out/app.bin") => $$"""
        {"buildId":"{{FakeAuxo.BuildId}}","shortId":"3f2a1c7","rid":"{{FakeAuxo.Rid}}","repositoryName":"heartwood",
         "trigger":"branch","ref":"main","commit":"{{FakeAuxo.Commit}}",
         "title":"Fix the handshake","state":"published","latest":true,"publishedAt":"2026-11-23T11:55:00Z",
         "files":[{"name":"{{name}}","mediaType":"application/octet-stream","digest":"{{Digest}}","sizeBytes":10,
         "url":"/files/app"}],"provenance":"/p"}
        """;

    private Task<CliResult> GetAsync(FakeAuxo auxo, params string[] more)
        => CliResult.RunAsync(new() { ["AUXO_HOME"] = auxo.Home }, ["artifacts", "get", "heartwood", .. more], folder: _folder);

    private static Task<FakeAuxo> StartAsync(Func<IResult> file, string name = "out/app.bin") => FakeAuxo.StartAsync(app =>
    {
        Repositories(app);
        app.MapGet("/registry/artifacts/{rid}/{version}", () => FakeAuxo.Json(Version(name)));
        app.MapGet("/registry/files/app", file);
    });

    private static void Repositories(Microsoft.AspNetCore.Routing.IEndpointRouteBuilder app)
        => app.MapGet("/ingest/repositories", () => FakeAuxo.Page(FakeAuxo.Repository));
}
