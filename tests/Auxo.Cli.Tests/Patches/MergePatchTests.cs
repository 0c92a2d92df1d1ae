using System.Text.Json;

using Auxo.Radicle;
using Auxo.Testing;
using Auxo.Testing.Radicle;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Auxo.Cli.Tests.Patches;

public sealed class MergePatchTests
{
    [Fact]
    public async Task what_has_passed_is_merged_and_the_working_copy_stays_as_it_is()
    {
        await using var lab = await PatchLab.UpAsync();
        var (id, head) = await BobsPatchAsync(lab, "topic", "a.txt");
        await lab.CommitAsync(lab.Alice, "elsewhere", "mine.txt", "mine\n");
        await File.WriteAllTextAsync(Path.Combine(lab.Tree(lab.Alice), "mine.txt"), "not committed\n", PatchLab.Ct);
        await using var auxo = await AuxoAsync(static _ => "passed");
        var merged = await lab.RunAsync(lab.Alice, auxo, "patch", "merge", id[..7], "--yes");
        Assert.Equal((0, ""), (merged.ExitCode, merged.Error));
        Assert.Contains($"main moves on to its head {head[..7]}", merged.Out, StringComparison.Ordinal);
        Assert.Contains($"Patch {id[..7]} is merged: main is at {head[..7]}", merged.Out, StringComparison.Ordinal);
        Assert.Equal(head, await CanonicalAsync(lab, lab.Alice));
        Assert.Equal("elsewhere", (await lab.GitAsync(lab.Alice, "branch", "--show-current")).Trim());
        Assert.Equal(" M mine.txt\n", await lab.GitAsync(lab.Alice, "status", "--porcelain"));
        await lab.ArrivesAsync(lab.Bob, id, static p => p.State.Status == PatchStatus.Merged);
        var again = await lab.RunAsync(lab.Alice, auxo, "patch", "merge", id, "--yes");
        Assert.Contains("is merged already", again.Error, StringComparison.Ordinal);

        // What comes then on the same branch is another patch, which the branch follows from then on.
        await lab.CommitAsync(lab.Bob, "topic", "more.txt", "more\n");
        Assert.Contains("is merged", (await lab.RunAsync(lab.Bob, "patch", "update", "--yes")).Error, StringComparison.Ordinal);
        Assert.Equal(0, (await lab.RunAsync(lab.Bob, "patch", "push", "--yes")).ExitCode);
        await lab.CommitAsync(lab.Bob, "topic", "more.txt", "yet more\n");
        var updated = await lab.RunAsync(lab.Bob, "patch", "update", "--yes");
        Assert.Equal((0, ""), (updated.ExitCode, updated.Error));
        Assert.DoesNotContain($"Patch {id[..7]}", updated.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task nobody_but_a_delegate_merges_and_nothing_without_an_answer_or_a_pass()
    {
        await using var lab = await PatchLab.UpAsync();
        var (id, head) = await BobsPatchAsync(lab, "topic", "a.txt");
        var before = await CanonicalAsync(lab, lab.Alice);
        await using var auxo = await AuxoAsync(static _ => "failed");
        var stranger = await lab.RunAsync(lab.Bob, auxo, "patch", "merge", id, "--yes");
        Assert.Equal(1, stranger.ExitCode);
        Assert.Contains("are no delegate", stranger.Error, StringComparison.Ordinal);
        Assert.Empty(auxo.Requests);
        var away = await lab.RunAsync(lab.Alice, "patch", "merge", id, "--yes");
        Assert.Equal(3, away.ExitCode);
        Assert.Contains("Nothing was merged", away.Error, StringComparison.Ordinal);
        var red = await lab.RunAsync(lab.Alice, auxo, "patch", "merge", id, "--yes");
        Assert.Equal(1, red.ExitCode);
        Assert.Contains("auxo ci rerun 3f2a1c7", red.Error, StringComparison.Ordinal);
        Assert.Contains("--override REASON", red.Error, StringComparison.Ordinal);
        await using var none = await AuxoAsync(static _ => null);
        var unbuilt = await lab.RunAsync(lab.Alice, none, "patch", "merge", id, "--yes");
        Assert.Contains("'auxo status' says why", unbuilt.Error, StringComparison.Ordinal);
        Assert.Equal(before, await CanonicalAsync(lab, lab.Alice));

        Assert.Equal(2, (await lab.RunAsync(lab.Alice, auxo, "patch", "merge", id, "--override", " ", "--yes")).ExitCode);
        // A hook that would refuse is no obstacle to what somebody answers for, and is said to be left out.
        var hook = Path.Combine(lab.Tree(lab.Alice), ".git", "hooks", "pre-push");
        await File.WriteAllTextAsync(hook, "#!/bin/sh\nexit 1\n", PatchLab.Ct);
        File.SetUnixFileMode(hook, (UnixFileMode)0b111_101_101);
        var forced = await lab.RunAsync(lab.Alice, auxo, "patch", "merge", id, "--override", "the mirror is away", "--yes", "--json");
        Assert.Equal((0, ""), (forced.ExitCode, forced.Error));
        var answer = JsonDocument.Parse(forced.Out).RootElement;
        Assert.Equal(("merged", "admin", head),
            (answer.GetProperty("state").GetString(), answer.GetProperty("override").GetProperty("by").GetString(),
                answer.GetProperty("commit").GetString()));
        Assert.Contains(auxo.Requests, r => r.StartsWith("POST /pipeline/gate/overrides", StringComparison.Ordinal)
            && r.Contains("the mirror is away", StringComparison.Ordinal) && r.Contains(head, StringComparison.Ordinal)
            && r.Contains(id, StringComparison.Ordinal));
        Assert.Equal(head, await CanonicalAsync(lab, lab.Alice));
    }

    [Fact]
    public async Task when_main_has_moved_the_merge_result_is_built_first_and_exactly_that_is_pushed()
    {
        await using var lab = await PatchLab.UpAsync();
        var (id, head) = await BobsPatchAsync(lab, "topic", "a.txt");
        await lab.GitAsync(lab.Alice, "switch", "-q", "main");
        var moved = await lab.CommitAsync(lab.Alice, "main", "other.txt", "other\n");
        await lab.GitAsync(lab.Alice, "push", "-q", "rad", "HEAD:refs/heads/main");
        string? built = null;
        await using var auxo = await AuxoAsync(static _ => null, result: "passed", async commit =>
        {
            // What is built must be in the storage, where Auxo reads it.
            await lab.Alice.GitAsync(lab.Alice.Storage(lab.Repository.Rid), PatchLab.Ct, "cat-file", "-e", commit);
            built = commit;
        });
        var merged = await lab.RunAsync(lab.Alice, auxo, "patch", "merge", id, "--yes");
        Assert.Equal((0, ""), (merged.ExitCode, merged.Error));
        Assert.Contains("main has moved on since", merged.Out, StringComparison.Ordinal);
        Assert.Contains("✓ passed", merged.Out, StringComparison.Ordinal);
        Assert.Equal(built, await CanonicalAsync(lab, lab.Alice));
        Assert.Equal($"{moved} {head}", (await lab.GitAsync(lab.Alice, "log", "-1", "--format=%P", "rad/main")).Trim());
        Assert.Equal(PatchStatus.Merged, (await lab.PatchAsync(lab.Alice, id))!.State.Status);
        var refs = await lab.GitAsync(lab.Alice, "ls-remote", $"rad://{lab.Rid.Bare}/{lab.Alice.Nid}");
        Assert.DoesNotContain("auxo/merge", refs, StringComparison.Ordinal);
        Assert.Contains(auxo.Requests, static r => r.StartsWith("POST /pipeline/builds ", StringComparison.Ordinal)
            && r.Contains("\"trusted\": true", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_merge_result_that_does_not_pass_and_one_that_conflicts_are_not_pushed()
    {
        await using var lab = await PatchLab.UpAsync();
        var (red, _) = await BobsPatchAsync(lab, "topic", "a.txt");
        var (conflict, _) = await BobsPatchAsync(lab, "clash", "other.txt");
        await lab.GitAsync(lab.Alice, "switch", "-q", "main");
        var moved = await lab.CommitAsync(lab.Alice, "main", "other.txt", "other\n");
        await lab.GitAsync(lab.Alice, "push", "-q", "rad", "HEAD:refs/heads/main");
        await using var auxo = await AuxoAsync(static _ => null, result: "failed");
        var failed = await lab.RunAsync(lab.Alice, auxo, "patch", "merge", red, "--yes");
        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("Nothing was merged: build 3f2a1c7 has failed.", failed.Error, StringComparison.Ordinal);
        var clash = await lab.RunAsync(lab.Alice, auxo, "patch", "merge", conflict, "--yes");
        Assert.Equal(1, clash.ExitCode);
        Assert.Contains("change the same lines: other.txt", clash.Error, StringComparison.Ordinal);
        Assert.Equal(moved, await CanonicalAsync(lab, lab.Alice));
    }

    [Fact]
    public async Task a_patch_is_not_merged_before_the_one_that_it_needs()
    {
        await using var lab = await PatchLab.UpAsync();
        var (needed, _) = await BobsPatchAsync(lab, "needed", "a.txt");
        var (id, _) = await BobsPatchAsync(lab, "topic", "b.txt");
        await lab.RunAsync(lab.Bob, "patch", "link", id, needed, "--yes");
        await lab.ArrivesAsync(lab.Alice, id, static p => p.Revisions[0].Description.Contains("Depends-On", StringComparison.Ordinal));
        await using var auxo = await AuxoAsync(static _ => "passed");
        var refused = await lab.RunAsync(lab.Alice, auxo, "patch", "merge", id, "--override", "now", "--yes");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains($"patch {needed[..7]} (Change of needed) is open", refused.Error, StringComparison.Ordinal);
        Assert.Empty(auxo.Requests);
        Assert.Equal(0, (await lab.RunAsync(lab.Alice, auxo, "patch", "merge", needed, "--yes")).ExitCode);
        var merged = await lab.RunAsync(lab.Alice, auxo, "patch", "merge", id, "--yes");
        Assert.Equal((0, ""), (merged.ExitCode, merged.Error));
        Assert.Contains($"✓ patch {needed[..7]} (Change of needed) is merged", merged.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task where_the_default_branch_says_so_an_owner_must_accept_and_the_patch_cannot_change_that()
    {
        await using var lab = await PatchLab.UpAsync();
        await RulesAsync(lab, "* @bob\n/a.txt @alice\n");
        // Bob's patch gives everything to himself and takes the rule away: neither counts.
        await lab.GitAsync(lab.Bob, "switch", "-q", "-c", "topic", "rad/main");
        await File.WriteAllTextAsync(Path.Combine(lab.Tree(lab.Bob), "CODEOWNERS"), "* @bob\n", PatchLab.Ct);
        await File.WriteAllTextAsync(Path.Combine(lab.Tree(lab.Bob), ".auxo", "merge.yaml"), "owners: off\n", PatchLab.Ct);
        var head = await lab.CommitAsync(lab.Bob, "topic", "a.txt", "a\n");
        var id = await lab.OpenAsync(lab.Bob, "Change of topic");
        await lab.ArrivesAsync(lab.Alice, id, static _ => true);
        await using var auxo = await AuxoAsync(static _ => "passed");

        var refused = await lab.RunAsync(lab.Alice, auxo, "patch", "merge", id, "--yes");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("a.txt needs an accept of @alice", refused.Error, StringComparison.Ordinal);
        Assert.Contains("nobody else can give it", refused.Error, StringComparison.Ordinal);
        Assert.Contains($"You are one of them: auxo patch review {id[..7]} --accept", refused.Error, StringComparison.Ordinal);
        Assert.Contains("--override REASON", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(auxo.Requests, static r => r.Contains("overrides", StringComparison.Ordinal));
        Assert.NotEqual(head, await CanonicalAsync(lab, lab.Alice));
        var list = await lab.RunAsync(lab.Alice, "patch", "list");
        Assert.Matches("OWNERS.*\n.*! nobody can", list.Out);

        // His own accept does not count, and what alice says of a revision is of that one only.
        Assert.Equal(0, (await lab.RunAsync(lab.Bob, "patch", "review", id, "--accept")).ExitCode);
        Assert.Equal(0, (await lab.RunAsync(lab.Alice, "patch", "review", id, "--accept")).ExitCode);
        var page = await lab.RunAsync(lab.Alice, "patch", "review", id);
        Assert.Contains("✓ owners: a.txt, accepted by @alice", page.Out, StringComparison.Ordinal);
        Assert.Contains("! owners: .auxo/merge.yaml", page.Out, StringComparison.Ordinal);

        var forced = await lab.RunAsync(lab.Alice, auxo, "patch", "merge", id, "--override", "bob owns these himself", "--yes", "--json");
        Assert.Equal((0, ""), (forced.ExitCode, forced.Error));
        Assert.Contains(auxo.Requests, r => r.StartsWith("POST /pipeline/gate/overrides", StringComparison.Ordinal)
            && r.Contains("bob owns these himself", StringComparison.Ordinal)
            && r.Contains("1 more file need an accept of @bob", StringComparison.Ordinal));
        Assert.Equal(head, await CanonicalAsync(lab, lab.Alice));
    }

    [Fact]
    public async Task an_owners_accept_of_the_newest_revision_lets_it_be_merged()
    {
        await using var lab = await PatchLab.UpAsync();
        await RulesAsync(lab, "* @alice\n");
        var (id, _) = await BobsPatchAsync(lab, "topic", "a.txt");
        await using var auxo = await AuxoAsync(static _ => "passed");
        Assert.Equal(0, (await lab.RunAsync(lab.Alice, "patch", "review", id, "--accept")).ExitCode);
        var list = await lab.RunAsync(lab.Alice, "patch", "list");
        Assert.Contains("✓ accepted", list.Out, StringComparison.Ordinal);

        var newer = await lab.CommitAsync(lab.Bob, "topic", "a.txt", "other\n");
        Assert.Equal(0, (await lab.RunAsync(lab.Bob, "patch", "update", id, "--yes")).ExitCode);
        await lab.ArrivesAsync(lab.Alice, id, p => p.Latest.Head.Value == newer);
        list = await lab.RunAsync(lab.Alice, "patch", "list");
        Assert.Contains("needs @alice", list.Out, StringComparison.Ordinal);
        var stale = await lab.RunAsync(lab.Alice, auxo, "patch", "merge", id, "--yes");
        Assert.Equal(1, stale.ExitCode);
        Assert.Contains("a.txt needs an accept of @alice", stale.Error, StringComparison.Ordinal);

        Assert.Equal(0, (await lab.RunAsync(lab.Alice, "patch", "review", id, "--accept")).ExitCode);
        var merged = await lab.RunAsync(lab.Alice, auxo, "patch", "merge", id, "--yes");
        Assert.Equal((0, ""), (merged.ExitCode, merged.Error));
        Assert.Contains("✓ owners: a.txt, accepted by @alice", merged.Out, StringComparison.Ordinal);
        Assert.Equal(newer, await CanonicalAsync(lab, lab.Alice));
        Assert.DoesNotContain(auxo.Requests, static r => r.Contains("overrides", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_rule_that_cannot_be_read_is_no_leave_to_merge()
    {
        await using var lab = await PatchLab.UpAsync();
        await RulesAsync(lab, "* @alice\n", rule: "owner: required\n");
        var (id, head) = await BobsPatchAsync(lab, "topic", "a.txt");
        await using var auxo = await AuxoAsync(static _ => "passed");
        var refused = await lab.RunAsync(lab.Alice, auxo, "patch", "merge", id, "--yes");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(".auxo/merge.yaml:1 of the default branch: only 'owners' is known here", refused.Error, StringComparison.Ordinal);
        Assert.NotEqual(head, await CanonicalAsync(lab, lab.Alice));
    }

    [Fact]
    public async Task with_a_threshold_of_two_the_first_waits_and_the_second_joins_the_same_result()
    {
        await using var lab = await PatchLab.UpAsync();
        string[] change = ["id", "update", "--repo", lab.Repository.Rid, "--title", "Two", "--description", "", "--no-confirm", "-q"];
        await lab.Alice.RadAsync(PatchLab.Ct, [.. change, "--delegate", "did:key:" + lab.Bob.Nid]);
        await lab.Alice.RadAsync(PatchLab.Ct, "sync", lab.Repository.Rid, "--announce");
        await Eventually.TrueAsync(async () => (await IdentityAsync(lab, lab.Bob)).Delegates.Count == 2, "bob knows that he is a delegate");
        await lab.GitAsync(lab.Bob, "push", "-q", "rad", "main:refs/heads/main");
        await Eventually.TrueAsync(
            async () => await lab.Alice.TryRadAsync(PatchLab.Ct, [.. change, "--threshold", "2"]) == 0, "alice's node has bob's main");
        if ((await IdentityAsync(lab, lab.Alice)).Threshold != 2) await AcceptAsync(lab);
        await lab.Alice.RadAsync(PatchLab.Ct, "sync", lab.Repository.Rid, "--announce");
        await Eventually.TrueAsync(async () => (await IdentityAsync(lab, lab.Bob)).Threshold == 2, "bob knows of the threshold");

        var (id, head) = await BobsPatchAsync(lab, "topic", "a.txt");
        var (other, otherHead) = await BobsPatchAsync(lab, "other", "b.txt");
        await using var auxo = await AuxoAsync(static _ => "passed");
        var first = await lab.RunAsync(lab.Bob, auxo, "patch", "merge", id, "--yes");
        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.Contains($"1 of 2 delegates have merged it; it waits for 1 more: {lab.Alice.Nid[..7]}", first.Out, StringComparison.Ordinal);
        Assert.NotEqual(head, await CanonicalAsync(lab, lab.Bob));
        var again = await lab.RunAsync(lab.Bob, auxo, "patch", "merge", id, "--yes");
        Assert.Equal(0, again.ExitCode);
        Assert.Contains("You have merged patch", again.Out, StringComparison.Ordinal);
        var early = await lab.RunAsync(lab.Bob, auxo, "patch", "merge", other, "--yes");
        Assert.Equal(1, early.ExitCode);
        Assert.Contains("Your own main", early.Error, StringComparison.Ordinal);
        await lab.ArrivesAsync(lab.Alice, id, static p => p.Merges.Count == 1);
        var second = await lab.RunAsync(lab.Alice, auxo, "patch", "merge", id, "--yes");
        Assert.Equal((0, ""), (second.ExitCode, second.Error));
        Assert.Contains($"is merged: main is at {head[..7]}", second.Out, StringComparison.Ordinal);
        Assert.Equal(head, await CanonicalAsync(lab, lab.Alice));
        await lab.ArrivesAsync(lab.Bob, id, static p => p.State.Status == PatchStatus.Merged);
        await Eventually.TrueAsync(async () => await CanonicalAsync(lab, lab.Bob) == head, "bob's main is the canonical one");

        // Now main has moved: the first makes a merge commit, and the second takes exactly that.
        var made = await lab.RunAsync(lab.Bob, auxo, "patch", "merge", other, "--yes", "--json");
        Assert.Equal((0, ""), (made.ExitCode, made.Error));
        var commit = JsonDocument.Parse(made.Out).RootElement.GetProperty("commit").GetString()!;
        Assert.Equal($"{head} {otherHead}", (await lab.GitAsync(lab.Bob, "log", "-1", "--format=%P", commit)).Trim());
        await lab.ArrivesAsync(lab.Alice, other, static p => p.Merges.Count == 1);
        var joined = await lab.RunAsync(lab.Alice, auxo, "patch", "merge", other, "--yes");
        Assert.Equal((0, ""), (joined.ExitCode, joined.Error));
        Assert.Contains($"main moves on to {commit[..7]}, as {lab.Bob.Nid[..7]}… merged it", joined.Out, StringComparison.Ordinal);
        Assert.Equal(commit, await CanonicalAsync(lab, lab.Alice));
        Assert.Equal(PatchStatus.Merged, (await lab.PatchAsync(lab.Alice, other))!.State.Status);
    }

    /// <summary>A patch of bob's that alice's node has.</summary>
    private static async Task<(string Id, string Head)> BobsPatchAsync(PatchLab lab, string branch, string file)
    {
        var head = await lab.CommitAsync(lab.Bob, branch, file, branch + "\n");
        var id = await lab.OpenAsync(lab.Bob, "Change of " + branch);
        await lab.ArrivesAsync(lab.Alice, id, static _ => true);
        return (id, head);
    }

    /// <summary>Alice and bob are known, and the default branch wants its owners' accepts.</summary>
    private static async Task RulesAsync(PatchLab lab, string owners, string rule = "owners: required\n")
    {
        var tree = lab.Tree(lab.Alice);
        await lab.GitAsync(lab.Alice, "switch", "-q", "main");
        Directory.CreateDirectory(Path.Combine(tree, ".auxo"));
        await File.WriteAllTextAsync(Path.Combine(tree, "CODEOWNERS"), owners, PatchLab.Ct);
        await File.WriteAllTextAsync(Path.Combine(tree, ".auxo", "merge.yaml"), rule, PatchLab.Ct);
        var main = await lab.CommitAsync(
            lab.Alice, "main", ".auxo/people.yaml",
            $"alice:\n  did: did:key:{lab.Alice.Nid}\nbob:\n  did: did:key:{lab.Bob.Nid}\n");
        await lab.GitAsync(lab.Alice, "push", "-q", "rad", "HEAD:refs/heads/main");
        await Eventually.TrueAsync(async () => await CanonicalAsync(lab, lab.Bob) == main, "bob's node has the rules");
        await lab.GitAsync(lab.Bob, "fetch", "-q", "rad");
    }

    /// <summary>An Auxo whose gate says what a commit's build has come to: null for none.</summary>
    /// <param name="outcomeOf">Of what was there before.</param>
    /// <param name="result">What becomes of a merge result that it is asked to build.</param>
    /// <param name="onBuild">Is told of that.</param>
    private static Task<FakeAuxo> AuxoAsync(Func<string, string?> outcomeOf, string? result = null, Func<string, Task>? onBuild = null)
    {
        string? built = null;
        return FakeAuxo.StartAsync(app =>
        {
            app.MapGet("/pipeline/gate", (string[] commit) =>
            {
                var outcome = built is not null && commit.Contains(built) ? result : outcomeOf(commit[0]);
                return FakeAuxo.Json($$"""
                    {"passed":{{(outcome == "passed" ? "true" : "false")}},"branch":"main",
                     "reason":"{{(outcome is null ? "no build has ended with a verdict" : $"build 3f2a1c7 has {outcome}")}}",
                     "buildId":{{(outcome is null ? "null" : $"\"{FakeAuxo.BuildId}\"")}}}
                    """);
            });
            app.MapPost("/pipeline/builds", async (HttpContext http) =>
            {
                using var body = await JsonDocument.ParseAsync(http.Request.Body);
                built = body.RootElement.GetProperty("commit").GetString()!;
                if (onBuild is not null) await onBuild(built);
                return FakeAuxo.Json(FakeAuxo.Build("queued", outcome: null));
            });
            app.MapGet("/pipeline/builds/{id}", () => FakeAuxo.Json(FakeAuxo.Build(outcome: built is null ? outcomeOf("") : result)));
            app.MapPost("/pipeline/gate/overrides", () => FakeAuxo.Json(
                """{"verdict":"build 3f2a1c7 has failed","reason":"the mirror is away","by":"admin","at":"2026-11-30T04:00:00Z"}"""));
        });
    }

    private static async Task<string?> CanonicalAsync(PatchLab lab, LabNode node)
    {
        await using var storage = await RadicleRepository.OpenAsync(node.Storage(lab.Repository.Rid), PatchLab.Ct);
        return (await storage.CanonicalHeadAsync(PatchLab.Ct))?.Value;
    }

    private static async Task<RadicleIdentity> IdentityAsync(PatchLab lab, LabNode node)
    {
        await using var storage = await RadicleRepository.OpenAsync(node.Storage(lab.Repository.Rid), PatchLab.Ct);
        return await storage.ReadIdentityAsync(PatchLab.Ct);
    }

    /// <summary>The second delegate accepts the newest change of the identity.</summary>
    private static async Task AcceptAsync(PatchLab lab)
    {
        await lab.Alice.RadAsync(PatchLab.Ct, "sync", lab.Repository.Rid, "--announce");
        var revision = (await IdentityAsync(lab, lab.Alice)).Revisions[^1].Id.Value;
        await Eventually.TrueAsync(async () => await lab.Bob.TryRadAsync(
            PatchLab.Ct, "id", "accept", revision, "--repo", lab.Repository.Rid, "--no-confirm", "-q") == 0, "bob accepts the threshold");
        await lab.Bob.RadAsync(PatchLab.Ct, "sync", lab.Repository.Rid, "--announce");
        await Eventually.TrueAsync(async () => (await IdentityAsync(lab, lab.Alice)).Threshold == 2, "alice's node has the threshold");
    }
}
