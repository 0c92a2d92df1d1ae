using System.Diagnostics;
using System.Text;

using Auxo.Contracts;
using Auxo.Git;
using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Tests.Execution;
using Auxo.Pipeline.Workspaces;

namespace Auxo.Pipeline.Tests.Workspaces;

/// <summary>A tree that is ready before it is wanted gives the same files as a fresh one, to one build only.</summary>
public sealed class SpareTests : IDisposable
{
    private readonly Bench _bench = new();

    [Fact]
    public async Task the_next_build_writes_only_what_changed()
    {
        var before = _bench.Commit(("same", "1"), ("changed", "1"), ("gone/deep", "1"));
        await _bench.Workspaces.MakeSpareAsync(_bench.Source, before, CancellationToken.None);
        var spare = Assert.Single(Directory.GetDirectories(_bench.Layout.Spares));
        var same = await StatAsync("%i", Path.Combine(spare, "tree", "same"));

        Directory.Delete(Path.Combine(_bench.Source, "gone"), recursive: true);
        // As long as before, and within the same second: only git's own word tells that it is another.
        await using var workspace = await PrepareAsync(_bench.Commit(("changed", "2"), ("new/deep", "2")));
        Assert.Equal(["changed=2", "new", "new/deep=2", "same=1"], Contents(workspace));
        Assert.Equal(same, await StatAsync("%i", Path.Combine(workspace.Path, "same")));
        Assert.Equal(3, workspace.CountFiles());
        Assert.Empty(Directory.GetFileSystemEntries(_bench.Layout.Spares));
    }

    [Fact]
    public async Task every_file_belongs_to_whoever_runs_the_step()
    {
        var before = _bench.Commit(("same", "1"), ("changed", "1"));
        await _bench.Workspaces.MakeSpareAsync(_bench.Source, before, CancellationToken.None);
        await using var workspace = await PrepareAsync(_bench.Commit(("changed", "2"), ("new", "2")));
        var owner = StepUser.Current() is { } user ? user.Uid.ToString() : await StatAsync("%u", _bench.Folder);
        foreach (var name in (string[])[".", "same", "changed", "new"]) Assert.Equal(
            owner, await StatAsync("%u", Path.Combine(workspace.Path, name)));
    }

