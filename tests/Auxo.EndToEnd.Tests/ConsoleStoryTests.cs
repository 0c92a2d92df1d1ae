using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Console.Tests.Browser;
using Auxo.EndToEnd.Tests.GitStorage;
using Auxo.Instances;
using Auxo.Testing;

using Microsoft.Playwright;

using static Microsoft.Playwright.Assertions;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace Auxo.EndToEnd.Tests;

/// <summary>The way of a push to its verdict as somebody sees it who has a page open, and touches nothing but links.</summary>
public sealed class ConsoleStoryTests(Chromium chromium)
{
    private const string Pipeline = """
        steps:
          - name: test
            run: |
              echo the test begins
              until [ -e go ]; do sleep 0.05; done
              bash scripts/greet.sh | grep -q hello
        """;

    private const string Good =
        "#!/usr/bin/env bash\nset -euo pipefail\nname=${1:-you}\nif [ -n \"$name\" ]; then\n    echo \"hello, $name\"\nfi\n";

    [Fact]
    public async Task a_push_is_seen_to_run_to_fail_and_to_be_put_right_though_a_service_is_killed_meanwhile()
    {
        // A build takes its time on a busy machine.
        SetDefaultExpectTimeout(30_000);
        Assert.SkipUnless(chromium.IsInstalled, "no chromium is installed");
        var ct = TestContext.Current.CancellationToken;
        await using var auxo = await AuxoInstance.StartAsync(new Dictionary<string, string> { ["RAD_HOME"] = "/nonexistent/radicle" });
        var folder = GitStorageFixture.OpenFolder();
        var repository = await PlainRepository.CreateAsync(Path.Combine(folder, "greeter"), new Dictionary<string, string>
        {
            [".auxo/ci.yaml"] = Pipeline, ["README.md"] = "# Greeter\n", ["scripts/greet.sh"] = Good, ["tests/greet_test.sh"] = Good,
        });
        await auxo.Ingest.TrackAsync(repository.Path);
        await LetGoAsync(auxo, await repository.GitAsync("rev-parse", "HEAD"));

        await using var window = await chromium.OpenAsync(auxo.Url("console"), await LinkAsync(auxo));
        var page = window.Page;
        await Expect(page).ToHaveTitleAsync("All is green · Auxo");
        await page.EvaluateAsync("window.notLoadedAgain = true");

        var broken = await repository.CommitAsync("Forget the fi", new Dictionary<string, string>
        {
            ["scripts/greet.sh"] = Good.Replace("fi\n", "", StringComparison.Ordinal),
        });
        await page.GetByRole(AriaRole.Link, new() { Name = "Forget the fi" }).First.ClickAsync();
        await Expect(page.Locator("h1 .standing")).ToContainTextAsync("running");
        // A check has found it already, and its log stands open; what somebody follows is the step.
        await page.GetByRole(AriaRole.Link, new() { Name = "test", Exact = true }).First.ClickAsync();
        await Expect(page.Locator(".log")).ToContainTextAsync("the test begins");
        await LetGoAsync(auxo, broken);
        await Expect(page.Locator("h1 .standing")).ToContainTextAsync("failed");
        await Expect(page.Locator("main")).ToContainTextAsync("scripts/greet.sh");
        await Expect(page).ToHaveTitleAsync("✗ Forget the fi · greeter · Auxo");

        await page.GetByRole(AriaRole.Link, new() { Name = "Overview" }).ClickAsync();
        await Expect(page).ToHaveTitleAsync("1 red · Auxo");
        await auxo.KillAsync("pipeline");
        await auxo.WaitForAsync("pipeline", static r => r.Pid is not null);
        var closed = await repository.CommitAsync("Close the if", new Dictionary<string, string> { ["scripts/greet.sh"] = Good });
        await LetGoAsync(auxo, closed);
        await Expect(page).ToHaveTitleAsync("All is green · Auxo");
        Assert.True(await page.EvaluateAsync<bool>("window.notLoadedAgain"));
        // What a page asked while the service was away was answered so.
        window.Errors.Clear();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Waits until a commit's step runs, lets it go on, and waits for the verdict.</summary>
    private static async Task LetGoAsync(AuxoInstance auxo, string commit)
    {
        var build = await Eventually.ValueAsync(
            async () => await auxo.Pipeline.BuildsAsync($"commit={commit}") is [var first, ..] ? first : null, $"{commit[..7]} is built");
        var id = AuxoHttp.Text(build, "id")!;
        await auxo.Pipeline.LogShowsAsync(id, "test", "the test begins");
        var tree = Directory.EnumerateDirectories(new InstanceLayout(auxo.Home).Workspaces).Select(static w => Path.Combine(w, "tree"))
            .First(static t => Directory.Exists(t) && !File.Exists(Path.Combine(t, "go")));
        await File.WriteAllTextAsync(Path.Combine(tree, "go"), "");
        await auxo.Pipeline.FinishedBuildAsync(commit);
    }

    private static async Task<Uri> LinkAsync(AuxoInstance auxo)
    {
        using var answer = await auxo.Client("console").PostAsync(new Uri("/login/links", UriKind.Relative), content: null);
        return new Uri((string)(await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonNode>())!["url"]!);
    }
}
