using System.Net;

using Auxo.Testing;

using static Auxo.EndToEnd.Tests.AuxoHttp;

namespace Auxo.EndToEnd.Tests.RealNodes;

/// <summary>The thread as its users see it: a push from one node, the verdict on another.</summary>
public sealed class ThreadOnRealNodesTests
{
    [Fact]
    public async Task bob_pushes_and_reads_the_verdict_on_his_own_node()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var world = await RealNodesFixture.StartAsync(ct);

        // A good patch.
        var (good, goodHead) = await world.Bob.OpenPatchAsync(
            "demo", "Say more", new Dictionary<string, string> { ["docs/more.md"] = "# More\n" }, ct);
        var passed = await world.Auxo.Pipeline.FinishedBuildAsync(goodHead);
        passed.ShouldHave("passed");
        var log = await world.Auxo.Pipeline.GetStringAsync($"/builds/{Text(passed, "id")}/logs/hello", ct);
        Assert.Contains("hello from the step", log, StringComparison.Ordinal);
        await world.BobReadsAsync(good, Text(passed, "shortId")!, ct);

        // A syntax error, told with file and line; then the fix, as a new revision of the same patch.
        var (broken, brokenHead) = await world.Bob.OpenPatchAsync(
            "demo", "Break the script", new Dictionary<string,
            string> { ["scripts/broken.sh"] = "#!/usr/bin/env bash\nif true; then\n  echo no end\n" }, ct);
        var failed = await world.Auxo.Pipeline.FinishedBuildAsync(brokenHead);
        failed.ShouldHave("failed");
        await world.BobReadsAsync(broken, "scripts/broken.sh", ct);

        var (_, fixedHead) = await world.Bob.UpdatePatchAsync(
            "demo", broken, new Dictionary<string,
            string> { ["scripts/broken.sh"] = "#!/usr/bin/env bash\nif true; then\n  echo an end\nfi\n" }, ct);
        var repaired = await world.Auxo.Pipeline.FinishedBuildAsync(fixedHead);
        repaired.ShouldHave("passed");
        await world.BobReadsAsync(broken, Text(repaired, "shortId")!, ct);

        // A planted secret is found, and the comment does not repeat it.
        const string Secret = "AKIA" + "Z7QDMNBVCXZLKJHG";
        var (leaky, leakyHead) = await world.Bob.OpenPatchAsync(
            "demo", "Add settings", new Dictionary<string, string> { ["settings.env"] = $"AWS_ACCESS_KEY_ID={Secret}\n" }, ct);
        var leaked = await world.Auxo.Pipeline.FinishedBuildAsync(leakyHead);
        leaked.ShouldHave("failed");
        var shown = await world.BobReadsAsync(leaky, "settings.env", ct);
        Assert.DoesNotContain(Secret, shown, StringComparison.Ordinal);

        // A merge moves the default branch, which is a build of its own.
        await world.Alice.GitAsync(world.Alice.WorkTree("demo"), ct, "fetch", "-q", "rad");
        var merged = await world.Alice.MergePatchAsync("demo", good, ct);
        var main = await world.Auxo.Pipeline.FinishedBuildAsync(merged, "branch");
        main.ShouldHave("passed");

        // A plain push that merges what has failed is found, and the one before was none of those.
        var sneaked = await world.Alice.MergePatchAsync("demo", leaky, ct);
        await Eventually.TrueAsync(
            async () => (await world.Auxo.Pipeline.GetFromJsonNodeAsync("/merges"))["items"]!.AsArray().Count == 2, "both merges are seen");
        var merges = (await world.Auxo.Pipeline.GetFromJsonNodeAsync("/merges"))["items"]!.AsArray();
        Assert.Equal([(sneaked, false), (merged, true)], merges.Select(static m => (Text(m!, "commit")!, (bool)m!["passed"]!)));

