using System.Text.Json;

using Auxo.Git;
using Auxo.Testing.Radicle;

namespace Auxo.Cli.Tests.Commands;

public sealed class CleanBranchesTests : IDisposable
{
    private readonly TempRepository _repository = new();

    [Fact]
    public async Task merged_squashed_and_rebased_branches_go_and_the_others_stay()
    {
        await MakeAsync();
        var dry = await RunAsync(null, "clean-branches", "--dry-run");
        Assert.Equal((0, ""), (dry.ExitCode, dry.Error));
        Assert.Contains("Nothing was deleted. Without --dry-run, 4 branches go after a question.", dry.Out,
            StringComparison.Ordinal);
        Assert.Equal(["current", "main", "merged", "open", "rebased", "same-tree", "squashed", "tree"], await BranchesAsync());

        var result = await RunAsync("y\n", "clean-branches");
        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("Delete these 4 merged branches? [y/N]", result.Error, StringComparison.Ordinal);
        Assert.Equal(["current", "main", "open", "tree"], await BranchesAsync());
        Assert.Matches(@"merged\s+\S{7}.*is in main", result.Out);
        Assert.Matches(@"rebased\s+\S{7}.*each of its commits is in main \(rebased\)", result.Out);
        Assert.Matches(@"same-tree\s+\S{7}.*main had exactly its files \(squashed\)", result.Out);
        Assert.Matches(@"squashed\s+\S{7}.*its change is one commit of main \(squashed\)", result.Out);
        Assert.Matches(@"NOT MERGED(.|\n)*open\s+\S{7}.*not merged", result.Out);

        var restore = result.Out.Split('\n')
            .Single(static l => l.Contains("git branch squashed ", StringComparison.Ordinal)).Trim().Split(' ');
        await _repository.GitAsync(restore[1..]);
        Assert.Contains("squashed", await BranchesAsync());
    }

    [Theory]
    [InlineData("n\n")]
    [InlineData("\n")]
    [InlineData("")]
    public async Task without_a_yes_nothing_goes(string answer)
    {
        await MakeAsync();
        var result = await RunAsync(answer, "clean-branches");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Nothing was deleted.", result.Out, StringComparison.Ordinal);
        Assert.Equal(8, (await BranchesAsync()).Count);
    }

