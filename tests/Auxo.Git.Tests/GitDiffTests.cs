using System.Text;

namespace Auxo.Git.Tests;

/// <summary>What changed between two commits, as people read it.</summary>
public sealed class GitDiffTests(SmallRepository repository) : IClassFixture<SmallRepository>
{
    [Fact]
    public async Task lines_that_came_and_went_have_their_numbers()
    {
        var file = Assert.Single((await ChangedAsync(("f", "a\nb\nc\n"), ("f", "a\nB\nc"))).Files);
        Assert.Equal((DiffChange.Modified, 2, 2), (file.Change, file.Added, file.Removed));
        Assert.Equal(
            [" 1 1 a", "-2 b", "-3 c", "+2 B", "+3 c open"],
            Assert.Single(file.Hunks).Lines.Select(static l => (l.Old, l.New) switch
            {
                ({ } old, { } now) => $" {old} {now} {l.Text}",
                ({ } old, null) => $"-{old} {l.Text}",
                var (_, now) => $"+{now} {l.Text}",
            } + (l.EndsOpen ? " open" : "")));
    }

    [Fact]
    public async Task content_that_looks_like_a_header_is_content()
    {
        var diff = await ChangedAsync(("f", "x\n"), ("f", "diff --git a/y b/y\n@@ -1 +1 @@\n--- a/y\n+++ b/y\n:100644 M\n\n"));
        Assert.Equal(
            ["x", "diff --git a/y b/y", "@@ -1 +1 @@", "--- a/y", "+++ b/y", ":100644 M", ""],
            Assert.Single(Assert.Single(diff.Files).Hunks).Lines.Select(static l => l.Text));
    }

    [Theory]
    [InlineData("a\tb \"c\"\\d")]
    [InlineData("ü/\u202Egnp.exe")]
    [InlineData("line\nend")]
    [InlineData("a/x b/y => z")]
    public async Task a_name_may_be_anything(string name)
    {
        var file = Assert.Single((await ChangedAsync((name, "1\n"), (name, "2\n"))).Files);
        Assert.Equal((name, 1), (file.Path, file.Hunks.Count));
    }

    [Fact]
    public async Task a_name_of_bytes_that_are_no_text_shows_that()
    {
        var before = await repository.CommitAsync("before", allowEmpty: true);
        var blob = (await repository.GitAsync("hash-object", "-w", "readme.md")).Trim();
        await GitCommand.RunAsync(
            repository.Folder, ["update-index", "-z", "--index-info"], CancellationToken.None,
            (byte[])[.. Encoding.ASCII.GetBytes($"100644 {blob}\tbad"), 0xFF, (byte)'\n', 0]);
        await repository.GitAsync("commit", "-qm", "bad");
        var file = Assert.Single((await ReadAsync(before, "HEAD")).Files, static f => f.Path.StartsWith("bad", StringComparison.Ordinal));
        Assert.Equal("bad\uFFFD\n", file.Path);
        await repository.GitAsync("reset", "-q", "--hard", before);
    }

