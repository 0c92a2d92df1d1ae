using System.Text.Json;

using Auxo.Cli.Overview;
using Auxo.Contracts;
using Auxo.Radicle;
using Auxo.Testing;
using Auxo.Testing.Radicle;

using Microsoft.AspNetCore.Builder;

namespace Auxo.Cli.Tests.Commands;

public sealed class SyncStatusTests : IDisposable
{
    private static readonly CopyState Clean = new(
        "work", new string('a', 40), new Distance("rad/main", 0, 0), CanonicalIsOld: false, Upstream: null, [],
            new Changes(0, 0, 0, 0), []);

    private static readonly NodeState Running = new(IsRunning: true, Reason: null, Nid: null, 1, 1);
    private readonly TempRepository _repository = new();

    public static TheoryData<string, string?> Steps => new()
    {
        { "conflict", "git status" }, { "unborn", "git add -A && git commit" }, { "stopped", "rad node start" },
            { "old", "git fetch rad" },
        { "staged", "git commit" }, { "changed", "git add -A && git commit" }, { "detached", "git switch -c NAME" },
        { "behind", "git merge --ff-only rad/main" }, { "apart", "git rebase rad/main" }, { "main ahead", "git switch -c NAME" },
        { "patch ahead", "git push" }, { "new", "git push rad HEAD:refs/patches" }, { "seeds", "rad sync --announce" },
        { "untracked", null }, { "clean", null },
    };

    [Theory]
    [MemberData(nameof(Steps))]
    public void what_is_most_in_the_way_comes_first(string what, string? command)
    {
        var other = new NodeSeed(Did.Parse("z6MktULudTtAsAhRegYPiZ6631RV3viv12qd4GQF8z1xB22S"), IsConnected: true, IsInSync: false,
            AnnouncedAt: null);
        var (copy, node, seeds) = what switch
        {
            "conflict" => (Clean with { Changes = new(1, 1, 1, 1) }, Running with { IsRunning = false }, null),
            "unborn" => (Clean with { Head = null, Canonical = null }, Running, null),
            "stopped" => (Clean with { CanonicalIsOld = true }, Running with { IsRunning = false }, null),
            "old" => (Clean with { CanonicalIsOld = true, Changes = new(1, 0, 0, 0) }, Running, null),
            "staged" => (Clean with { Changes = new(1, 0, 2, 0) }, Running, null),
            "changed" => (Clean with { Changes = new(1, 1, 0, 0) }, Running, null),
            "detached" => (Clean with { Branch = null }, Running, null),
            "behind" => (Clean with { Branch = "main", Canonical = new("rad/main", 0, 2) }, Running, null),
            "apart" => (Clean with { Canonical = new("rad/main", 1, 2) }, Running, null),
            "main ahead" => (Clean with { Branch = "main", Canonical = new("rad/main", 1, 0) }, Running, null),
            "patch ahead" => (Clean with { Canonical = new("rad/main", 2, 0), Upstream = new("rad/patches/1", 1, 0) }, Running,
                null),
            "new" => (Clean with { Canonical = new("rad/main", 2, 0) }, Running, null),
            "seeds" => (Clean, Running, (IReadOnlyList<NodeSeed>)[other]),
            "untracked" => (Clean with { Changes = new(0, 0, 1, 0) }, Running, []),
            _ => (Clean, (NodeState?)Running, (IReadOnlyList<NodeSeed>?)[other with { IsInSync = true }]),
        };
        Assert.Equal(command, NextStep.Of(copy, node, seeds, hasPatches: false).Command);
    }

    [Fact]
    public void with_the_commands_for_patches_they_are_named()
    {
        Assert.Equal("auxo patch create",
            NextStep.Of(Clean with { Canonical = new("rad/main", 2, 0) }, Running, null, hasPatches: true).Command);
        Assert.Equal("auxo patch update",
            NextStep.Of(Clean with { Upstream = new("rad/patches/1", 1, 0) }, Running, null, hasPatches: true).Command);
    }

    [Fact]
    public void entries_of_git_status_are_counted()
        => Assert.Equal(new Changes(3, 2, 2, 1), CopyState.Parse(string.Join('\0',
            "1 M. N... 100644 100644 100644 a a staged", "1 .M N... 100644 100644 100644 a a changed",
                "1 AM N... 000000 100644 100644 a a both",
            "2 R. N... 100644 100644 100644 a a R100 new", "1 old name", "u UU N... 1 1 1 1 a a a conflict", "? untracked",
                "? ? two", "")));

