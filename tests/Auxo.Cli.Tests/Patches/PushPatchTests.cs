using System.Text.Json;

using Auxo.Radicle;
using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Auxo.Cli.Tests.Patches;

public sealed class PushPatchTests
{
    [Fact]
    public async Task a_patch_is_created_from_a_folder_below_and_others_get_it()
    {
        await using var lab = await PatchLab.UpAsync();
        var head = await lab.CommitAsync(lab.Bob, "topic", "a.txt", "a\n", "Add a");
        var below = Directory.CreateDirectory(Path.Combine(lab.Tree(lab.Bob), "sub")).FullName;
        var result = await CliResult.RunAsync(
            PatchLab.Variables(lab.Bob),
            ["patch", "create", "Add the a", "--description", "First line\nsecond line\n\nmore", "--yes", "--json"],
            folder: below, ct: PatchLab.Ct);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var answer = JsonDocument.Parse(result.Out).RootElement;
        Assert.Equal("opened", answer.GetProperty("action").GetString());
        Assert.False(answer.TryGetProperty("warning", out _));
        var id = answer.GetProperty("patchId").GetString()!;
        var patch = Assert.IsType<RadiclePatch>(await lab.PatchAsync(lab.Bob, id));
        Assert.Equal(("Add the a", "First line\nsecond line\n\nmore", head),
            (patch.Title, patch.Latest.Description, patch.Latest.Head.Value));
        Assert.Equal($"refs/heads/patches/{id}", (await lab.GitAsync(lab.Bob, "config", "branch.topic.merge")).Trim());
        // As if it had been fetched: what asks git now does not take the branch for one that was never pushed.
        Assert.Equal($"rad/patches/{id}", (await lab.GitAsync(lab.Bob, "rev-parse", "--abbrev-ref", "topic@{upstream}")).Trim());
        Assert.DoesNotContain("patch create", (await lab.RunAsync(lab.Bob, "sync-status")).Out, StringComparison.Ordinal);
        await lab.ArrivesAsync(lab.Alice, id, static p => p.State.Status == PatchStatus.Open);

        var again = await lab.RunAsync(lab.Bob, "patch", "create", "Once more", "--yes");
        Assert.Equal(1, again.ExitCode);
        Assert.Contains($"topic already is patch {id[..7]}", again.Error, StringComparison.Ordinal);
        Assert.Contains("auxo patch update", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_is_asked_for_is_shown_and_nothing_happens_without_a_yes()
    {
        await using var lab = await PatchLab.UpAsync();
        await lab.CommitAsync(lab.Bob, "topic", "a.txt", "a\n", "Add \u001b]0;evil\u0007 [red]a");
        string[] create = ["patch", "create", "Add a"];
        var alone = await lab.RunAsync(lab.Bob, create);
        Assert.Equal(2, alone.ExitCode);
        Assert.Contains("--yes", alone.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', alone.Out);
        Assert.Contains("[red]a", alone.Out, StringComparison.Ordinal);
        var no = await CliResult.RunAsync(
            PatchLab.Variables(lab.Bob), create, folder: lab.Tree(lab.Bob), canAsk: true, input: "n\n", ct: PatchLab.Ct);
        Assert.Equal((1, "demo: 1 commit of topic becomes a patch, \"Add a\"."), (no.ExitCode, no.Out.Split('\n')[0]));
        Assert.Contains("Nothing was done.", no.Error, StringComparison.Ordinal);
        Assert.Equal("", await lab.Bob.RadAsync(PatchLab.Ct, "cob", "list", "--repo", lab.Repository.Rid, "--type", "xyz.radicle.patch"));
        var yes = await CliResult.RunAsync(
            PatchLab.Variables(lab.Bob), [.. create, "--draft"], folder: lab.Tree(lab.Bob), canAsk: true, input: "y\n", ct: PatchLab.Ct);
        Assert.Equal(0, yes.ExitCode);
        Assert.Contains("is drafted", yes.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task main_and_a_detached_head_and_uncommitted_work_are_refused()
    {
        await using var lab = await PatchLab.UpAsync();
        var (bob, tree) = (lab.Bob, lab.Tree(lab.Bob));
        await RefusedAsync("You are on main");
        await lab.GitAsync(bob, "switch", "-q", "--detach");
        await RefusedAsync("You are on no branch");
        await lab.GitAsync(bob, "switch", "-q", "-c", "topic");
        await RefusedAsync("topic has no commit that main does not have");
        await lab.CommitAsync(bob, "topic", "a.txt", "a\n");
        await File.WriteAllTextAsync(Path.Combine(tree, "a.txt"), "b\n", PatchLab.Ct);
        await File.WriteAllTextAsync(Path.Combine(tree, "new file"), "b\n", PatchLab.Ct);
        await File.WriteAllTextAsync(Path.Combine(tree, "README"), "c\n", PatchLab.Ct);
        await lab.GitAsync(bob, "add", "README");
        await RefusedAsync("1 staged (README), 1 not staged (a.txt), 1 untracked (new file)");
        await lab.GitAsync(bob, "checkout", "-q", "--orphan", "lonely");
        await RefusedAsync("There is no commit here yet");
        await bob.CommitAsync(tree, "Alone", PatchLab.Ct);
        await RefusedAsync("lonely and main have no commit in common");
        var two = await lab.RunAsync(bob, "patch", "create", "two\nlines", "--yes");
        Assert.Contains("A title is one line", two.Error, StringComparison.Ordinal);

        async Task RefusedAsync(string reason)
        {
            var result = await lab.RunAsync(bob, "patch", "create", "T", "--yes");
            Assert.Equal(1, result.ExitCode);
            Assert.Contains(reason, result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task new_commits_are_added_and_a_rewritten_branch_needs_force()
    {
        await using var lab = await PatchLab.UpAsync();
        await lab.CommitAsync(lab.Bob, "topic", "a.txt", "a\n");
        var id = await lab.OpenAsync(lab.Bob, "Patch of bob");
        var nothing = await lab.RunAsync(lab.Bob, "patch", "update", "--yes");
        Assert.Contains("has all your commits already", nothing.Error, StringComparison.Ordinal);

        var second = await lab.CommitAsync(lab.Bob, "topic", "b.txt", "b\n", "Add b");
        var added = await lab.RunAsync(lab.Bob, "patch", "update", id[..7], "--yes");
        Assert.Equal((0, ""), (added.ExitCode, added.Error));
        Assert.Contains("gets 1 commit more", added.Out, StringComparison.Ordinal);
        var patch = (await lab.PatchAsync(lab.Bob, id))!;
        Assert.Equal((2, second, "Add b"), (patch.Revisions.Count, patch.Latest.Head.Value, patch.Latest.Description));
        Assert.Contains(patch.Latest.Id.Value, added.Out, StringComparison.Ordinal);

        await lab.GitAsync(lab.Bob, "commit", "-q", "--amend", "-m", "Add b better");
        var refused = await lab.RunAsync(lab.Bob, "patch", "update", "--yes");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("add -f (--force)", refused.Error, StringComparison.Ordinal);
        var forced = await lab.RunAsync(lab.Bob, "patch", "push", "-f", "--yes", "-m", "As asked");
        Assert.Equal((0, ""), (forced.ExitCode, forced.Error));
        patch = (await lab.PatchAsync(lab.Bob, id))!;
        Assert.Equal((3, "As asked"), (patch.Revisions.Count, patch.Latest.Description));

        await lab.Bob.RadAsync(PatchLab.Ct, "patch", "archive", id, "--repo", lab.Repository.Rid, "--no-announce");
        await lab.CommitAsync(lab.Bob, "topic", "c.txt", "c\n");
        var archived = await lab.RunAsync(lab.Bob, "patch", "update", "--yes");
        Assert.Contains("is archived", archived.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task quotes_backslashes_and_letters_of_any_script_arrive_as_they_are()
    {
        await using var lab = await PatchLab.UpAsync();
        // As people begin a branch: it follows main then, and a short push would write that.
        await lab.GitAsync(lab.Bob, "switch", "-q", "--track", "-c", "topic", "rad/main");
        await lab.CommitAsync(lab.Bob, "topic", "a.txt", "a\n");
        const string title = "Say \"größer\" \\n 日本";
        var id = await lab.OpenAsync(lab.Bob, title, "--description", "Because \"x\"");
        var patch = (await lab.PatchAsync(lab.Bob, id))!;
        Assert.Equal((title, "Because \"x\""), (patch.Title, patch.Latest.Description));
        Assert.Equal($"refs/heads/patches/{id}", (await lab.GitAsync(lab.Bob, "config", "branch.topic.merge")).Trim());
        await lab.CommitAsync(lab.Bob, "topic", "b.txt", "b\n", "Füge \"b\" \\ hinzu");
        var updated = await lab.RunAsync(lab.Bob, "patch", "push", "--yes");
        Assert.Equal((0, ""), (updated.ExitCode, updated.Error));
        Assert.Equal("Füge \"b\" \\ hinzu", (await lab.PatchAsync(lab.Bob, id))!.Latest.Description);
    }

    [Fact]
    public async Task a_stopped_node_is_said_and_the_push_has_happened()
    {
        await using var lab = await PatchLab.UpAsync();
        await lab.CommitAsync(lab.Bob, "topic", "a.txt", "a\n", "Begin it");
        await lab.CommitAsync(lab.Bob, "topic", "b.txt", "b\n", "Go on");
        await lab.Bob.StopAsync();
        var pushed = await lab.RunAsync(lab.Bob, "patch", "push", "--yes");
        Assert.Equal((0, ""), (pushed.ExitCode, pushed.Error));
        Assert.Contains("\"Begin it\"", pushed.Out, StringComparison.Ordinal);
        Assert.Contains("Your node is stopped", pushed.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("passed", 0)]
    [InlineData("failed", 1)]
    public async Task with_wait_the_verdict_is_the_exit_code(string outcome, int code)
    {
        await using var lab = await PatchLab.UpAsync();
        var head = await lab.CommitAsync(lab.Bob, "topic", "a.txt", "a\n");
        string? asked = null;
        await using var auxo = await FakeAuxo.StartAsync(app =>
        {
            app.MapGet("/ingest/repositories", () => FakeAuxo.Page(
                FakeAuxo.Repository.Replace(FakeAuxo.Rid, lab.Repository.Rid, StringComparison.Ordinal)));
            app.MapGet("/ingest/repositories/{rid}/refs", () => FakeAuxo.Page());
            app.MapPost("/ingest/repositories/{rid}/sweep", () => Results.NoContent());
            app.MapGet("/pipeline/builds", (HttpContext http) =>
            {
                (var first, asked) = (asked is null, http.Request.QueryString.Value);
                return first ? FakeAuxo.Page() : FakeAuxo.Page(FakeAuxo.Build("queued", outcome: null));
            });
            app.MapGet("/pipeline/builds/{id}", () => FakeAuxo.Json(FakeAuxo.Build(outcome: outcome)));
        });
        var pushed = await lab.RunAsync(lab.Bob, auxo, "patch", "push", "--wait", "--yes", "--json");
        Assert.Equal((code, ""), (pushed.ExitCode, pushed.Error));
        var answer = JsonDocument.Parse(pushed.Out).RootElement;
        Assert.Equal(outcome, answer.GetProperty("build").GetProperty("outcome").GetString());
        var id = answer.GetProperty("patch").GetProperty("patchId").GetString()!;
        Assert.Contains($"patch={id}&commit={head}", asked!, StringComparison.Ordinal);

        // Once more, with nothing new: it is watched again, and nothing is pushed.
        var again = await lab.RunAsync(lab.Bob, auxo, "patch", "push", "--wait", "--json");
        Assert.Equal((code, ""), (again.ExitCode, again.Error));
        answer = JsonDocument.Parse(again.Out).RootElement;
        Assert.Equal("unchanged", answer.GetProperty("patch").GetProperty("action").GetString());
        Assert.Equal(outcome, answer.GetProperty("build").GetProperty("outcome").GetString());
        Assert.Single((await lab.PatchAsync(lab.Bob, id))!.Revisions);
    }

    [Fact]
    public async Task without_auxo_the_push_has_happened_and_the_exit_code_says_that_nobody_watches()
    {
        await using var lab = await PatchLab.UpAsync();
        await lab.CommitAsync(lab.Bob, "topic", "a.txt", "a\n");
        var pushed = await lab.RunAsync(lab.Bob, "patch", "push", "--wait", "--yes");
        Assert.Equal(3, pushed.ExitCode);
        Assert.Contains("The push has happened", pushed.Error, StringComparison.Ordinal);
        Assert.Contains("is open", pushed.Out, StringComparison.Ordinal);
    }
}
