using System.Text.Json;

using Auxo.Radicle;
using Auxo.Testing;

using Microsoft.AspNetCore.Builder;

namespace Auxo.Cli.Tests.Patches;

public sealed class PatchCommandsTests
{
    [Fact]
    public async Task patches_are_listed_from_the_storage_while_auxo_is_away_and_that_is_said()
    {
        await using var lab = await PatchLab.UpAsync();
        await lab.CommitAsync(lab.Bob, "one", "a.txt", "a\n");
        var open = await lab.OpenAsync(lab.Bob, "Evil \u202e [red]title");
        await lab.CommitAsync(lab.Bob, "two", "b.txt", "b\n");
        var draft = await lab.OpenAsync(lab.Bob, "Later", "--draft");
        var listed = await lab.RunAsync(lab.Bob, "patch", "list");
        Assert.Equal(0, listed.ExitCode);
        Assert.StartsWith("! Results are missing: No running Auxo was found", listed.Out, StringComparison.Ordinal);
        Assert.Contains($"{open[..7]}  open   ?       Evil \ufffd [red]title", listed.Out, StringComparison.Ordinal);
        Assert.Contains($"{draft[..7]}  draft", listed.Out, StringComparison.Ordinal);
        Assert.Contains($"auxo patch merge {open[..7]}", listed.Out, StringComparison.Ordinal);
        var merged = await lab.RunAsync(lab.Bob, "patch", "list", "--merged");
        Assert.Contains("\nNo patch is merged. All: auxo patch list --all.", "\n" + merged.Out, StringComparison.Ordinal);
        var json = JsonDocument.Parse((await lab.RunAsync(lab.Bob, "patch", "list", "--draft", "--json")).Out).RootElement;
        Assert.Equal(draft, Assert.Single(json.GetProperty("items").EnumerateArray()).GetProperty("patchId").GetString());
        Assert.Equal(3, (await lab.RunAsync(lab.Bob, "patch", "list", "--all-repositories")).ExitCode);
    }

    [Fact]
    public async Task patches_of_all_repositories_are_listed_with_the_results_of_their_heads()
    {
        await using var auxo = await FakeAuxo.StartAsync(app =>
        {
            app.MapGet("/ingest/repositories", () => FakeAuxo.Page(FakeAuxo.Repository));
            app.MapGet("/ingest/patches", () => FakeAuxo.Page(
                Patch(FakeAuxo.PatchId, "open", FakeAuxo.Commit), Patch(new string('b', 40), "open", new string('c', 40)),
                Patch(new string('d', 40), "archived", new string('e', 40))));
            app.MapGet("/pipeline/builds", () => FakeAuxo.Page(
                FakeAuxo.Build(outcome: "superseded", id: "3f2a1c77-1111-5222-8333-444455556667"), FakeAuxo.Build(outcome: "failed")));
        });
        var listed = await auxo.RunAsync("patch", "list", "--all-repositories");
        Assert.Equal((0, ""), (listed.ExitCode, listed.Error));
        var lines = listed.Out.Split('\n');
        Assert.StartsWith("PATCH    STATE  RESULT    REPOSITORY", lines[0], StringComparison.Ordinal);
        Assert.Contains(lines, static l => l.StartsWith("1a2b3c4  open   ✗ failed  heartwood", StringComparison.Ordinal));
        Assert.Contains(lines, static l => l.StartsWith("bbbbbbb  open   no build", StringComparison.Ordinal));
        Assert.DoesNotContain("ddddddd", listed.Out, StringComparison.Ordinal);
        var all = await auxo.RunAsync("patch", "list", "--all-repositories", "--all");
        Assert.Contains("ddddddd  archived", all.Out, StringComparison.Ordinal);

        static string Patch(string id, string status, string head) => $$"""
            {"rid":"{{FakeAuxo.Rid}}","patchId":"{{id}}","title":"Fix","author":"did:key:z6MkuNpETfaWmUKZjop7K8uHqAncDsWSjt8zqSyCW5ovdbqJ",
             "status":"{{status}}","openedAt":"2026-11-23T11:00:00Z",
             "revisions":[{"id":"{{id}}","head":"{{head}}","author":"did:key:z6MkuNpETfaWmUKZjop7K8uHqAncDsWSjt8zqSyCW5ovdbqJ"}]}
            """;
    }

