using System.Text;

using Auxo.Contracts;
using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Reports.Files;
using Auxo.Pipeline.Tests.Execution;
using Auxo.Pipeline.Workspaces;

namespace Auxo.Pipeline.Tests.Workspaces;

public sealed class WorkspaceTests : IDisposable
{
    private readonly Bench _bench = new();

    [Fact]
    public async Task a_workspace_has_exactly_the_commits_files_and_no_git_folder()
    {
        var first = _bench.Commit(("a.txt", "one\n"), ("bin/run", "#!/bin/sh\n"));
        Bench.Git(_bench.Source, "update-index", "--chmod=+x", "bin/run");
        File.SetUnixFileMode(Path.Combine(_bench.Source, "bin/run"), (UnixFileMode)0b111_101_101);
        File.CreateSymbolicLink(Path.Combine(_bench.Source, "link"), "/etc/passwd");
        var second = _bench.Commit(("a.txt", "two\n"));

        await using var old = await _bench.Workspaces.PrepareAsync(_bench.Source, first, Guid.NewGuid(), CancellationToken.None);
        await using var now = await _bench.Workspaces.PrepareAsync(_bench.Source, second, Guid.NewGuid(), CancellationToken.None);
        Assert.Equal("one\n", File.ReadAllText(Path.Combine(old.Path, "a.txt")));
        Assert.Equal(["a.txt", "bin"], Names(old));
        Assert.Equal("two\n", File.ReadAllText(Path.Combine(now.Path, "a.txt")));
        Assert.Equal(["a.txt", "bin", "link"], Names(now));
        Assert.Equal("/etc/passwd", new FileInfo(Path.Combine(now.Path, "link")).LinkTarget);
        Assert.True(File.GetUnixFileMode(Path.Combine(now.Path, "bin/run")).HasFlag(UnixFileMode.UserExecute));
        Assert.Single(Directory.GetDirectories(_bench.Layout.Mirrors));
    }

    [Fact]
    public async Task bare_linked_and_radicle_like_sources_work()
    {
        var commit = _bench.Commit(("a", "x"));
        var bare = Path.Combine(_bench.Folder, "bare");
        Bench.Git(_bench.Folder, "clone", "-q", "--bare", _bench.Source, bare);
        var linked = Path.Combine(_bench.Folder, "linked");
        Bench.Git(_bench.Source, "worktree", "add", "-q", "--detach", linked);
        foreach (var source in (string[])[bare, linked, Path.Combine(_bench.Source, ".git")])
        {
            await using var workspace = await _bench.Workspaces.PrepareAsync(source, commit, Guid.NewGuid(), CancellationToken.None);
            Assert.Equal(["a"], Names(workspace));
        }
    }

    [Fact]
    public async Task steps_side_by_side_ask_for_its_time_without_getting_in_each_others_way()
    {
        await using var workspace = await _bench.Workspaces.PrepareAsync(
            _bench.Source, _bench.Commit(("a", "x")), Guid.NewGuid(), CancellationToken.None);
        var before = ReportFiles.Now(workspace);
        var times = await Task.WhenAll(
            Enumerable.Range(0, 500).Select(_ => Task.Run(() => ReportFiles.Now(workspace))));
        Assert.All(times, time => Assert.True(time >= before));
    }