    [Fact]
    public async Task json_asks_nobody_and_says_how_to_get_each_back()
    {
        await MakeAsync();
        Assert.Equal(2, (await RunAsync(null, "clean-branches", "--json")).ExitCode);
        var json = JsonDocument.Parse((await RunAsync(null, "clean-branches", "--yes", "--json")).Out).RootElement;
        Assert.Equal("main", json.GetProperty("canonical").GetString());
        var deleted = json.GetProperty("deleted").EnumerateArray().ToList();
        Assert.Equal(4, deleted.Count);
        Assert.All(deleted, static d => Assert.Equal(
            $"git branch {d.GetProperty("name").GetString()} {d.GetProperty("commit").GetString()}",
                d.GetProperty("restore").GetString()));
        Assert.Equal(["open"], json.GetProperty("unmerged").EnumerateArray().Select(static b => b.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task what_was_changed_while_merging_is_not_lost_with_a_rebased_branch()
    {
        await _repository.CommitFilesAsync(new() { ["a"] = "1\n" });
        await _repository.GitAsync("checkout", "-q", "-b", "work");
        var picked = await _repository.CommitFilesAsync(new() { ["b"] = "1\n" });
        await _repository.GitAsync("checkout", "-q", "main");
        await _repository.CommitFilesAsync(new() { ["c"] = "1\n" });
        await _repository.GitAsync("cherry-pick", picked);
        await _repository.GitAsync("checkout", "-q", "work");
        await _repository.GitAsync("merge", "-q", "--no-commit", "main~1");
        await _repository.CommitFilesAsync(new() { ["only here"] = "1\n" }, message: "Merge, and more");
        await _repository.GitAsync("checkout", "-q", "main");
        Assert.Contains("No branch is merged", (await RunAsync(null, "clean-branches")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task branches_of_patches_go_by_what_radicle_says_of_the_patch()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice");
        var alice = lab.Nodes[0];
        var made = await lab.CreateRepositoryAsync("demo", Files("README", "demo\n"), ct);
        var tree = alice.WorkTree("demo");
        var (archived, _) = await alice.OpenPatchAsync("demo", "Archived", Files("a", "1\n"), ct);
        await alice.GitAsync(tree, ct, "branch", "-m", "archived");
        var (_, _) = await alice.OpenPatchAsync("demo", "Open", Files("b", "1\n"), ct);
        await alice.GitAsync(tree, ct, "branch", "-m", "open");
        var (more, _) = await alice.OpenPatchAsync("demo", "More", Files("c", "1\n"), ct);
        await alice.GitAsync(tree, ct, "branch", "-m", "more");
        await alice.GitAsync(tree, ct, "config", "branch.more.merge", $"refs/heads/patches/{more}");
        LabFile(tree, "d", "never pushed\n");
        await alice.CommitAsync(tree, "Never pushed", ct);
        await alice.RadAsync(ct, "patch", "archive", archived, "--repo", made.Rid);
        await alice.RadAsync(ct, "patch", "archive", more, "--repo", made.Rid);
        await alice.GitAsync(tree, ct, "checkout", "-q", "main");

        var result = await CliResult.RunAsync(
            new() { ["RAD_HOME"] = alice.Home }, ["clean-branches", "--yes", "--json"], folder: tree, width: 200);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var json = JsonDocument.Parse(result.Out).RootElement;
        Assert.Equal(["archived"],
            json.GetProperty("deleted").EnumerateArray().Select(static b => b.GetProperty("name").GetString()));
        Assert.Equal(
            [("more", $"patch {more[..7]} is archived, but lacks the newest commit here"), ("open", "open")],
            json.GetProperty("unmerged").EnumerateArray().Select(static b => (b.GetProperty("name").GetString(),
                b.GetProperty("why").GetString()!.EndsWith(" is open", StringComparison.Ordinal)
                    ? "open" : b.GetProperty("why").GetString())));
    }

    public void Dispose()
    {
        _repository.Dispose();
        if (Directory.Exists(_repository.Folder + "-2")) Directory.Delete(_repository.Folder + "-2", recursive: true);
    }

    /// <summary>One branch for each way into the default branch, one that is checked out beside, one with work of its own.</summary>
    private async Task MakeAsync()
    {
        await _repository.CommitFilesAsync(new() { ["a"] = "1\n" });
        await BranchAsync("merged", ("m", "1\n"));
        await _repository.GitAsync("merge", "-q", "--no-ff", "--no-edit", "merged");
        await BranchAsync("same-tree", ("s", "1\n"), ("s", "2\n"));
        await _repository.CommitFilesAsync(new() { ["s"] = "2\n" }, message: "Squashed");
        await BranchAsync("rebased", ("r", "1\n"), ("t", "1\n"));
        await BranchAsync("squashed", ("q", "1\n"), ("q", "2\n"));
        await _repository.CommitFilesAsync(new() { ["between"] = "1\n" });
        await _repository.GitAsync("cherry-pick", "rebased~1", "rebased");
        await _repository.CommitFilesAsync(new() { ["q"] = "2\n" }, message: "Squashed, too");
        await BranchAsync("open", ("o", "1\n"));
        await _repository.GitAsync("branch", "tree");
        await _repository.GitAsync("worktree", "add", "-q", _repository.Folder + "-2", "tree");
        await _repository.GitAsync("checkout", "-q", "-b", "current");
    }

    private async Task BranchAsync(string name, params (string Path, string Text)[] commits)
    {
        await _repository.GitAsync("checkout", "-q", "-b", name, "main");
        foreach (var (path, text) in commits) await _repository.CommitFilesAsync(new() { [path] = text });
        await _repository.GitAsync("checkout", "-q", "main");
    }

    private async Task<IReadOnlyList<string>> BranchesAsync()
        => [.. (await GitTree.RefsAsync(_repository.Folder, "refs/heads/", TestContext.Current.CancellationToken)).Keys
            .Select(static r => r["refs/heads/".Length..]).Order(StringComparer.Ordinal)];

    private static Dictionary<string, string> Files(string path, string text) => new(StringComparer.Ordinal) { [path] = text };

    private static void LabFile(string tree, string path, string text) => File.WriteAllText(Path.Combine(tree, path), text);

    private Task<CliResult> RunAsync(string? input, params string[] args)
        => CliResult.RunAsync([], args, folder: _repository.Folder, width: 200, input: input);
}