    [Fact]
    public async Task renames_modes_links_submodules_and_files_without_lines_are_told_apart()
    {
        await repository.WriteAsync("old name", "the same\n");
        await repository.WriteAsync("script", "x\n");
        await repository.WriteAsync("becomes link", "text\n");
        await repository.WriteAsync("gone", "x\n");
        await repository.WriteAsync("bytes", "\0\u0001");
        await repository.WriteAsync("long", "x\n");
        var before = await repository.CommitAsync("before");
        await repository.GitAsync("mv", "old name", "new name");
        File.SetUnixFileMode(Path.Combine(repository.Folder, "script"), (UnixFileMode)0b111_101_101);
        File.Delete(Path.Combine(repository.Folder, "becomes link"));
        File.CreateSymbolicLink(Path.Combine(repository.Folder, "becomes link"), "target");
        File.Delete(Path.Combine(repository.Folder, "gone"));
        await repository.WriteAsync("bytes", "\0\u0002");
        await repository.WriteAsync("long", new string('y', 2 << 20));
        await repository.WriteAsync("nothing", "");
        await repository.GitAsync("add", "-A");
        await repository.GitAsync("update-index", "--add", "--cacheinfo", $"160000,{before},module");
        await repository.GitAsync("commit", "-qm", "after");

        var files = (await ReadAsync(before, "HEAD")).Files.ToDictionary(static f => f.Path);
        Assert.Equal((DiffChange.Renamed, "old name", 0), (files["new name"].Change, files["new name"].OldPath, files["new name"].Added));
        Assert.Equal(("100644", "100755", 0), (files["script"].OldMode, files["script"].NewMode, files["script"].Hunks.Count));
        Assert.Equal((DiffChange.Retyped, "120000"), (files["becomes link"].Change, files["becomes link"].NewMode));
        Assert.Equal(["text", "target"], files["becomes link"].Hunks.SelectMany(static h => h.Lines).Select(static l => l.Text));
        Assert.Equal((DiffChange.Deleted, null), (files["gone"].Change, files["gone"].NewMode));
        Assert.Equal((DiffOmission.Binary, null), (files["bytes"].Omitted, files["bytes"].Added));
        Assert.Equal(DiffOmission.Binary, files["long"].Omitted);
        Assert.Equal((DiffChange.Added, null, 0), (files["nothing"].Change, files["nothing"].Omitted, files["nothing"].Hunks.Count));
        Assert.Equal("160000", files["module"].NewMode);
        Assert.Equal($"Subproject commit {before}", files["module"].Hunks[0].Lines[0].Text);
        await repository.GitAsync("reset", "-q", "--hard", before);
    }

    [Fact]
    public async Task attributes_of_the_repository_hide_nothing()
        => Assert.Single((await ChangedAsync(("f", "1\n"), ("f", "2\n"), ".gitattributes", "* -diff\n")).Files
            .Single(static f => f.Path == "f").Hunks);

    [Fact]
    public async Task what_is_too_much_is_named_and_not_read()
    {
        var before = await repository.CommitAsync("before", allowEmpty: true);
        await repository.WriteAsync("1", "a\n");
        await repository.WriteAsync("2", string.Concat(Enumerable.Repeat("b\n", 9)));
        await repository.WriteAsync("3", "cé" + new string('c', 50) + "\n");
        await repository.WriteAsync("4", "d\nd\nd\n");
        await repository.WriteAsync("5", "e\n");
        var after = await repository.CommitAsync("after");
        var diff = await GitDiff.ReadAsync(
            Path.Combine(repository.Folder, ".git"), before, after, new DiffLimits(4, 4, 5, 2), CancellationToken.None);
        Assert.Equal(5, diff.FileCount);
        Assert.Equal(
            [null, DiffOmission.LargeFile, null, DiffOmission.LargeDiff], diff.Files.Select(static f => f.Omitted));
        Assert.Equal(("c", true), diff.Files[2].Hunks[0].Lines.Select(static l => (l.Text, l.IsCut)).Single());
        Assert.Equal((3, 0), (diff.Files[3].Added, diff.Files[3].Hunks.Count));
    }

    [Fact]
    public async Task histories_with_nothing_in_common_have_no_merge_base()
    {
        var head = (await repository.GitAsync("rev-parse", "HEAD")).Trim();
        var other = (await repository.GitAsync("commit-tree", GitDiff.EmptyTree, "-m", "alone")).Trim();
        Assert.Null(await GitDiff.MergeBaseAsync(repository.Folder, head, other, CancellationToken.None));
        Assert.Equal(head, await GitDiff.MergeBaseAsync(repository.Folder, head, head, CancellationToken.None));
    }

    private async Task<Diff> ChangedAsync((string, string) before, (string, string) after, string? other = null, string? content = null)
    {
        await repository.WriteAsync(before.Item1, before.Item2);
        if (other is not null) await repository.WriteAsync(other, content!);
        var first = await repository.CommitAsync("before");
        await repository.WriteAsync(after.Item1, after.Item2);
        var second = await repository.CommitAsync("after");
        if (other is not null) File.Delete(Path.Combine(repository.Folder, other));
        return await ReadAsync(first, second);
    }

    private Task<Diff> ReadAsync(string from, string to)
        => GitDiff.ReadAsync(Path.Combine(repository.Folder, ".git"), from, to, DiffLimits.Readable, CancellationToken.None);
}
