using System.Text.Json.Nodes;

using Auxo.Testing;
using Auxo.Testing.Radicle;

using static Auxo.EndToEnd.Tests.AuxoHttp;

namespace Auxo.EndToEnd.Tests.RealNodes;

/// <summary>What a small team does every day, by the commands that it types, on two real nodes.</summary>
public sealed class DailyWorkTests
{
    [Fact]
    public async Task bob_proposes_reads_what_is_wrong_at_its_line_mends_it_and_alice_reviews_and_merges()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var world = await RealNodesFixture.StartAsync(ct);
        var (alice, bob) = (world.Alice, world.Bob);
        var tree = bob.WorkTree("demo");

        // A mistake is said before it is committed; this time he is in a hurry.
        await SaysAsync(0, bob, "hooks", "install");
        await bob.GitAsync(tree, ct, "checkout", "-q", "-b", "topic", "rad/main");
        var script = Path.Combine(tree, "scripts", "run.sh");
        await File.WriteAllTextAsync(script, "#!/usr/bin/env bash\necho first\nif true; then\n", ct);
        File.SetUnixFileMode(script, File.GetUnixFileMode(script) | UnixFileMode.UserExecute);
        await bob.GitAsync(tree, ct, "add", "-A");
        var (blocked, said, _) = await AuxoAsync(bob, "hooks", "run", "pre-commit");
        Assert.Equal(1, blocked);
        Assert.Contains("scripts/run.sh", said, StringComparison.Ordinal);
        await bob.GitAsync(tree, ct, "commit", "-q", "--no-verify", "-m", "Run it");

        // The push is a patch, and its exit code is the verdict: here, on the patch, at the line, and for programs that read jobs.
        await SaysAsync(1, bob, "patch", "push", "--wait", "--yes");
        var first = (await bob.GitAsync(tree, ct, "rev-parse", "HEAD")).Trim();
        var patch = Text((await world.Auxo.Pipeline.FinishedBuildAsync(first)), "patchId")!;
        await world.BobReadsAsync(patch, "scripts/run.sh", ct);
        await Eventually.TrueAsync(
            async () => (await PlacesAsync(bob, patch)).Contains("scripts/run.sh"), "bob's node shows it at its line");
        await JobAsync(first, "Failed");

        await File.WriteAllTextAsync(script, "#!/usr/bin/env bash\necho first\n", ct);
        await bob.GitAsync(tree, ct, "commit", "-q", "--no-verify", "-am", "Mend it");
        await SaysAsync(0, bob, "patch", "push", "--wait", "--yes");
        var second = (await bob.GitAsync(tree, ct, "rev-parse", "HEAD")).Trim();
        await JobAsync(second, "Succeeded");
        await Eventually.TrueAsync(async () => (await PlacesAsync(bob, patch)).Count == 0, "what was mended is said no longer");
        Assert.Contains(patch[..7], await SaysAsync(0, bob, "patch", "list"), StringComparison.Ordinal);

        // Alice has read it on her node, accepts it, and merges exactly what has passed.
        await SaysAsync(0, alice, "patch", "review", patch, "--accept", "--message", "Nice");
        await SaysAsync(0, alice, "patch", "merge", patch, "--yes");
        (await world.Auxo.Pipeline.FinishedBuildAsync(second, "branch")).ShouldHave("passed");
        await Eventually.TrueAsync(
            async () => (string?)JsonNode.Parse(await bob.PatchJsonAsync(world.Repository.Rid, patch, ct))!["state"]!["status"] == "merged",
            "the patch is merged on bob's node");
        await SaysAsync(0, alice, "gate", "list");
        await bob.GitAsync(tree, ct, "checkout", "-q", "main");
        await bob.GitAsync(tree, ct, "pull", "-q", "--ff-only", "rad", "main");
        Assert.Contains("topic", await SaysAsync(0, bob, "clean-branches", "--yes"), StringComparison.Ordinal);
        Assert.Equal("", await bob.GitAsync(tree, ct, "branch", "--list", "topic"));

        async Task<string> SaysAsync(int code, LabNode who, params string[] words)
        {
            var (exit, output, error) = await AuxoAsync(who, words);
            Assert.True(exit == code, $"auxo {string.Join(' ', words)} ended with {exit}: {output}{error}");
            return output;
        }

        Task<(int ExitCode, string Out, string Error)> AuxoAsync(LabNode who, params string[] words) => AuxoProgram.RunInAsync(
            who.WorkTree("demo"),
            new Dictionary<string, string>(who.Environment(), StringComparer.Ordinal) { ["AUXO_HOME"] = world.Auxo.Home }, ct, words);

        Task JobAsync(string commit, string result) => Eventually.TrueAsync(
            async () => (await bob.RunAsync(tree, ct, "rad-job", "-r", world.Repository.Rid, "list"))
                .Split("\"oid\"").Any(job
                    => job.Contains(commit, StringComparison.Ordinal) && job.Contains(result, StringComparison.Ordinal)),
            $"bob's rad-job shows {result} for {commit[..7]}");

        async Task<IReadOnlyList<string>> PlacesAsync(LabNode at, string id)
            => [.. JsonNode.Parse(await at.PatchJsonAsync(world.Repository.Rid, id, ct))!["revisions"]!.AsObject()
                .SelectMany(static revision => revision.Value!["discussion"]!["comments"]!.AsObject())
                .Select(static comment => (string?)comment.Value?["location"]?["path"]).OfType<string>()];
    }
}