        // Each commit was built once for each reason, and each build spoke once.
        Assert.Single(await world.Auxo.Pipeline.BuildsAsync($"commit={brokenHead}"));
        Assert.Equal(2, await world.BobCountsCommentsAsync(broken, ct));
    }

    [Fact]
    public async Task a_stranger_gets_the_built_in_checks_and_no_step_of_his_own()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var world = await RealNodesFixture.StartAsync(ct, trustBob: false);

        var (patch, head) = await world.Bob.OpenPatchAsync(
            "demo", "Run my own step",
            new Dictionary<string, string> { [".auxo/ci.yaml"] = "steps:\n  - name: mine\n    run: echo this-must-not-run\n" }, ct);
        var waiting = await world.Auxo.Pipeline.BuildAsync(head, "awaiting_approval");
        Assert.Equal(8, waiting["steps"]!.AsArray().Count(step => Text(step!, "kind") == "check" && Text(step!, "outcome") is not null));
        await world.BobReadsAsync(patch, $"auxo ci approve {Text(waiting, "shortId")}", ct);

        // A delegate's approval of exactly that commit lets the steps of the canonical file run; the stranger's own file never counts.
        using var approved = await world.Auxo.Pipeline.PostAsync($"/builds/{Text(waiting, "id")}/approve", content: null, ct);
        await approved.ShouldBeAsync(HttpStatusCode.OK);
        var build = await world.Auxo.Pipeline.FinishedBuildAsync(head);
        Assert.Contains(build["steps"]!.AsArray(), step => Text(step!, "step") == "hello" && Text(step!, "outcome") == "passed");
        Assert.DoesNotContain(build["steps"]!.AsArray(), step => Text(step!, "step") == "mine");
        await world.BobReadsAsync(patch, "**Passed**", ct);
        Assert.Equal(1, await world.BobCountsCommentsAsync(patch, ct));
    }

    [Fact]
    public async Task pushes_while_auxo_is_down_are_built_after_its_return()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var world = await RealNodesFixture.StartAsync(ct);
        await world.Auxo.StopAsync();

        var (patch, head) = await world.Bob.OpenPatchAsync(
            "demo", "While you slept", new Dictionary<string, string> { ["docs/a.md"] = "# A\n" }, ct);
        var tree = world.Alice.WorkTree("demo");
        await world.Alice.GitAsync(tree, ct, "commit", "-q", "--allow-empty", "-m", "Main while you slept");
        await world.Alice.GitAsync(tree, ct, "push", "-q", "rad", "main:refs/heads/main");
        var main = (await world.Alice.GitAsync(tree, ct, "rev-parse", "HEAD")).Trim();

        await world.Auxo.StartAsync();
        (await world.Auxo.Pipeline.FinishedBuildAsync(head)).ShouldHave("passed");
        (await world.Auxo.Pipeline.FinishedBuildAsync(main)).ShouldHave("passed");
        await world.BobReadsAsync(patch, "auxo · build", ct);
    }

    [Fact]
    public async Task a_push_while_the_node_is_down_or_alone_is_built_all_the_same()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var world = await RealNodesFixture.StartAsync(ct);
        var tree = world.Alice.WorkTree("demo");

        // The node is down: git push writes to the storage and tells nobody.
        await world.Alice.StopAsync();
        await world.Alice.GitAsync(tree, ct, "commit", "-q", "--allow-empty", "-m", "Without a node");
        await world.Alice.GitAsync(tree, ct, "push", "-q", "-o", "no-sync", "rad", "main:refs/heads/main");
        var first = (await world.Alice.GitAsync(tree, ct, "rev-parse", "HEAD")).Trim();
        await world.Alice.StartAsync(ct);
        (await world.Auxo.Pipeline.FinishedBuildAsync(first)).ShouldHave("passed");

        // No peer is there: the ordinary laptop.
        await world.Bob.StopAsync();
        await world.Alice.GitAsync(tree, ct, "commit", "-q", "--allow-empty", "-m", "Without a peer");
        await world.Alice.GitAsync(tree, ct, "push", "-q", "-o", "no-sync", "rad", "main:refs/heads/main");
        var second = (await world.Alice.GitAsync(tree, ct, "rev-parse", "HEAD")).Trim();
        using var hint = await world.Auxo.Ingest.PostAsync(
            $"/repositories/{Uri.EscapeDataString(world.Repository.Rid)}/sweep", content: null, ct);
        Assert.True(hint.IsSuccessStatusCode);
        (await world.Auxo.Pipeline.FinishedBuildAsync(second)).ShouldHave("passed");
    }
}
