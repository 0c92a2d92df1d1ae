using System.Net;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Auxo.Console.Tests;

/// <summary>What is published is seen, and fetched without a token.</summary>
public sealed class RegistryPagesTests
{
    private const string Hostile = "<img src=x onerror=alert(1)>";

    [Fact]
    public async Task files_are_shown_with_where_they_come_from()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        var page = WebUtility.HtmlDecode(await console.PageAsync("/registry"));
        Assert.Contains($"href=\"/builds/{FakeAuxo.BuildId}\">Add a greeting</a>", page, StringComparison.Ordinal);
        Assert.Contains("files of heartwood", page, StringComparison.Ordinal);
        Assert.Contains("3 B of 10 GiB", page, StringComparison.Ordinal);
        Assert.Contains("mirror of https://registry.example", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_version_has_files_with_digest_size_and_a_link_that_fetches_them()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        var page = WebUtility.HtmlDecode(await console.PageAsync($"/registry/{FakeAuxo.Rid}"));
        Assert.Contains(
            $"href=\"/downloads/artifacts/{FakeAuxo.Rid}/{FakeAuxo.BuildId}/files/out/app.bin\"", page, StringComparison.Ordinal);
        Assert.Contains("sha256:039058c6", page, StringComparison.Ordinal);
        Assert.Contains($"/downloads/artifacts/{FakeAuxo.Rid}/{FakeAuxo.BuildId}/provenance", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_raw_repository_has_its_files()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        Assert.Contains("href=\"/downloads/raw/files/app.bin\"", await console.PageAsync("/registry/raw/files"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_repository_has_its_packages()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app, Hostile));
        Assert.Contains("href=\"/registry/packages/", await console.PageAsync("/registry"), StringComparison.Ordinal);
        var page = WebUtility.HtmlDecode(await console.PageAsync("/registry/packages/npm"));
        foreach (var text in (string[])["1.1.0", "2 versions", "3 downloads", "2 MiB", "no tag", ">npm</span>", "?after=left%2Fpad\">More"])
            Assert.Contains(text, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_registry_without_files_says_how_they_come_there()
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            app.MapGet("/registry/artifacts", static () => FakeAuxo.Page());
            app.MapGet("/registry/repositories", static () => FakeAuxo.Page());
            app.MapGet("/registry/mirrors", static () => FakeAuxo.Page());
        });
        var page = await console.PageAsync("/registry");
        Assert.Contains("artifacts: [dist/**]", page, StringComparison.Ordinal);
        Assert.Contains("./auxo raw define NAME", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/registry")]
    [InlineData("/registry/" + FakeAuxo.Rid)]
    [InlineData("/registry/raw/files")]
    [InlineData("/registry/packages/npm")]
    public async Task text_from_outside_is_never_markup(string path)
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app, Hostile));
        var page = await console.PageAsync(path);
        Assert.Contains("&lt;img src=x onerror=alert(1)&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_file_is_passed_on_by_range_and_only_ever_kept()
    {
        await using var console = await ConsoleHost.StartAsync(static app => app.MapGet(
            "/registry/artifacts/{rid}/{version}/files/{**name}",
            static (string name) => Results.Bytes("0123456789"u8.ToArray(), "text/javascript", name, enableRangeProcessing: true)));
        using var visitor = await console.SignedInAsync();
        using var request = new HttpRequestMessage(
            HttpMethod.Get, $"/downloads/artifacts/{FakeAuxo.Rid}/{FakeAuxo.BuildId}/files/out/a%20b.js");
        request.Headers.Range = new(4, null);
        using var answer = await visitor.SendAsync(request);
        Assert.Equal((HttpStatusCode.PartialContent, "456789"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Equal("bytes 4-9/10", answer.Content.Headers.ContentRange!.ToString());
        // A file of somebody's build must not run as a script of this console.
        Assert.Equal("application/octet-stream", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal("sandbox; default-src 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
        Assert.Contains(
            $"GET /registry/artifacts/{FakeAuxo.Rid}/{FakeAuxo.BuildId}/files/out/a%20b.js", console.Services.Requests);
    }

    [Fact]
    public async Task a_file_that_is_gone_is_said_to_be_gone()
    {
        await using var console = await ConsoleHost.StartAsync(static app => app.MapGet(
            "/registry/raw/{repository}/{**path}", static () => FakeAuxo.Problem(410, "artifact/gone", "It was let go.")));
        using var visitor = await console.SignedInAsync();
        using var answer = await visitor.GetAsync("/downloads/raw/files/app.bin");
        Assert.Equal(HttpStatusCode.Gone, answer.StatusCode);
        Assert.Contains("It was let go.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/downloads/tokens")]
    [InlineData("/downloads/raw/%2e%2e/tokens")]
    [InlineData("/downloads/raw/files/a//b")]
    public async Task nothing_but_files_is_fetched(string path)
    {
        await using var console = await ConsoleHost.StartAsync();
        using var visitor = await console.SignedInAsync();
        using var answer = await visitor.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.DoesNotContain(
            console.Services.Requests, static r
                => r.EndsWith("/tokens", StringComparison.Ordinal) || r.Contains("/raw/", StringComparison.Ordinal));
    }

    internal static void Map(IEndpointRouteBuilder app, string? title = null)
    {
        app.MapGet("/registry/repositories/{name}/packages", () => Results.Json(new
        {
            items = new[]
            {
                new { name = title ?? "left", latest = (string?)"1.1.0", versions = 2, sizeBytes = 2 << 20, downloads = 3,
                    changedAt = "2026-11-30T09:00:00Z" },
                new { name = "", latest = (string?)null, versions = 0, sizeBytes = 9, downloads = 1, changedAt = "2026-11-30T09:00:00Z" },
            },
            next = "left/pad",
        }));
        foreach (var path in (string[])["artifacts", "repositories", "mirrors", "raw/{repository}"])
        {
            app.MapGet("/registry/" + path, () =>
            {
                var answer = RecordedAnswers.Find("registry", path.Replace("{repository}", "files", StringComparison.Ordinal))!;
                var item = answer["items"]![0]!;
                var text = path switch { "artifacts" => "title", "repositories" => "name", "mirrors" => "upstream", _ => "storedBy" };
                if (title is not null) item[text] = title;
                return FakeAuxo.Json(answer.ToJsonString());
            });
        }
    }
}
