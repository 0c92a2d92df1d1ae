using Auxo.Contracts;
using Auxo.Git;
using Auxo.Instances;
using Auxo.Pipeline.Joining;
using Auxo.ServiceDefaults.Repositories;

namespace Auxo.Pipeline.Tests.Joining;

/// <summary>Joined commits, made by the real git beside a real repository.</summary>
public sealed class CommitJoinerTests : IAsyncLifetime
{
    private static readonly Did Alice = Did.Parse("did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp");
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
    private GitRepository _repository = null!;
    private CommitJoiner _joiner = null!;
    private CommitId _main;

    public async ValueTask InitializeAsync()
    {
        _repository = await GitRepository.CreateAsync();
        _main = await _repository.CommitAsync(("f.txt", "1\n2\n3\n"));
        var layout = new InstanceLayout(_home);
        layout.Make();
        _joiner = new CommitJoiner(layout, new RepositoryFolders(_home));
    }

    [Fact]
    public async Task the_default_branch_what_is_needed_and_the_patch_are_in_it_and_the_source_is_untouched()
    {
        var (one, two) = (await OnTopAsync(_main, "one", "1"), await OnTopAsync(_main, "two", "2"));
        var (head, moved) = (await OnTopAsync(_main, "head", "3"), await OnTopAsync(_main, "moved", "4"));
        var before = Directory.GetFileSystemEntries(_repository.Path, "*", SearchOption.AllDirectories).Length;
        var (joined, refusal) = await JoinAsync(moved, [one, two], head);
        Assert.Null(refusal);
        Assert.Equal((moved, 2), (joined!.Onto!.Value, joined.Patches.Count));
        Assert.Equal("f.txt head moved one two", await FilesAsync(joined.Commit));
        Assert.Equal(before, Directory.GetFileSystemEntries(_repository.Path, "*", SearchOption.AllDirectories).Length);
        Assert.Equal(joined.Commit, (await JoinAsync(moved, [one, two], head)).Joined!.Commit);
        Assert.NotEqual(joined.Commit, (await JoinAsync(_main, [one, two], head)).Joined!.Commit);
    }

    [Fact]
    public async Task a_patch_that_has_the_commits_itself_is_built_as_it_is()
    {
        var needed = await OnTopAsync(_main, "one", "1");
        var head = await OnTopAsync(needed, "head", "2");
        Assert.Equal((null, null), await JoinAsync(await OnTopAsync(_main, "moved", "3"), [needed], head));
    }

    [Fact]
    public async Task one_that_is_merged_already_is_in_the_default_branch()
    {
        var needed = await OnTopAsync(_main, "one", "1");
        var (joined, _) = await JoinAsync(needed, [needed], await OnTopAsync(_main, "head", "2"));
        Assert.Equal("f.txt head one", await FilesAsync(joined!.Commit));
        Assert.Empty(joined.Patches);
        Assert.Equal($"built on {needed.Short} of the default branch, which has what it needs", joined.Words);
    }

    [Fact]
    public async Task two_sides_that_change_the_same_lines_are_named()
    {
        var one = await OnTopAsync(_main, "f.txt", "1\na\n3\n");
        var two = await OnTopAsync(_main, "f.txt", "1\nb\n3\n");
        var (none, needed) = await JoinAsync(_main, [one, two], await OnTopAsync(_main, "head", "1"));
        Assert.Null(none);
        var before = $"the default branch with patch {Id(one).Short}";
        Assert.StartsWith($"patch {Id(two).Short} and {before} change the same lines of f.txt", needed, StringComparison.Ordinal);
        var (_, own) = await JoinAsync(_main, [one], two);
        Assert.StartsWith($"this patch and {before} change the same lines of f.txt", own, StringComparison.Ordinal);
    }

    [Fact]
    public async Task without_a_default_branch_the_patches_alone_are_joined()
    {
        var (joined, _) = await JoinAsync(null, [await OnTopAsync(_main, "one", "1")], await OnTopAsync(_main, "head", "2"));
        Assert.Equal("f.txt head one", await FilesAsync(joined!.Commit));
    }

    [Fact]
    public async Task a_commit_that_is_not_there_is_an_error_of_git()
        => await Assert.ThrowsAsync<GitException>(() => JoinAsync(_main, [CommitId.Parse(new string('1', 40))], _main));

    public async ValueTask DisposeAsync()
    {
        await _repository.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private Task<CommitId> OnTopAsync(CommitId parent, string path, string content) => _repository.OnTopAsync(parent, path, content);

    private static PatchId Id(CommitId head) => PatchId.Parse(head.Value);

    private Task<(JoinedCommit? Joined, string? Refusal)> JoinAsync(CommitId? onto, IEnumerable<CommitId> needed, CommitId head)
        => _joiner.JoinAsync(
            RepositoryLocator.OfFolder(_repository.Path), onto,
            [.. needed.Select(static c => new NeededPatch(Id(c), c, Alice, Trust.Trusted))], head, TestContext.Current.CancellationToken);

    private async Task<string> FilesAsync(CommitId commit)
    {
        var ct = TestContext.Current.CancellationToken;
        var folder = await _joiner.FolderAsync(RepositoryLocator.OfFolder(_repository.Path), ct);
        return (await GitCommand.RunAsync(folder, ["ls-tree", "--name-only", commit.Value], ct)).Trim().Replace('\n', ' ');
    }
}