    [Theory]
    [InlineData(".gitmodules", "[submodule \"x\"]\n\tpath = x\n\turl = ../x\n", "submodules")]
    [InlineData(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n", "Git LFS")]
    [InlineData(".gitattributes", "*.txt text\n", null)]
    [InlineData("README.md", "filter=lfs\n", null)]
    public async Task what_a_commit_names_and_the_workspace_lacks_is_said(string name, string content, string? word)
    {
        var commit = _bench.Commit((name, content));
        await using var workspace = await _bench.Workspaces.PrepareAsync(_bench.Source, commit, Guid.NewGuid(), CancellationToken.None);
        if (word is null) Assert.Empty(workspace.LeftOut());
        else Assert.Contains(word, Assert.Single(workspace.LeftOut()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_commit_that_is_pushed_later_is_found_through_the_same_mirror()
    {
        await using (await _bench.Workspaces.PrepareAsync(_bench.Source, _bench.Commit(("a", "1")), Guid.NewGuid(), CancellationToken.None))
        {
        }

        var later = _bench.Commit(("b", "2"));
        Bench.Git(_bench.Source, "repack", "-adq");
        await using var workspace = await _bench.Workspaces.PrepareAsync(_bench.Source, later, Guid.NewGuid(), CancellationToken.None);
        Assert.Equal(["a", "b"], Names(workspace));
    }

    [Fact]
    public async Task a_missing_commit_and_a_missing_source_are_named()
    {
        _bench.Commit(("a", "x"));
        var missing = CommitId.Parse(new string('7', 40));
        var error = await Assert.ThrowsAsync<WorkspaceException>(
            () => _bench.Workspaces.PrepareAsync(_bench.Source, missing, Guid.NewGuid(), CancellationToken.None));
        Assert.Equal("workspace/commit-missing", error.Type);
        Assert.Contains(missing.Value, error.Message, StringComparison.Ordinal);

        error = await Assert.ThrowsAsync<WorkspaceException>(
            () => _bench.Workspaces.PrepareAsync("/no/such/place", missing, Guid.NewGuid(), CancellationToken.None));
        Assert.Equal("workspace/source-missing", error.Type);
        Assert.Contains("does not exist any more", error.Message, StringComparison.Ordinal);

        error = await Assert.ThrowsAsync<WorkspaceException>(
            () => _bench.Workspaces.PrepareAsync(_bench.Folder, missing, Guid.NewGuid(), CancellationToken.None));
        Assert.Contains("no git repository", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(_bench.Layout.Workspaces));
    }

    [Fact]
    public async Task a_tree_is_no_commit()
    {
        _bench.Commit(("a", "x"));
        var tree = CommitId.Parse(Bench.Git(_bench.Source, "rev-parse", "HEAD^{tree}"));
        var error = await Assert.ThrowsAsync<WorkspaceException>(
            () => _bench.Workspaces.PrepareAsync(_bench.Source, tree, Guid.NewGuid(), CancellationToken.None));
        Assert.Equal("workspace/commit-missing", error.Type);
    }

    [Fact]
    public async Task attributes_and_hooks_of_the_commit_and_the_source_do_nothing()
    {
        var proof = Path.Combine(_bench.Folder, "proof");
        Bench.Git(_bench.Source, "config", "filter.evil.smudge", $"touch {proof}; cat");
        Bench.Git(_bench.Source, "config", "core.fsmonitor", $"touch {proof}");
        var hook = Path.Combine(_bench.Source, ".git", "hooks", "post-checkout");
        await File.WriteAllTextAsync(hook, $"#!/bin/sh\ntouch {proof}\n", CancellationToken.None);
        File.SetUnixFileMode(hook, (UnixFileMode)0b111_101_101);
        var attributes = Bench.Git(_bench.Source, "* filter=evil text eol=crlf ident working-tree-encoding=UTF-16\n"u8.ToArray(),
            "hash-object", "-w", "--stdin", "--no-filters");
        Bench.Git(_bench.Source, "-c", "core.fsmonitor=false", "update-index", "--add", "--cacheinfo",
            $"100644,{attributes},.gitattributes");
        var blob = Bench.Git(_bench.Source, "a\n$Id$\n"u8.ToArray(), "hash-object", "-w", "--stdin", "--no-filters");
        Bench.Git(_bench.Source, "-c", "core.fsmonitor=false", "update-index", "--add", "--cacheinfo", $"100644,{blob},a.txt");
        Bench.Git(_bench.Source, "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "c");
        File.Delete(proof);
        var commit = CommitId.Parse(Bench.Git(_bench.Source, "rev-parse", "HEAD"));
        await using var workspace = await _bench.Workspaces.PrepareAsync(_bench.Source, commit, Guid.NewGuid(), CancellationToken.None);
        Assert.Equal("a\n$Id$\n", await File.ReadAllTextAsync(Path.Combine(workspace.Path, "a.txt"), CancellationToken.None));
        Assert.False(File.Exists(proof));
    }

    [Fact]
    public async Task strange_names_are_files_like_others()
    {
        var blob = Bench.Git(_bench.Source, "x"u8.ToArray(), "hash-object", "-w", "--stdin");
        var module = new string('1', 40);
        byte[] tree =
        [
            .. Entry("100644", "-rf"u8, blob), .. Entry("100644", "README"u8, blob),
            .. Entry("100644", "a\nb"u8, blob), .. Entry("100644", "back\\slash"u8, blob),
            .. Entry("160000", "module"u8, module), .. Entry("100644", "readme"u8, blob), .. Entry("100644", [0xFF, 0xFE], blob),
        ];
        await using var workspace = await _bench.Workspaces.PrepareAsync(
            _bench.Source, CommitTree(tree), Guid.NewGuid(), CancellationToken.None);
        Assert.Equal(["-rf", "README", "a\nb", "back\\slash", "module", "readme", "\uFFFD\uFFFD"], Names(workspace));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(workspace.Path, "module")));
        await workspace.DisposeAsync();
        Assert.Empty(Directory.GetDirectories(_bench.Layout.Workspaces));
    }

    [Theory]
    [InlineData(".git")]
    [InlineData("..")]
    [InlineData("a/../../b")]
    public async Task a_tree_with_a_path_that_git_refuses_is_refused_with_gits_words(string name)
    {
        var blob = Bench.Git(_bench.Source, "x"u8.ToArray(), "hash-object", "-w", "--stdin");
        var commit = CommitTree(Entry("100644", Encoding.UTF8.GetBytes(name), blob));
        var error = await Assert.ThrowsAsync<WorkspaceException>(
            () => _bench.Workspaces.PrepareAsync(_bench.Source, commit, Guid.NewGuid(), CancellationToken.None));
        Assert.Equal("workspace/refused", error.Type);
    }

    [Fact]
    public async Task a_folder_and_a_link_of_the_same_name_write_nothing_outside()
    {
        var outside = Directory.CreateDirectory(Path.Combine(_bench.Folder, "outside")).FullName;
        var blob = Bench.Git(_bench.Source, "x"u8.ToArray(), "hash-object", "-w", "--stdin");
        var link = Bench.Git(_bench.Source, Encoding.UTF8.GetBytes(outside), "hash-object", "-w", "--stdin");
        var sub = Bench.Git(_bench.Source, Entry("100644", "planted"u8, blob), "hash-object", "-w", "-t", "tree", "--stdin", "--literally");
        var commit = CommitTree([.. Entry("120000", "a"u8, link), .. Entry("40000", "a"u8, sub)]);
        try
        {
            await using var workspace = await _bench.Workspaces.PrepareAsync(_bench.Source, commit, Guid.NewGuid(), CancellationToken.None);
        }
        catch (WorkspaceException e)
        {
            Assert.Equal("workspace/refused", e.Type);
        }

        Assert.Empty(Directory.GetFileSystemEntries(outside));
    }

    [Fact]
    public async Task ten_thousand_files_come_and_go()
    {
        var blob = Bench.Git(_bench.Source, "x\n"u8.ToArray(), "hash-object", "-w", "--stdin");
        var index = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"100644 {blob}\td{i / 100}/f{i}\n"));
        Bench.Git(_bench.Source, Encoding.UTF8.GetBytes(index), "update-index", "--add", "--index-info");
        Bench.Git(_bench.Source, "commit", "-q", "-m", "many");
        var commit = CommitId.Parse(Bench.Git(_bench.Source, "rev-parse", "HEAD"));
        await using var workspace = await _bench.Workspaces.PrepareAsync(_bench.Source, commit, Guid.NewGuid(), CancellationToken.None);
        Assert.Equal(10_000, Directory.EnumerateFiles(workspace.Path, "*", SearchOption.AllDirectories).Count());
    }

    [Fact]
    public async Task what_a_killed_process_left_is_swept_and_a_repeated_build_starts_clean()
    {
        var commit = _bench.Commit(("a", "x"));
        var build = Guid.NewGuid();
        var left = await _bench.Workspaces.PrepareAsync(_bench.Source, commit, build, CancellationToken.None);
        await File.WriteAllTextAsync(Path.Combine(left.Path, "half-made"), "", CancellationToken.None);
        await using (var again = await _bench.Workspaces.PrepareAsync(_bench.Source, commit, build, CancellationToken.None)) Assert.Equal(
            ["a"], Names(again));

        left = await _bench.Workspaces.PrepareAsync(_bench.Source, commit, Guid.NewGuid(), CancellationToken.None);
        Assert.Single(Pins(left));
        await new WorkspaceStore(_bench.Layout, StepUser.Current()).SweepAsync(new HashSet<Guid>(), CancellationToken.None);
        Assert.False(Directory.Exists(left.Path));
        Assert.Empty(Pins(left));
    }

    [Fact]
    public async Task a_build_that_is_carried_on_finds_what_its_steps_made_and_only_where_the_workspace_was_whole()
    {
        var commit = _bench.Commit(("a", "x"));
        var (build, half) = (Guid.NewGuid(), Guid.NewGuid());
        foreach (var id in (Guid[])[build, half])
        {
            var left = await _bench.Workspaces.PrepareAsync(_bench.Source, commit, id, CancellationToken.None);
            await File.WriteAllTextAsync(Path.Combine(left.Path, "made"), "", CancellationToken.None);
        }

        File.Delete(Path.Combine(_bench.Layout.Workspaces, half.ToString("N"), "whole"));
        var next = new WorkspaceStore(_bench.Layout, StepUser.Current());
        await next.SweepAsync(new HashSet<Guid> { build, half }, CancellationToken.None);
        await using (var again = await next.CarryOnAsync(_bench.Source, commit, build, CancellationToken.None))
        {
            Assert.Equal(["a", "made"], Names(again!));
            Assert.Single(Pins(again!));
        }

        Assert.Null(await next.CarryOnAsync(_bench.Source, commit, half, CancellationToken.None));
        Assert.Null(await next.CarryOnAsync(_bench.Source, commit, build, CancellationToken.None));
        await File.WriteAllTextAsync(
            Path.Combine(_bench.Layout.Workspaces, half.ToString("N"), "whole"), "another boot", CancellationToken.None);
        Assert.Null(await next.CarryOnAsync(_bench.Source, commit, half, CancellationToken.None));
    }

    [Fact]
    public async Task a_workspace_with_locked_folders_is_removed_all_the_same()
    {
        var (exit, _) = await _bench.RunAsync(
            Bench.Step("mkdir -p a/b && touch a/b/c && chmod 000 a/b && chmod 500 a", "ln -s / root", "touch $'\\377'"));
        Assert.Equal(Outcome.Passed, exit.Outcome);
        Assert.Empty(Directory.GetDirectories(_bench.Layout.Workspaces));
        Assert.True(Directory.Exists("/usr"));
    }

    public void Dispose() => _bench.Dispose();

    private static string[] Names(Workspace workspace)
        => [.. new DirectoryInfo(workspace.Path)
            .EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = FileAttributes.None })
                .Select(static e => e.Name).Order(StringComparer.Ordinal)];

    private static string[] Pins(Workspace workspace) => Directory.GetFiles(Path.Combine(workspace.Mirror, "refs", "auxo", "builds"));

    private static byte[] Entry(string mode, ReadOnlySpan<byte> name, string oid)
        => [.. Encoding.ASCII.GetBytes(mode + " "), .. name, 0, .. Convert.FromHexString(oid)];

    private CommitId CommitTree(byte[] tree)
    {
        var oid = Bench.Git(_bench.Source, tree, "hash-object", "-w", "-t", "tree", "--stdin", "--literally");
        var commit = $"tree {oid}\nauthor A <a@example.org> 0 +0000\ncommitter A <a@example.org> 0 +0000\n\nx\n";
        return CommitId.Parse(Bench.Git(
            _bench.Source, Encoding.ASCII.GetBytes(commit), "hash-object", "-w", "-t", "commit", "--stdin", "--literally"));
    }
}
