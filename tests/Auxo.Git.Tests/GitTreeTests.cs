using System.Diagnostics;
using System.Text;

using FsCheck;
using FsCheck.Fluent;

namespace Auxo.Git.Tests;

public sealed class GitTreeTests(SmallRepository repository) : IClassFixture<SmallRepository>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_tree_lists_files_scripts_links_and_odd_names()
    {
        var entries = await GitTree.ListAsync(repository.Folder, repository.Head, Ct);

        Assert.Equal(["big.bin", "docs/a b\tc.txt", "docs/ü\n.txt", "empty", "link", "readme.md", "run.sh"],
            entries.Select(static e => e.Name));
        Assert.True(entries.Single(static e => e.Name == "run.sh").IsExecutable);
        Assert.True(entries.Single(static e => e.Name == "link") is { IsSymlink: true, IsFile: false });
        Assert.All(entries, static e => Assert.Equal(40, e.Oid.Length));
    }

    /// <summary>A few objects may stand for many files.</summary>
    [Fact]
    public async Task a_tree_that_holds_others_many_times_is_read_to_its_bound_only()
    {
        var tree = await repository.GitAsync("rev-parse", "HEAD^{tree}");
        for (var level = 0; level < 3; level++)
        {
            var lines = string.Concat(Enumerable.Range(0, 10).Select(i => $"040000 tree {tree.Trim()}\t{i}\n"));
            tree = Encoding.UTF8.GetString(await GitCommand.RunBytesAsync(
                repository.Folder, ["mktree"], Ct, Encoding.UTF8.GetBytes(lines)));
        }

        Assert.Equal(7000, (await GitTree.ListAsync(repository.Folder, tree.Trim(), Ct)).Count);
        Assert.Contains("has more than 6,999 files", (await Assert.ThrowsAsync<GitException>(
            () => GitTree.ListAsync(repository.Folder, tree.Trim(), Ct, most: 6999))).Message, StringComparison.Ordinal);
        await GitTree.MeasureAsync(repository.Folder, tree.Trim(), Ct, most: 7000);
        await Assert.ThrowsAsync<GitException>(() => GitTree.MeasureAsync(repository.Folder, tree.Trim(), Ct, most: 6999));
        Assert.Contains("more than 100,000 bytes", (await Assert.ThrowsAsync<GitException>(() => GitCommand.RunBytesAsync(
            repository.Folder, ["ls-tree", "-r", tree.Trim()], Ct, most: 100_000))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_path_that_no_system_can_write_is_refused()
    {
        var tree = await repository.GitAsync("rev-parse", "HEAD^{tree}");
        for (var level = 0; level < 21; level++)
            tree = Encoding.UTF8.GetString(await GitCommand.RunBytesAsync(
                repository.Folder, ["mktree"], Ct, Encoding.UTF8.GetBytes($"040000 tree {tree.Trim()}\t{new string('d', 200)}\n")));
        Assert.Contains("a path of more than 4096 bytes", (await Assert.ThrowsAsync<GitException>(
            () => GitTree.ListAsync(repository.Folder, tree.Trim(), Ct))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_raw_tree_says_the_same_as_git()
    {
        await using var objects = new GitObjects(repository.Folder);

        var entries = GitTree.Parse((await objects.ReadAsync(repository.Head + "^{tree}", Ct))!.Data.Span);
        var listed = await repository.GitAsync("ls-tree", repository.Head);

        Assert.Equal(listed.TrimEnd().Split('\n')
            .Select(static l => (l[..6].TrimStart('0'), l[(l.IndexOf('\t') + 1)..], l.Split(' ', '\t')[2])),
            entries.Select(static e => (e.Mode, e.Name, e.Oid)));
        Assert.True(entries.Single(static e => e.Name == "docs").IsTree);
    }

    [Fact]
    public void bytes_that_are_no_tree_are_a_format_error_whatever_they_are()
        => Prop.ForAll<byte[]>(static bytes =>
        {
            try
            {
                GitTree.Parse(bytes);
            }
            catch (FormatException)
            {
                // The one error there is.
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void a_tree_that_ends_too_early_is_damaged()
    {
        byte[] tree = [.. Encoding.ASCII.GetBytes("100644 a"), 0, .. new byte[20]];

        Assert.Equal([new GitTreeEntry("100644", "a", new string('0', 40))], GitTree.Parse(tree));
        for (var length = 1; length < tree.Length; length++) Assert.Throws<FormatException>(() => GitTree.Parse(tree.AsSpan(0, length)));
    }

    [Fact]
    public async Task refs_are_names_and_ids()
    {
        var refs = await GitTree.RefsAsync(repository.Folder, "refs/", Ct);

        Assert.Equal(
            new Dictionary<string, string> { ["refs/heads/main"] = repository.Head,
                ["refs/heads/next"] = repository.First, ["refs/tags/v1"] = repository.First }, refs);
        Assert.Equal(["refs/heads/main", "refs/heads/next"], (await GitTree.RefsAsync(repository.Folder, "refs/heads/", Ct)).Keys);
        Assert.Empty(await GitTree.RefsAsync(repository.Folder, "refs/none/", Ct));
    }

    [Fact]
    public async Task a_commit_that_does_not_exist_is_gits_own_error()
    {
        var error = await Assert.ThrowsAsync<GitException>(() => GitTree.ListAsync(repository.Folder, new string('1', 40), Ct));

        Assert.Equal(128, error.ExitCode);
        Assert.Contains(repository.Folder, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task arguments_hooks_and_configuration_of_others_have_no_effect()
    {
        await using var own = new SmallRepository();
        await own.InitializeAsync();
        var trace = Path.Combine(own.Folder, "was-here");
        await File.WriteAllTextAsync(Path.Combine(own.Folder, ".git/hooks/post-checkout"), $"#!/bin/sh\ntouch {trace}\n");
        File.SetUnixFileMode(Path.Combine(own.Folder, ".git/hooks/post-checkout"), (UnixFileMode)0b111_101_101);
        await own.GitAsync("config", "core.fsmonitor", $"touch {trace}");

        await own.GitAsync("status", "--porcelain");
        await own.GitAsync("checkout", "--quiet", "next");

        Assert.False(File.Exists(trace));
    }

    [Fact(Timeout = 30_000)]
    public async Task cancelling_ends_the_process()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "finds processes through /proc");

        // git waits forever for somebody who writes into the pipe.
        var pipe = Path.Combine(Directory.CreateTempSubdirectory("auxo-git-").FullName, "pipe");
        using (var mkfifo = Process.Start("mkfifo", pipe)) await mkfifo.WaitForExitAsync(Ct);

        // More than once: who hears of the end first, the process or its reader, is chance.
        for (var round = 0; round < 20; round++)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            var waiting = GitCommand.RunAsync(repository.Folder, ["hash-object", "--no-filters", "--", pipe], stop.Token);
            while (Gits(pipe) == 0) await Task.Yield();
            await stop.CancelAsync();

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
            while (Gits(pipe) > 0) await Task.Yield();
        }
    }

    private static int Gits(string argument)
        => Process.GetProcessesByName("git").Count(p => CommandLines.Of(p).Contains(argument, StringComparison.Ordinal));
}