    [Fact]
    public async Task a_plain_repository_shows_branch_changes_and_commits()
    {
        await _repository.CommitFilesAsync(new() { ["a"] = "1\n" }, message: "First");
        await _repository.GitAsync("checkout", "-q", "-b", "work");
        await _repository.CommitFilesAsync(new() { ["b"] = "1\n" }, message: "Second [/] thing");
        await File.WriteAllTextAsync(Path.Combine(_repository.Folder, "c"), "", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_repository.Folder, "a"), "2\n", TestContext.Current.CancellationToken);
        var result = await RunAsync("sync-status");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Matches(@"branch    work at [0-9a-f]{7}, 1 ahead of main\n", result.Out);
        Assert.Contains("changes   1 not staged, 1 untracked\n", result.Out, StringComparison.Ordinal);
        Assert.Contains("a: Second [/] thing\n", result.Out, StringComparison.Ordinal);
        Assert.Contains("next      git add -A && git commit  changes are not committed\n", result.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("node", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_repository_without_commits_and_a_folder_without_repository_are_no_trouble()
    {
        await _repository.GitAsync("init", "-q", "-b", "main");
        Assert.Contains("main, no commit yet", (await RunAsync("sync-status")).Out, StringComparison.Ordinal);
        Assert.Equal(2, (await CliResult.RunAsync([], ["sync-status"], folder: Path.GetTempPath())).ExitCode);
    }

    [Fact]
    public async Task on_radicle_it_shows_the_node_the_other_nodes_and_what_is_newer()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice", "bob");
        var (alice, bob) = (lab.Nodes[0], lab.Nodes[1]);
        var made = await lab.CreateRepositoryAsync("demo", new Dictionary<string,
            string>(StringComparer.Ordinal) { ["README"] = "demo\n" }, ct);
        Dictionary<string, string> variables = new() { ["RAD_HOME"] = alice.Home, ["RAD_SOCKET"] = alice.Socket };
        var first = JsonDocument.Parse(
            (await CliResult.RunAsync(variables, ["sync-status", "--json"], folder: alice.WorkTree("demo"))).Out).RootElement;
        Assert.Equal((made.Rid, "demo", "main"),
            (first.GetProperty("rid").GetString(), first.GetProperty("name").GetString(), first.GetProperty("branch").GetString()));
        Assert.Equal((true, alice.Nid, 1), (first.GetProperty("node").GetProperty("isRunning").GetBoolean(),
            first.GetProperty("node").GetProperty("nid").GetString(),
                first.GetProperty("node").GetProperty("connected").GetInt32()));
        Assert.Equal([bob.Nid], first.GetProperty("seeds").EnumerateArray().Select(static s => s.GetProperty("nid").GetString()));

        // Somebody else's clone of the same storage has pushed: this working copy has not heard of it.
        var tree = alice.WorkTree("demo");
        await alice.CommitAsync(tree, "Newer", ct);
        await alice.GitAsync(tree, ct, "push", "-q", "rad", "main");
        await alice.GitAsync(tree, ct, "reset", "-q", "--hard", "HEAD~1");
        await alice.GitAsync(tree, ct, "update-ref", "refs/remotes/rad/main", "HEAD");
        var old = await CliResult.RunAsync(variables, ["sync-status"], folder: tree, width: 200);
        Assert.Contains("! there is a newer one: git fetch rad", old.Out, StringComparison.Ordinal);
        Assert.Contains("next      git fetch rad", old.Out, StringComparison.Ordinal);

        await alice.StopAsync();
        var stopped = await CliResult.RunAsync(variables, ["sync-status"], folder: tree, width: 200);
        Assert.Contains("✗ not running", stopped.Out, StringComparison.Ordinal);
        Assert.Contains("next      rad node start", stopped.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task all_tracked_repositories_have_a_line_each()
    {
        var commit = await _repository.CommitFilesAsync(new() { ["a"] = "1\n" });
        await File.WriteAllTextAsync(Path.Combine(_repository.Folder, "b"), "", TestContext.Current.CancellationToken);
        await using var auxo = await FakeAuxo.StartAsync(app => app.MapGet("/ingest/repositories", () => FakeAuxo.Json($$"""
            {"items":[{"rid":"{{FakeAuxo.Rid}}","name":"heartwood","defaultBranch":"main","kind":"git",
             "source":"{{_repository.Folder}}/.git",
             "delegates":[],"trusted":[],"branches":[],"trackedAt":"2026-11-23T10:00:00Z","hooks":null,"problem":null,"isPublic":false}]}
            """)));
        var result = await auxo.RunAsync("sync-status", "--all");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Matches($@"heartwood\s+main\s+{commit[..7]}\s+.*-\s+! 0 changes, 1 untracked", result.Out);
    }

    public void Dispose() => _repository.Dispose();

    private Task<CliResult> RunAsync(params string[] args) => CliResult.RunAsync([], args, folder: _repository.Folder, width: 120);
}
