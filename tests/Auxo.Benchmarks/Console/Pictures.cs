using System.Net.Http.Json;
using System.Text.Json;

using Auxo.Benchmarks.Measuring;
using Auxo.Testing;
using Auxo.Testing.Radicle;

using Microsoft.Playwright;

namespace Auxo.Benchmarks.Console;

/// <summary>
/// <c>./auxo bench console --screenshots DIR</c>: a small team's morning played on real nodes with a real Auxo, and six pictures of what
/// the console shows of it.
/// </summary>
internal static class Pictures
{
    private const long MostBytes = 150 * 1024;

    private const string Unnamed = """
        name => {
            const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (texts.nextNode()) texts.currentNode.data = texts.currentNode.data.replace(`begun by ${name} `, "begun by build-1 ");
        }
        """;

    private const string Good =
        "#!/usr/bin/env bash\nset -euo pipefail\nname=${1:-world}\nif [ -n \"$name\" ]; then\n    echo \"hello, $name\"\nfi\n";

    /// <summary>Plays, and writes the pictures.</summary>
    /// <exception cref="InvalidOperationException">Something that is needed is not installed, or a picture is too heavy.</exception>
    public static async Task MakeAsync(string folder, TextWriter progress, CancellationToken ct)
    {
        if (RadicleLab.MissingPrograms() is { Count: > 0 } missing) throw new InvalidOperationException(
            $"the pictures show patches, and {string.Join(", ", missing)} are not on PATH");
        Directory.CreateDirectory(folder);
        await using var lab = await RadicleLab.UpAsync(ct, "alice", "bob");
        var (alice, bob) = (lab.Nodes[0], lab.Nodes[1]);
        await using var auxo = await AuxoInstance.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["RAD_HOME"] = alice.Home, ["RAD_SOCKET"] = alice.Socket, ["RAD_PASSPHRASE"] = "",
        });
        await progress.WriteLineAsync("  Auxo runs; the morning begins");

        var greeter = await FollowAsync("greeter", "bash tests/greet_test.sh");
        await FollowAsync("importer", "echo reading the feeds; sleep $(cat pause 2>/dev/null || echo 12); echo 1204 entries read");
        await FollowAsync("website", "test ! -e theme || { echo no such theme; exit 1; }");
        await PushAsync("website", "Use the new theme", file: "theme", content: "dusk");
        await PushAsync("greeter", "Say hello in the reader's language");
        await PushAsync("greeter", "Greet without a name, too");

        var (fine, _) = await bob.OpenPatchAsync("greeter", "Explain how to greet a team", new Dictionary<string, string>
        {
            ["docs/teams.md"] = "# Teams\n\nName them one after the other.\n",
        }, ct);
        await BuiltAsync(greeter, "patch", fine);
        await BuiltAsync(greeter, "commit", await alice.MergePatchAsync("greeter", fine, ct));
        var (patch, broken) = await bob.OpenPatchAsync("greeter", "Greet only who has a name", new Dictionary<string, string>
        {
            ["scripts/greet.sh"] = Good.Replace("fi\n", "", StringComparison.Ordinal),
        }, ct);
        var red = await BuiltAsync(greeter, "commit", broken);
        await progress.WriteLineAsync("  a patch is red");

        await using var browser = await Browser.StartAsync();
        // It is still running when the pictures are taken.
        await PushAsync("importer", "Read feeds that were moved", file: "pause", content: "90");
        await TakeAsync("wall", "/wall", ColorScheme.Dark, 720, "Read feeds that were moved");
        await TakeAsync("overview", "/", ColorScheme.Light, 760, "Read feeds that were moved");
        await TakeAsync("build", $"/builds/{red}", ColorScheme.Dark, 900, "greet.sh");
        await TakeAsync("patch", $"/patches/{Uri.EscapeDataString(greeter)}/{patch}", ColorScheme.Light, 760, "Revision");
        await TakeAsync("dora", $"/dora/{Uri.EscapeDataString(greeter)}", ColorScheme.Dark, 820, "Deployments");
        await TakeAsync("trace", $"/trace/patch/{Uri.EscapeDataString(greeter)}/{patch}", ColorScheme.Light, 640, "comment");

        async Task<string> FollowAsync(string name, string test)
        {
            var made = await lab.CreateRepositoryAsync(name, new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["README.md"] = $"# {name}\n\nOne of three small programs.\n", ["LICENSE"] = "Do what you like with it.\n",
                [".gitignore"] = "/out/\n", ["docs/usage.md"] = "# Usage\n\nRun it.\n", ["scripts/greet.sh"] = Good,
                ["tests/greet_test.sh"] = "#!/usr/bin/env bash\nset -euo pipefail\nbash scripts/greet.sh you | grep -q 'hello, you'\n",
                [".auxo/ci.yaml"] = $$"""
                    steps:
                      - name: test
                        run: {{test}}
                      - name: package
                        run: mkdir -p out && tar -czf out/{{name}}.tar.gz scripts README.md
                        artifacts: [out/{{name}}.tar.gz]

                    """,
            }, ct);
            using var tracked = await auxo.Ingest.PostAsJsonAsync(
                "/repositories", new { location = made.Rid, trusted = new[] { $"did:key:{bob.Nid}" } }, ct);
            tracked.EnsureSuccessStatusCode();
            await BuiltAsync(made.Rid, "patch", "main");
            return made.Rid;
        }

        async Task PushAsync(string name, string title, string? file = null, string content = "")
        {
            var tree = alice.WorkTree(name);
            await File.AppendAllTextAsync(Path.Combine(tree, "docs", "usage.md"), $"\n{title}.\n", ct);
            if (file is not null) await File.WriteAllTextAsync(Path.Combine(tree, file), content + "\n", ct);
            var commit = await alice.CommitAsync(tree, title, ct);
            await alice.GitAsync(tree, ct, "push", "-q", "rad", "HEAD:refs/heads/main");
            await BuiltAsync(rid: null, "commit", commit, file == "pause" ? "running" : "finished");
        }

        // The newest build of a commit, a patch or a branch, once it stands so.
        async Task<Guid> BuiltAsync(string? rid, string by, string id, string state = "finished")
            => await Poll.UntilAsync(
                async () =>
                {
                    var of = rid is null ? "" : $"&rid={Uri.EscapeDataString(rid)}";
                    var page = await auxo.Pipeline.GetFromJsonAsync<JsonElement>($"/builds?limit=1&{by}={id}{of}", ct);
                    return page.GetProperty("items").EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } build
                        && build.GetProperty("state").GetString() == state ? build.GetProperty("id").GetGuid() : (Guid?)null;
                },
                "a build is finished", ct, everyMilliseconds: 50, limit: TimeSpan.FromMinutes(3));

        async Task TakeAsync(string name, string path, ColorScheme scheme, int height, string shows)
        {
            var page = await browser.OpenAsync(auxo, scheme, 1280, height);
            await page.GotoAsync(path);
            await page.Locator("main").Filter(new() { HasText = shows }).WaitForAsync();
            await page.WaitForLoadStateAsync(LoadState.Load);
            // A trace names the machine of the runner, which is nobody's business here.
            await page.EvaluateAsync(Unnamed, Environment.MachineName);
            var file = Path.Combine(folder, name + ".png");
            await page.ScreenshotAsync(new() { Path = file, Animations = ScreenshotAnimations.Disabled });
            await page.Context.DisposeAsync();
            await progress.WriteLineAsync($"  {name}.png: {new FileInfo(file).Length / 1024} KiB");
            if (new FileInfo(file).Length > MostBytes) throw new InvalidOperationException($"{file} is heavier than 150 KiB");
        }
    }
}