    [Fact]
    public async Task a_reviewer_sees_who_else_should_look_at_it()
    {
        await using var lab = await PatchLab.UpAsync();
        await lab.CommitAsync(lab.Alice, "main", "CODEOWNERS", "* @carol\n");
        await lab.GitAsync(lab.Alice, "push", "-q", "rad", "main:refs/heads/main");
        await Eventually.TrueAsync(
            async () => (await lab.GitAsync(lab.Bob, "ls-remote", "rad", "refs/heads/main")).StartsWith(
                (await lab.GitAsync(lab.Alice, "rev-parse", "main")).Trim(), StringComparison.Ordinal), "bob has the owners");
        await lab.GitAsync(lab.Bob, "fetch", "-q", "rad");
        await lab.CommitAsync(lab.Bob, "topic", "README", "more\n");
        var id = await lab.OpenAsync(lab.Bob, "Say more");
        await lab.ArrivesAsync(lab.Alice, id, static p => p.State.Status == PatchStatus.Open);
        var shown = await lab.RunAsync(lab.Alice, "patch", "review", id[..7]);
        Assert.Contains("Who should look at it: @carol", shown.Out, StringComparison.Ordinal);
        // Alice wrote the lines, but is not told of herself.
        Assert.DoesNotContain("@carol, ", shown.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_newest_revision_is_reviewed_and_commented_on()
    {
        await using var lab = await PatchLab.UpAsync();
        await lab.CommitAsync(lab.Bob, "topic", "a.txt", "a\n", "Add a");
        var id = await lab.OpenAsync(lab.Bob, "Add a");
        await lab.CommitAsync(lab.Bob, "topic", "b.txt", "b\n", "Add b");
        Assert.Equal(0, (await lab.RunAsync(lab.Bob, "patch", "update", "--yes")).ExitCode);
        await lab.ArrivesAsync(lab.Alice, id, static p => p.Revisions.Count == 2);
        await using var auxo = await FakeAuxo.StartAsync(app =>
        {
            app.MapGet("/pipeline/builds", () => FakeAuxo.Page(FakeAuxo.Build(outcome: "failed")));
            app.MapGet("/pipeline/builds/{id}", () => FakeAuxo.Json(FakeAuxo.Build(outcome: "failed", more: """
                ,"findings":[{"check":"shellcheck","rule":"SC2086","severity":"high","path":"a.sh","line":3,"message":"quote it",
                 "blocks":true}]
                """)));
        });

        var shown = await lab.RunAsync(lab.Alice, auxo, "patch", "review", id[..7]);
        Assert.Equal((0, ""), (shown.ExitCode, shown.Error));
        string[] parts =
            ["revision 2", "Add b", "a.txt | 1 +", "2 files changed", "✗ a.sh:3: quote it (SC2086)", "✗ failed", "--accept"];
        foreach (var part in parts)
            Assert.Contains(part, shown.Out, StringComparison.Ordinal);

        Assert.Equal(2, (await lab.RunAsync(lab.Alice, "patch", "review", id, "--accept", "--reject")).ExitCode);
        var accepted = await lab.RunAsync(lab.Alice, "patch", "review", id[..7], "--accept", "--message", "well- done");
        Assert.Equal((0, ""), (accepted.ExitCode, accepted.Error));
        var commented = await lab.RunAsync(lab.Alice, "patch", "review", id, "--comment", "One\nmore", "--json");
        Assert.Equal((0, ""), (commented.ExitCode, commented.Error));
        var patch = (await lab.PatchAsync(lab.Alice, id))!;
        Assert.Empty(patch.Revisions[0].Reviews);
        var review = Assert.Single(patch.Latest.Reviews);
        Assert.Equal((ReviewVerdict.Accept, "well- done"), (review.Verdict, review.Summaries[^1].Body));
        var comment = Assert.Single(patch.Latest.Discussion.Standing);
        Assert.Equal(("One\nmore", comment.Id.Value),
            (comment.Body, JsonDocument.Parse(commented.Out).RootElement.GetProperty("id").GetString()));
        await lab.ArrivesAsync(lab.Bob, id, static p => p.Latest.Reviews.Count == 1 && p.Latest.Discussion.Standing.Any());
        Assert.Equal("main", (await lab.GitAsync(lab.Alice, "branch", "--show-current")).Trim());
    }

    [Fact]
    public async Task the_menu_comments_checks_out_and_says_where_one_is()
    {
        await using var lab = await PatchLab.UpAsync();
        var head = await lab.CommitAsync(lab.Bob, "topic", "a.txt", "a\n", "Add a");
        var id = await lab.OpenAsync(lab.Bob, "Add a");
        await lab.ArrivesAsync(lab.Alice, id, static p => p.Revisions.Count == 1);
        await File.WriteAllTextAsync(Path.Combine(lab.Tree(lab.Alice), "README"), "changed\n", PatchLab.Ct);
        var dirty = await MenuAsync("o\n");
        Assert.Equal(1, dirty.ExitCode);
        Assert.Contains("1 not staged (README)", dirty.Error, StringComparison.Ordinal);
        await lab.GitAsync(lab.Alice, "checkout", "-q", "README");

        var result = await MenuAsync("x\nl\nc\nLooks good\no\n");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("? No result: No running Auxo was found", result.Out, StringComparison.Ordinal);
        Assert.Contains($"You are on patch/{id[..7]} now. Back: git switch main", result.Out, StringComparison.Ordinal);
        Assert.Equal(head, (await lab.GitAsync(lab.Alice, "rev-parse", "HEAD")).Trim());
        Assert.Equal("Looks good", Assert.Single((await lab.PatchAsync(lab.Alice, id))!.Latest.Discussion.Standing).Body);
        Assert.Equal(0, (await MenuAsync("")).ExitCode);

        Task<CliResult> MenuAsync(string typed)
            => CliResult.RunAsync(
                PatchLab.Variables(lab.Alice), ["patch", "review", id], folder: lab.Tree(lab.Alice), canAsk: true, input: typed,
                ct: PatchLab.Ct);
    }

    [Fact]
    public async Task a_patch_is_linked_to_another_one_once_and_in_no_circle()
    {
        await using var lab = await PatchLab.UpAsync();
        await lab.CommitAsync(lab.Bob, "one", "a.txt", "a\n");
        var a = await lab.OpenAsync(lab.Bob, "One", "--description", "Why.\n- this\n- that");
        await lab.CommitAsync(lab.Bob, "two", "b.txt", "b\n");
        var b = await lab.OpenAsync(lab.Bob, "Two");
        var linked = await lab.RunAsync(lab.Bob, "patch", "link", a[..7], $"{lab.Repository.Rid}/patches/{b}", "--yes");
        Assert.Equal((0, ""), (linked.ExitCode, linked.Error));
        var patch = (await lab.PatchAsync(lab.Bob, a))!;
        Assert.Equal($"Why.\n- this\n- that\n\nDepends-On: {lab.Repository.Rid}/patches/{b}", patch.Revisions[0].Description);
        Assert.Equal("One", patch.Title);
        await RefusedAsync("waits for", a, b);
        await RefusedAsync("neither could be merged", b, a);
        await RefusedAsync("neither could be merged", a, a);
        await RefusedAsync("No patch of this repository begins with", a, "beef1234");
        await RefusedAsync("Auxo", a, "rad:z42hL2jL4XNk6K8oHQaSWfMgCL7ji/patches/" + b);
        await lab.ArrivesAsync(lab.Alice, a, static p => p.Revisions[0].Description.Contains("Depends-On", StringComparison.Ordinal));

        await lab.CommitAsync(lab.Alice, "three", "c.txt", "c\n");
        var c = await lab.OpenAsync(lab.Alice, "Three");
        await lab.ArrivesAsync(lab.Bob, c, static _ => true);
        await RefusedAsync("only its author or a delegate", c, b);

        async Task RefusedAsync(string why, string first, string second)
        {
            var result = await lab.RunAsync(lab.Bob, "patch", "link", first, second, "--yes");
            Assert.NotEqual(0, result.ExitCode);
            Assert.Contains(why, result.Error, StringComparison.Ordinal);
        }
    }
}