    [Fact]
    public async Task one_of_two_builds_takes_it_and_both_have_the_commits_files()
    {
        var commit = _bench.Commit(("a", "x"), ("b", "y"));
        await _bench.Workspaces.MakeSpareAsync(_bench.Source, commit, CancellationToken.None);
        var both = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PrepareAsync(commit)));
        foreach (var workspace in both)
        {
            Assert.Equal(["a=x", "b=y"], Contents(workspace));
            await workspace.DisposeAsync();
        }

        Assert.Empty(Directory.GetFileSystemEntries(_bench.Layout.Workspaces));
    }

    [Fact]
    public async Task a_spare_that_is_damaged_does_no_harm()
    {
        var commit = _bench.Commit(("a", "x"));
        await _bench.Workspaces.MakeSpareAsync(_bench.Source, commit, CancellationToken.None);
        await File.WriteAllTextAsync(
            Path.Combine(Assert.Single(Directory.GetDirectories(_bench.Layout.Spares)), "index"), "no index", CancellationToken.None);
        await using var workspace = await PrepareAsync(commit);
        Assert.Equal(["a=x"], Contents(workspace));
    }

    [Fact]
    public async Task a_commit_that_is_not_there_is_named_though_there_is_a_spare()
    {
        await _bench.Workspaces.MakeSpareAsync(_bench.Source, _bench.Commit(("a", "x")), CancellationToken.None);
        var error = await Assert.ThrowsAsync<WorkspaceException>(() => PrepareAsync(CommitId.Parse(new string('7', 40))));
        Assert.Equal("workspace/commit-missing", error.Type);
    }

    [Fact]
    public async Task the_last_eight_sources_have_one_and_a_start_removes_all()
    {
        var commit = _bench.Commit(("a", "x"));
        for (var i = 0; i < 10; i++)
        {
            var source = Path.Combine(_bench.Folder, $"clone-{i}");
            Bench.Git(_bench.Folder, "clone", "-q", "--bare", _bench.Source, source);
            await _bench.Workspaces.MakeSpareAsync(source, commit, CancellationToken.None);
        }

        Assert.Equal(8, Directory.GetFileSystemEntries(_bench.Layout.Spares).Length);
        await _bench.Workspaces.SweepAsync(new HashSet<Guid>(), CancellationToken.None);
        Assert.Empty(Directory.GetFileSystemEntries(_bench.Layout.Spares));
    }

    /// <summary>From any tree to any other: files, programs, links, submodules, and folders where files were.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task random_trees_are_as_fresh_ones(int seed)
    {
        var random = new Random(seed);
        await using var repository = await GitRepository.CreateAsync();
        for (var i = 0; i < 8; i++)
        {
            var (before, after) = (await TreeAsync(repository, random), await TreeAsync(repository, random));
            await using var fresh = await _bench.Workspaces.PrepareAsync(repository.Path, after, Guid.NewGuid(), CancellationToken.None);
            await _bench.Workspaces.MakeSpareAsync(repository.Path, before, CancellationToken.None);
            await using var spared = await _bench.Workspaces.PrepareAsync(repository.Path, after, Guid.NewGuid(), CancellationToken.None);
            Assert.Equal(Contents(fresh), Contents(spared));
            Assert.Empty(Directory.GetFileSystemEntries(_bench.Layout.Spares));
        }
    }

    public void Dispose() => _bench.Dispose();

    private Task<Workspace> PrepareAsync(CommitId commit)
        => _bench.Workspaces.PrepareAsync(_bench.Source, commit, Guid.NewGuid(), CancellationToken.None);

    private static async Task<CommitId> TreeAsync(GitRepository repository, Random random)
    {
        var stream = new StringBuilder("commit refs/heads/main\ncommitter T <t@example.org> 0 +0000\ndata 1\nx\ndeleteall\n");
        foreach (var name in (string[])["a", "b", "c", "d"])
        {
            // "a" and "a/x" never stand in one tree, but in two that follow each other.
            if (random.Next(2) == 0) stream.Append(Entry(name));
            else foreach (var below in (string[])["x", "y"]) stream.Append(Entry($"{name}/{below}"));
        }

        await GitCommand.RunAsync(
            repository.Path, ["fast-import", "--quiet", "--force"], CancellationToken.None, Encoding.UTF8.GetBytes(stream.ToString()));
        return CommitId.Parse(
            (await GitCommand.RunAsync(repository.Path, ["rev-parse", "refs/heads/main"], CancellationToken.None)).Trim());

        string Entry(string path) => random.Next(5) switch
        {
            0 => $"M 100755 inline {path}\ndata 1\n{random.Next(3)}\n",
            1 => $"M 120000 inline {path}\ndata 5\n../{random.Next(10, 13)}\n",
            2 => $"M 160000 {new string((char)('1' + random.Next(2)), 40)} {path}\n",
            3 => "",
            _ => $"M 100644 inline {path}\ndata 1\n{random.Next(3)}\n",
        };
    }

    private static string[] Contents(Workspace workspace)
        =>
        [
            .. new DirectoryInfo(workspace.Path).EnumerateFileSystemInfos("*", new EnumerationOptions
            {
                RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None,
            })
                .Select(entry => Path.GetRelativePath(workspace.Path, entry.FullName) + entry switch
                {
                    { LinkTarget: { } target } => "->" + target,
                    DirectoryInfo => "",
                    _ => (entry.UnixFileMode.HasFlag(UnixFileMode.UserExecute) ? "*=" : "=") + File.ReadAllText(entry.FullName),
                }).Order(StringComparer.Ordinal),
        ];


    private static async Task<string> StatAsync(string format, string path)
    {
        using var stat = Process.Start(
            new ProcessStartInfo("stat", ["-c", format, path]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        return (await stat.StandardOutput.ReadToEndAsync()).Trim();
    }
}
