using System.Text;

namespace Auxo.Git.Tests;

/// <summary>Objects that are put together here, and refs that are moved, as git itself sees them.</summary>
public sealed class NewObjectsTests(SmallRepository repository) : IClassFixture<SmallRepository>
{
    [Fact]
    public async Task git_reads_what_was_stored_under_the_names_that_were_said()
    {
        var ct = TestContext.Current.CancellationToken;
        var objects = new NewObjects();
        int[] sizes = [0, 1, 15, 16, 127, 2047, 2048, 300_000];
        var blobs = sizes.Select(static size => new string('x', size))
            .Select(text => (Text: text, Name: objects.Blob(Encoding.UTF8.GetBytes(text)))).ToList();
        Assert.Equal(blobs[1].Name, objects.Blob("x"u8));
        var tree = objects.Tree([("b", blobs[1].Name), ("a", blobs[2].Name), ("B", blobs[3].Name)]);
        const string who = "somebody <s@example.com> 1700000000 +0000";
        var commit = objects.Commit($"tree {tree}\nauthor {who}\ncommitter {who}\n\nWords\n");
        await objects.StoreAsync(repository.Folder, ct);
        await objects.StoreAsync(repository.Folder, ct);

        foreach (var (text, name) in blobs)
            Assert.Equal(text, await GitCommand.RunAsync(repository.Folder, ["cat-file", "blob", name], ct));
        Assert.Equal("B\na\nb", await GitCommand.AskAsync(repository.Folder, ct, "ls-tree", "--name-only", commit));
        Assert.Equal("", await GitCommand.AskAsync(repository.Folder, ct, "fsck", "--no-dangling", commit));
    }

    [Fact]
    public async Task many_objects_stay_one_pack()
    {
        var ct = TestContext.Current.CancellationToken;
        var folder = (await GitCommand.AskAsync(repository.Folder, ct, "rev-parse", "--absolute-git-dir"))!;
        var packs = new DirectoryInfo(Path.Combine(folder, "objects", "pack"));
        var before = packs.Exists ? packs.GetFiles("*.pack").Length : 0;
        var objects = new NewObjects();
        var names = Enumerable.Range(0, 150).Select(i => objects.Blob(Encoding.UTF8.GetBytes($"many {i}"))).ToList();
        await objects.StoreAsync(repository.Folder, ct);
        Assert.Equal(before + 1, packs.GetFiles("*.pack").Length);
        Assert.Equal("many 149", await GitCommand.RunAsync(repository.Folder, ["cat-file", "blob", names[^1]], ct));
    }

    [Fact]
    public async Task refs_move_all_or_none_and_only_from_where_they_are()
    {
        var ct = TestContext.Current.CancellationToken;
        var objects = new NewObjects();
        var (one, two) = (objects.Blob("one"u8), objects.Blob("two"u8));
        await objects.StoreAsync(repository.Folder, ct);
        Assert.Null(await RefMoves.TryAsync(repository.Folder, [new("refs/test/a", one, null), new("refs/test/b", one, null)], ct));

        var elsewhere = await RefMoves.TryAsync(repository.Folder, [new("refs/test/a", two, one), new("refs/test/b", two, two)], ct);
        Assert.Contains("refs/test/b", elsewhere, StringComparison.Ordinal);
        Assert.NotNull(await RefMoves.TryAsync(repository.Folder, [new("refs/test/a", two, null)], ct));
        Assert.Equal((one, one), (await AtAsync("a"), await AtAsync("b")));

        Assert.Null(await RefMoves.TryAsync(repository.Folder, [new("refs/test/a", two, one), new("refs/test/b", two, one)], ct));
        Assert.Equal((two, two), (await AtAsync("a"), await AtAsync("b")));
        await Assert.ThrowsAsync<GitException>(() => RefMoves.TryAsync(repository.Folder, [new("refs/test/..", one, null)], ct));

        Task<string?> AtAsync(string name) => GitCommand.AskAsync(repository.Folder, ct, "rev-parse", "refs/test/" + name);
    }
}
