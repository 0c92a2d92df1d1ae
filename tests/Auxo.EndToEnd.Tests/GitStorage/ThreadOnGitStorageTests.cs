using System.Net;
using System.Text.Json.Nodes;

using Auxo.Testing;

using static Auxo.EndToEnd.Tests.AuxoHttp;

namespace Auxo.EndToEnd.Tests.GitStorage;

/// <summary>
/// The thread where no Radicle node is: storage in Radicle's format and plain git repositories, webhooks by curl, verdicts
/// kept.
/// </summary>
public sealed class ThreadOnGitStorageTests(GitStorageFixture world)
{
    [Fact]
    public async Task signed_webhooks_lead_to_verdicts_and_the_comments_wait_in_the_outbox()
    {
        var ct = TestContext.Current.CancellationToken;
        var auxo = await world.AuxoAsync();
        var (storage, secret) = await world.TrackAsync(OwnFiles());

        // This project's own scripts, in a delegate's patch.
        var (patch, head) = storage.OpenPatch(world.Alice, "Say more", new Dictionary<string, string> { ["docs/more.md"] = "# More\n" });
        Assert.Equal(202, await Curl.PatchAsync(auxo.Url("ingest"), storage.Rid, patch, head, secret));
        var passed = await auxo.Pipeline.FinishedBuildAsync(head);
        passed.ShouldHave("passed");

        // A syntax error, told with file and line; the next revision is fine.
        var (broken, brokenHead) = storage.OpenPatch(world.Alice, "Break a script", new Dictionary<string, string>
        {
            ["scripts/a.sh"] = "#!/usr/bin/env bash\nif true; then\necho\n",
        });
        Assert.Equal(202, await Curl.PatchAsync(auxo.Url("ingest"), storage.Rid, broken, brokenHead, secret));
        var failed = await auxo.Pipeline.FinishedBuildAsync(brokenHead);
        failed.ShouldHave("failed");
        Assert.Contains("`scripts/a.sh:4`", Text(failed, "verdict"), StringComparison.Ordinal);
        var (_, mendedHead) = storage.RevisePatch(world.Alice, broken, brokenHead, new Dictionary<string, string>
        {
            ["scripts/a.sh"] = "#!/usr/bin/env bash\necho\n",
        });
        Assert.Equal(202, await Curl.PatchAsync(auxo.Url("ingest"), storage.Rid, broken, mendedHead, secret, "updated"));
        (await auxo.Pipeline.FinishedBuildAsync(mendedHead)).ShouldHave("passed");

        // The comments are kept, and say what they wait for.
        var waiting = await Eventually.ValueAsync(
            async () => (await auxo.Ingest.GetFromJsonNodeAsync("/outbox"))["items"]!.AsArray()
                .FirstOrDefault(i => Text(i!, "buildId") == Text(passed, "id")), "the comment waits");
        Assert.Equal("waiting", Text(waiting, "state"));
        Assert.False(string.IsNullOrWhiteSpace(Text(waiting, "reason")));

        // A merge moves the default branch, and that is a build of its own.
        storage.Merge(world.Alice, patch, patch, head);
        Assert.Equal(202, await Curl.PatchAsync(auxo.Url("ingest"), storage.Rid, patch, head, secret, "merged"));
        (await auxo.Pipeline.FinishedBuildAsync(head, "branch")).ShouldHave("passed");
        Assert.Equal(2, (await auxo.Pipeline.BuildsAsync($"commit={head}")).Count);
        using var refs = await auxo.Ingest.GetAsync($"/repositories/{storage.Rid}/refs", ct);
        await refs.ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task one_trace_id_goes_through_all_services_and_auxo_trace_shows_the_timeline()
    {
        var ct = TestContext.Current.CancellationToken;
        var auxo = await world.AuxoAsync();
        var (storage, secret) = await world.TrackAsync(SampleRepository.Files());
        // One look may find several facts, and they share its trace; this timeline is to be the patch's alone.
        await auxo.Pipeline.FinishedBuildAsync(storage.Head);
        var (patch, head) = storage.OpenPatch(world.Alice, "Trace me", new Dictionary<string, string>
        {
            [".auxo/ci.yaml"] = "steps:\n  - name: make\n    run: mkdir -p out; echo made > out/made.txt\n    artifacts: [out/**]\n",
        });
        Assert.Equal(202, await Curl.PatchAsync(auxo.Url("ingest"), storage.Rid, patch, head, secret));
        var build = await auxo.Pipeline.FinishedBuildAsync(head);
        build.ShouldHave("passed");
        var trace = Text(build, "traceId")!;
        Assert.Matches("^[0-9a-f]{32}$", trace);
        Assert.Equal(Text(build, "id"), Text(Assert.Single(await auxo.Pipeline.BuildsAsync($"trace={trace}")), "id"));

        var timeline = await Eventually.ValueAsync(
            async () =>
            {
                var (code, output, error) = await AuxoProgram.RunAsync(auxo, ct, "trace", patch[..8], "--json");
                Assert.True(code is 0, output + error);
                var json = JsonNode.Parse(output)!;
                return Whats(json).Contains("artifacts_published", StringComparer.Ordinal)
                    && Whats(json).Contains("build_counted", StringComparer.Ordinal)
                    && Whats(json).Contains("comment_waiting", StringComparer.Ordinal) ? json : null;
            },
            "the timeline reaches the registry");

        // The push is one section: what ran in the background of each service kept its correlation.
        var section = Assert.Single(timeline["chapters"]!.AsArray())!;
        Assert.Equal(trace, Text(section, "trace"));
        Assert.All(section["lines"]!.AsArray(), line => Assert.Equal(trace, Text(line!, "trace")));
        Assert.Contains("webhook_received", Whats(timeline));
        var built = section["lines"]!.AsArray()
            .Where(static l => Text(l!, "service") == "pipeline").Select(static l => Text(l!, "what")!).ToList();
        Assert.Equal(["build_queued", "build_started", "build_finished"], [built[0], built[1], built[^1]]);
        Assert.Contains("artifacts_kept", built);

        // A service that is away is a missing part, and the rest is shown.
        await auxo.CommandAsync("registry", "stop");
        try
        {
            var (code, output, _) = await AuxoProgram.RunAsync(auxo, ct, "trace", Text(build, "id")!);
            Assert.Equal(3, code);
            Assert.Contains("its part is missing", output, StringComparison.Ordinal);
            Assert.Contains("step make passed", output, StringComparison.Ordinal);
        }
        finally
        {
            await auxo.CommandAsync("registry", "start");
            await auxo.WaitForAsync("registry", static r => r.State == Instances.ResourceState.Running);
        }

        static IReadOnlyList<string> Whats(JsonNode timeline)
            => [.. timeline["chapters"]!.AsArray().SelectMany(static c => c!["lines"]!.AsArray()).Select(static l => Text(l!, "what")!)];
    }

    [Fact]
    public async Task the_doctor_asks_all_parts_of_a_running_instance_and_tells_no_secret()
    {
        var ct = TestContext.Current.CancellationToken;
        var auxo = await world.AuxoAsync();

        var (_, output, error) = await AuxoProgram.RunAsync(auxo, ct, "doctor", "--json");

        Assert.Equal("", error);
        var items = JsonNode.Parse(output)!["parts"]!.AsArray()
            .SelectMany(static p => p!["items"]!.AsArray()).Select(static i => (Name: Text(i!, "name"), State: Text(i!, "state"))).ToList();
        foreach (var name in (string[])["folder", "privacy", "ports", "postgresql", "disk", "memory", "sandbox", "git",
            "clock", "services"]) Assert.Contains(items, i => i.Name == name && i.State != "trouble");
        Assert.Contains(("profile", "warning"), items); // This world has no Radicle.
        Assert.DoesNotContain("auxo_", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_recorded_storage_of_real_nodes_is_followed_and_its_head_is_built()
    {
        var bundle = Fixtures.Require("radicle/recorded/storage.bundle");
        var auxo = await world.AuxoAsync();
        var folder = GitStorageFixture.OpenFolder();
        var path = Path.Combine(folder, "z3FncxVBpRsxNgBiagEzr4ZRcGhW7");
        var holder = await PlainRepository.CreateAsync(Path.Combine(folder, "holder"), new Dictionary<string, string>());
        await holder.GitAsync("clone", "--quiet", "--mirror", bundle, path);

        var (rid, _) = await auxo.Ingest.TrackAsync(path);
        Assert.Equal("rad:z3FncxVBpRsxNgBiagEzr4ZRcGhW7", rid);
        var head = (await holder.GitAsync("--git-dir", path, "rev-parse", "HEAD"));
        var build = await auxo.Pipeline.FinishedBuildAsync(head, "branch");
        Assert.Equal(8, build["steps"]!.AsArray().Count(step => Text(step!, "kind") == "check"));

        // Old patches are seen, and left alone with a reason.
        var refs = (await auxo.Ingest.GetFromJsonNodeAsync($"/repositories/{rid}/refs"))["items"]!.AsArray();
        var patches = refs.Where(r => Text(r!, "kind") == "patch").ToList();
        Assert.NotEmpty(patches);
        Assert.All(patches, p => Assert.Contains("tracked", Text(p!, "reason"), StringComparison.Ordinal));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task a_plain_git_repository_is_built_with_its_steps_and_keeps_its_artifacts()
    {
        var ct = TestContext.Current.CancellationToken;
        var auxo = await world.AuxoAsync();
        var repository = await world.PlainAsync(SampleRepository.Files());
        var commit = await repository.CommitAsync("Make something", new Dictionary<string, string>
        {
            [".auxo/ci.yaml"] = """
                environment: { GREETING: hello }
                steps:
                  - name: make
                    working-directory: scripts
                    commands: ['mkdir -p ../out', 'echo "$GREETING from $PWD" | tee ../out/made.txt']
                    artifacts: [out/**]
                """,
        });
        using var swept = await auxo.Ingest.PostAsync(
            $"/repositories/{await auxo.Ingest.RidOfAsync(repository.Path)}/sweep", content: null, ct);
        await swept.ShouldBeAsync(HttpStatusCode.Accepted);

        var build = await auxo.Pipeline.FinishedBuildAsync(commit);
        build.ShouldHave("passed");
        Assert.Equal("hello from /", (await auxo.Pipeline.GetStringAsync($"/builds/{Text(build, "id")}/artifacts/out/made.txt", ct))[..12]);
        var log = await auxo.Pipeline.GetStringAsync($"/builds/{Text(build, "id")}/logs/make", ct);
        Assert.Contains("hello from /", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_broken_pipeline_file_fails_the_build_with_line_and_column()
    {
        var auxo = await world.AuxoAsync();
        var (storage, secret) = await world.TrackAsync(SampleRepository.Files());
        foreach (var (file, where) in ((string, string)[])[
            ("steps:\n  - name: a\n    rum: echo\n", "`.auxo/ci.yaml:3` column 5: "),
            ("steps:\n  - name: [\n", "`.auxo/ci.yaml:"),
            ("steps: 3\n", "`.auxo/ci.yaml:1` column 8: ")])
        {
            var (patch, head) = storage.OpenPatch(world.Alice, "Break it", new Dictionary<string, string> { [".auxo/ci.yaml"] = file });
            Assert.Equal(202, await Curl.PatchAsync(auxo.Url("ingest"), storage.Rid, patch, head, secret));
            var build = await auxo.Pipeline.FinishedBuildAsync(head);
            build.ShouldHave("failed");
            Assert.Contains(where, Text(build, "verdict"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task what_is_no_honest_webhook_is_refused_and_builds_nothing()
    {
        var auxo = await world.AuxoAsync();
        var ingest = auxo.Url("ingest");
        var (storage, secret) = await world.TrackAsync(SampleRepository.Files());
        var (patch, head) = storage.OpenPatch(world.Bob, "Unheard", new Dictionary<string, string> { ["a.txt"] = "a\n" });
        var body = new JsonObject
        {
            ["action"] = "created", ["patch"] = new JsonObject { ["id"] = patch, ["after"] = head }, ["repository"] = new JsonObject
            {
                ["id"] = storage.Rid,
            },
        }.ToJsonString();
        string[] Signed(byte[] bytes) => ["-H", "X-Radicle-Event-Type: patch", "-H", "X-Hub-Signature-256: " + Curl.Sign(bytes, secret)];
        var utf8 = System.Text.Encoding.UTF8;

        Assert.Equal(401, await Curl.PostAsync(ingest, utf8.GetBytes(body), _
            => ["-H", "X-Radicle-Event-Type: patch", "-H", "X-Hub-Signature-256: sha256=" + new string('0', 64)]));
        Assert.Equal(401, await Curl.PostAsync(
            ingest, utf8.GetBytes(body), _ => ["-H", "X-Radicle-Event-Type: patch", "-H", "X-Forwarded-For: 203.0.113.7"]));
        Assert.Equal(400, await Curl.PostAsync(ingest, utf8.GetBytes(body), bytes => [.. Signed(bytes), .. Signed(bytes)[2..]]));
        Assert.Equal(413, await Curl.PostAsync(ingest, utf8.GetBytes(body[..^1] + ",\"x\":\"" + new string('x', 1 << 20) + "\"}"), Signed));
        Assert.Equal(400, await Curl.PostAsync(ingest, utf8.GetBytes("{\"repository\":"), Signed));
        Assert.Equal(400, await Curl.PostAsync(
            ingest, utf8.GetBytes(body[..^1] + ",\"x\":" + new string('[', 5000) + new string(']', 5000) + "}"), Signed));
        Assert.Equal(400, await Curl.PostAsync(ingest, [.. utf8.GetBytes(body[..^1] + ",\"x\":\""), 0xFF, 0xFE, .. "\"}"u8], Signed));
        Assert.Equal(202, await Curl.PatchAsync(ingest, storage.Rid, new string('d', 40), new string('c', 40), secret));
        Assert.Empty(await auxo.Pipeline.BuildsAsync($"commit={new string('c', 40)}"));

        // The honest one is heard, however often it is repeated.
        for (var i = 0; i < 3; i++) Assert.Equal(202, await Curl.PatchAsync(ingest, storage.Rid, patch, head, secret));
        await auxo.Pipeline.BuildAsync(head, "awaiting_approval");
        Assert.Single(await auxo.Pipeline.BuildsAsync($"commit={head}"));
    }

    private static Dictionary<string, string> OwnFiles()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Auxo.sln"))) root = root.Parent
            ?? throw new InvalidOperationException("This test runs inside the repository only.");
        var files = SampleRepository.Files();
        foreach (var file in (string[])["auxo", ".ci/run", "README.md", "ARCHITECTURE.md", ".editorconfig", "docs/pipeline-file.md"])
            files[file] = File.ReadAllText(Path.Combine(root.FullName, file));
        return files;
    }
}
