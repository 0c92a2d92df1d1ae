using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Auxo.Cli.Tests.Registry;

/// <summary><c>auxo registry</c>, <c>auxo mirror</c> and <c>auxo deps</c></summary>
public sealed class RegistryCommandsTests
{
    [Fact]
    public async Task a_client_is_set_up_with_a_token_of_its_own_and_back_again()
    {
        var isMade = false;
        await using var auxo = await FakeAuxo.StartAsync(app =>
        {
            app.MapGet("/registry/repositories", static () => Page(Repository("npm", "npm"), Repository("files", "raw")));
            app.MapPost("/registry/tokens", () =>
            {
                isMade = true;
                return Results.Json(new { token = Token, text = "auxo_secret" }, statusCode: 201);
            });
            app.MapGet("/registry/tokens", () => isMade ? Page(Token) : Page());
            app.MapDelete("/registry/tokens/{id}", static () => Results.NoContent());
        });
        var home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
        var file = Path.Combine(home, ".npmrc");
        await File.WriteAllTextAsync(file, "save-exact=true\n", TestContext.Current.CancellationToken);

        var shown = await RunAsync(auxo, home, "registry", "setup", "npm");
        Assert.Equal(0, shown.ExitCode);
        Assert.Contains(":_authToken=TOKEN", shown.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(auxo.Requests, static r => r.StartsWith("POST", StringComparison.Ordinal));

        Assert.Equal(0, (await RunAsync(auxo, home, "registry", "setup", "npm", "--write")).ExitCode);
        var written = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        Assert.StartsWith("save-exact=true\n", written, StringComparison.Ordinal);
        Assert.Contains("/npm/npm/:_authToken=auxo_secret", written, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        var made = Assert.Single(auxo.Requests, static r => r.StartsWith("POST", StringComparison.Ordinal));
        Assert.Contains("\"registry:read:npm\"", made, StringComparison.Ordinal);
        Assert.DoesNotContain("registry:write", made, StringComparison.Ordinal);

        Assert.Equal(0, (await RunAsync(auxo, home, "registry", "setup", "npm", "--undo")).ExitCode);
        Assert.Equal("save-exact=true\n", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Single(auxo.Requests, static r => r.StartsWith("DELETE /registry/tokens/1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_second_set_up_ends_the_first_ones_token_and_docker_keeps_what_it_could()
    {
        await using var auxo = await FakeAuxo.StartAsync(static app =>
        {
            app.MapGet("/registry/repositories", static () => Page(Repository("app", "oci"), Repository("hub", "oci")));
            app.MapPost("/registry/tokens", static () => Results.Json(new { token = Token, text = "auxo_secret" }, statusCode: 201));
            app.MapGet("/registry/tokens", static () => Page(
                Made("1", $"docker of tester on {Environment.MachineName}", "registry:read:app", "registry:write:app"),
                Made("2", "docker of tester on another-machine", "registry:read:other")));
            app.MapDelete("/registry/tokens/{id}", static () => Results.NoContent());
        });
        var home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
        Assert.Equal(0, (await RunAsync(auxo, home, "registry", "setup", "docker", "--repository", "hub", "--write")).ExitCode);
        var made = Assert.Single(auxo.Requests, static r => r.StartsWith("POST", StringComparison.Ordinal));
        foreach (var scope in (string[])["registry:read:hub", "registry:read:app", "registry:write:app"])
            Assert.Contains($"\"{scope}\"", made, StringComparison.Ordinal);
        Assert.DoesNotContain("other", made, StringComparison.Ordinal);
        var ended = Assert.Single(auxo.Requests, static r => r.StartsWith("DELETE", StringComparison.Ordinal));
        Assert.StartsWith("DELETE /registry/tokens/1", ended, StringComparison.Ordinal);
        Directory.Delete(home, recursive: true);
    }

    [Fact]
    public async Task brew_is_set_up_where_it_looks()
    {
        await using var auxo = await FakeAuxo.StartAsync(
            static app => app.MapGet("/registry/repositories", static () => Page(Repository("brew", "brew"))));
        var home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
        Assert.Contains("/.homebrew/brew.env", (await RunAsync(auxo, home, "registry", "setup", "brew")).Out.ReplaceLineEndings(""),
            StringComparison.Ordinal);
        var elsewhere = await CliResult.RunAsync(
            new() { ["AUXO_HOME"] = auxo.Home, ["HOME"] = home, ["XDG_CONFIG_HOME"] = "/xdg" }, ["registry", "setup", "brew"]);
        Assert.Contains("/xdg/homebrew/brew.env", elsewhere.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_client_without_a_repository_is_told_how_to_make_one()
    {
        await using var auxo = await FakeAuxo.StartAsync(static app => app.MapGet("/registry/repositories", static () => Page()));
        var result = await RunAsync(auxo, Path.GetTempPath(), "registry", "setup", "npm", "--write");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("auxo registry define npm", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_new_repository_says_what_it_holds()
    {
        await using var auxo = await FakeAuxo.StartAsync(static app =>
        {
            app.MapGet("/registry/repositories", static () => Page());
            app.MapPut("/registry/repositories/{name}", static (string name) => Results.Json(Repository(name, "npm")));
        });
        Assert.Equal(0, (await auxo.RunAsync("registry", "define", "npm")).ExitCode);
        Assert.Contains(auxo.Requests, static r => r.Contains("\"format\": \"npm\"", StringComparison.Ordinal));
        var unclear = await auxo.RunAsync("registry", "define", "team");
        Assert.Equal(2, unclear.ExitCode);
        Assert.Contains("--format", unclear.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task packages_are_listed_of_all_repositories_page_by_page()
    {
        await using var auxo = await FakeAuxo.StartAsync(static app =>
        {
            app.MapGet("/registry/repositories",
                static () => Page(Repository("npm", "npm"), Repository("files", "raw"), Repository("app", "oci")));
            app.MapGet("/registry/repositories/{name}/packages", static (string name, string? after) => Results.Json(new
            {
                items = new[]
                {
                    new { name = name == "app" ? "" : after is null ? "left" : "right", latest = after is null ? "1.1.0" : null,
                        versions = 2, sizeBytes = 3 << 20, downloads = 5, changedAt = "2026-11-30T09:00:00Z" },
                },
                next = name == "npm" && after is null ? "left" : null,
            }));
        });
        var shown = await auxo.RunAsync(TimeProvider.System, "registry", "packages");
        Assert.True(shown.ExitCode == 0, shown.Error);
        Assert.Matches("npm +left +1.1.0 +2 +3 MiB +5", shown.Out);
        Assert.Matches("npm +right +2 ", shown.Out);
        Assert.Matches("app +app +1.1.0", shown.Out);
        Assert.DoesNotContain(auxo.Requests, static r => r.Contains("/files/", StringComparison.Ordinal));
        var one = await auxo.RunAsync(TimeProvider.System, "registry", "packages", "app", "--search", "a b", "--json");
        Assert.Contains("\"repository\": \"app\"", one.Out, StringComparison.Ordinal);
        Assert.Contains(auxo.Requests, static r => r.Contains("/app/packages?search=a%20b", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_mirror_is_added_when_its_upstream_fits_or_unchecked()
    {
        await using var auxo = await FakeAuxo.StartAsync(static app => app.MapPut("/registry/repositories/{name}",
            static async (string name, HttpRequest request) =>
            {
                using var body = await System.Text.Json.JsonDocument.ParseAsync(request.Body);
                return body.RootElement.GetProperty("checkUpstream").GetBoolean()
                    ? Results.Json(new { type = "auxo:mirror/wrong-upstream", detail = "Write https://x/simple/ instead." },
                        statusCode: 400)
                    : Results.Json(Repository(name, "pypi"));
            }));
        var refused = await auxo.RunAsync("mirror", "add", "pypi", "https://x/");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("Write https://x/simple/ instead.", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await auxo.RunAsync("mirror", "add", "pypi", "https://x/", "--unchecked")).ExitCode);
    }

    [Theory]
    [InlineData(null, 1, 1000, 0, "good")]
    [InlineData("nobody answers there", 1, 1000, 1, "upstream: nobody answers there")]
    [InlineData(null, 30, 1000, 1, "auxo mirror refresh npm")]
    [InlineData(null, 1, 9500, 1, "nearly full")]
    public async Task a_mirror_in_trouble_says_which(string? failure, int days, long used, int exitCode, string says)
    {
        await using var auxo = await FakeAuxo.StartAsync(app => app.MapGet("/registry/mirrors", () => Page(new
        {
            repository = "npm", format = "npm", upstream = "https://registry.example/", cooldownDays = 3, refreshDays = 7, documents = 12,
            files = 300, usedBytes = used, quotaBytes = 10_000, failure, askedAt = TimeProvider.System.GetUtcNow(),
            oldestCheck = TimeProvider.System.GetUtcNow().AddDays(-days),
        })));
        var result = await auxo.RunAsync(TimeProvider.System, "mirror", "status");
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains(says, result.Out.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Equal(0, (await auxo.RunAsync(TimeProvider.System, "mirror", "list")).ExitCode);
    }

    [Fact]
    public async Task a_lock_file_is_fetched_for_and_what_failed_is_said_once_a_reason()
    {
        await using var auxo = await FakeAuxo.StartAsync(static app =>
        {
            app.MapGet("/registry/mirrors", static () => Page(Mirror("npm", "npm"), Mirror("py", "pypi"), Mirror("py2", "pypi")));
            app.MapPost("/registry/mirrors/{name}/prefetch", static async (string name, HttpRequest request) =>
            {
                var asked = await request.ReadFromJsonAsync<System.Text.Json.Nodes.JsonObject>();
                return (string?)asked!["package"] switch
                {
                    "bad" or "worse" => Results.Json(
                        new { type = "auxo:mirror/upstream-away", detail = "nobody answers there" }, statusCode: 502),
                    "there" => Results.Json(new { fetched = 0, present = 1 }),
                    "foreign" => Results.Json(new { fetched = 0, present = 0 }),
                    _ => Results.Json(new { fetched = 2, present = 0 }),
                };
            });
        });
        var folder = Directory.CreateTempSubdirectory("auxo-lock-").FullName;
        string Lock(string name, string text)
        {
            File.WriteAllText(Path.Combine(folder, name), text);
            return Path.Combine(folder, name);
        }

        var npm = Lock("package-lock.json", """
            {"packages":{"node_modules/new":{"version":"1.0.0"},"node_modules/there":{"version":"1.0.0"},
             "node_modules/x/node_modules/new":{"version":"1.0.0"},
             "node_modules/bad":{"version":"1.0.0"},"node_modules/worse":{"version":"2.0.0"}}}
            """);
        var some = await auxo.RunAsync("mirror", "prefetch", npm);
        Assert.Equal(1, some.ExitCode);
        var said = some.Out.ReplaceLineEndings(" ");
        Assert.Contains("1 fetched, 1 already there, 2 failed", said, StringComparison.Ordinal);
        Assert.Contains("bad@1.0.0, worse@2.0.0", said, StringComparison.Ordinal);
        Assert.Equal(2, said.Split("nobody answers there").Length);
        Assert.All(auxo.Requests.Where(static r => r.StartsWith("POST", StringComparison.Ordinal)),
            static r => Assert.DoesNotContain("linux", r, StringComparison.Ordinal));

        var python = Lock("requirements.txt", "six==1.17.0\nforeign==1.0\n");
        Assert.Contains("--repository py|py2", (await auxo.RunAsync("mirror", "prefetch", python)).Error, StringComparison.Ordinal);
        var good = await auxo.RunAsync("mirror", "prefetch", python, "--repository", "py2", "--platform", "linux_aarch64");
        Assert.Equal(0, good.ExitCode);
        Assert.Contains("1 with no file for linux_aarch64", good.Out.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Contains(auxo.Requests, static r => r.StartsWith("POST /registry/mirrors/py2/prefetch", StringComparison.Ordinal)
            && r.Contains("linux_aarch64", StringComparison.Ordinal));

        Assert.Equal(2, (await auxo.RunAsync("mirror", "prefetch", Lock("package.json", "{}"))).ExitCode);
        Assert.Equal(1, (await auxo.RunAsync("mirror", "prefetch", Lock("uv.lock", "[["))).ExitCode);
        Assert.Equal(2, (await auxo.RunAsync("mirror", "prefetch", Path.Combine(folder, "yarn.lock"))).ExitCode);
        Assert.Equal(2, (await auxo.RunAsync("mirror", "prefetch", python, "--platform", "linux")).ExitCode);
        var none = await auxo.RunAsync("mirror", "prefetch", Lock("packages.lock.json", "{\"dependencies\":{}}"));
        Assert.Contains("auxo mirror add nuget", none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task who_fetched_a_package_is_told_and_nobody_is_exit_1()
    {
        await using var auxo = await FakeAuxo.StartAsync(
            static app => app.MapGet("/registry/fetches", static (string? package, string? build)
            => package == "left" || build == "3f2a"
                ? Page(new
                {
                    caller = "build 3f2a1c77-1a16-5c91-8b10-f1c98a7f49ea", repository = "npm", package = "left",
                    version = "1.0.0", file = "left-1.0.0.tgz",
                    digest = "sha256:" + new string('a', 64), source = "https://registry.example/left.tgz",
                    fetchedAt = "2026-11-30T09:00:00Z", times = 2,
                })
                : Page()));
        var why = await auxo.RunAsync("deps", "why", "left");
        Assert.Equal(0, why.ExitCode);
        Assert.Contains("build 3f2a1c7 ", why.Out, StringComparison.Ordinal);
        Assert.Contains("aaaaaaaaaaaa", why.Out, StringComparison.Ordinal);
        Assert.Equal(0, (await auxo.RunAsync("deps", "log", "3f2a")).ExitCode);
        Assert.Equal(1, (await auxo.RunAsync("deps", "why", "right")).ExitCode);
    }

    [Fact]
    public async Task who_tried_to_get_in_is_shown_with_what_and_why_not()
    {
        await using var auxo = await FakeAuxo.StartAsync(static app => app.MapGet("/registry/authentications",
            static (bool failed, DateTimeOffset? since) => failed && since is not null
                ? Page(new
                {
                    service = "registry", accepted = false, kind = "nuget_key", refusal = "revoked", address = "192.0.2.7", name = "ci",
                    tokenId = "3f2a1c00-0000-4000-8000-000000000001", firstAt = "2026-11-30T09:00:00Z",
                    lastAt = "2026-11-30T09:30:00Z", times = 12,
                })
                : Page()));
        var refused = await auxo.RunAsync("access", "log", "--failed", "--since", "7d");
        Assert.Equal(0, refused.ExitCode);
        Assert.Matches("2026-11-30 09:30:00 +ci +nuget key +192.0.2.7 +revoked +12 +registry", refused.Out);
        var json = await auxo.RunAsync("access", "log", "--failed", "--since", "7d", "--json");
        Assert.Contains("\"refusal\"", json.Out, StringComparison.Ordinal);
        Assert.Contains("Nobody tried to get in.", (await auxo.RunAsync("access", "log")).Out, StringComparison.Ordinal);
        Assert.Equal(2, (await auxo.RunAsync("access", "log", "--since", "soon")).ExitCode);
    }

    [Fact]
    public async Task what_a_build_fetched_is_printed_or_written_byte_for_byte()
    {
        const string document = "{\n  \"bomFormat\": \"CycloneDX\"\n}";
        var build = Guid.NewGuid();
        await using var auxo = await FakeAuxo.StartAsync(app => app.MapGet("/registry/builds/{id}/sbom", (Guid id)
            => id == build ? Results.Text(document, "application/vnd.cyclonedx+json")
                : Results.Problem("The registry knows of no end of build 3f2a1c7.", statusCode: 404, type: "auxo:build/not-ended")));
        var printed = await auxo.RunAsync("deps", "sbom", $"{build}");
        Assert.Equal((0, document), (printed.ExitCode, printed.Out));
        var file = Path.Combine(Directory.CreateTempSubdirectory("auxo-sbom-").FullName, "bom.json");
        Assert.Equal(0, (await auxo.RunAsync("deps", "sbom", $"{build}", "--output", file)).ExitCode);
        Assert.Equal(document, await File.ReadAllTextAsync(file));
        var unknown = await auxo.RunAsync("deps", "sbom", $"{Guid.NewGuid()}", "--output", file);
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("no end of build", unknown.Error, StringComparison.Ordinal);
        Assert.Equal(document, await File.ReadAllTextAsync(file));
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    [Fact]
    public async Task a_mirror_that_nobody_has_asked_is_not_called_good()
    {
        await using var auxo = await FakeAuxo.StartAsync(
            static app => app.MapGet("/registry/mirrors", static () => Page(Mirror("npm", "npm"))));
        var result = await auxo.RunAsync(TimeProvider.System, "mirror", "status");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("not tried yet", result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("docker", "oci", "", "docker pull 127.0.0.1")]
    [InlineData("docker", "oci", "--publish", "docker push 127.0.0.1")]
    [InlineData("npm", "npm", "--publish", "npm publish")]
    [InlineData("pip", "pypi", "--publish", "/pypi/pypi/legacy/")]
    public async Task set_up_says_the_command_that_its_token_may(
        string client, string format, string option, string says)
    {
        var home = Directory.CreateTempSubdirectory("auxo-setup-").FullName;
        await using var auxo = await FakeAuxo.StartAsync(app =>
        {
            app.MapGet("/registry/repositories", () => Page(Repository(format, format)));
            app.MapPost("/registry/tokens", static () => Results.Json(new { token = Token, text = "auxo_secret" }));
            app.MapGet("/registry/tokens", static () => Page());
        });
        string[] more = option.Length > 0 ? [option] : [];
        var result = await RunAsync(auxo, home, ["registry", "setup", client, "--write", .. more]);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains(says, result.Out, StringComparison.Ordinal);
    }

    private static IResult Page(params object[] items) => Results.Json(new { items, next = (string?)null });

    private static object Mirror(string name, string format) => new
    {
        repository = name, format, upstream = "https://registry.example/", cooldownDays = 3, refreshDays = 7, documents = 0, files = 0,
        usedBytes = 0, quotaBytes = 10_000,
    };

    private static object Token => Made("1", $"npm of tester on {Environment.MachineName}", "registry:read:npm");

    private static object Made(string id, string name, params string[] scopes) => new
    {
        id, name, scopes, createdAt = "2026-11-30T09:00:00Z", state = "active",
    };

    private static object Repository(string name, string format) => new
    {
        name, format, quotaBytes = 10_000, usedBytes = 0, fileCount = 0, immutable = false, anonymousRead = false,
        createdAt = "2026-11-30T09:00:00Z",
    };

    private static Task<CliResult> RunAsync(FakeAuxo auxo, string home, params string[] args)
        => CliResult.RunAsync(new() { ["AUXO_HOME"] = auxo.Home, ["HOME"] = home, ["USER"] = "tester" }, args);
}
