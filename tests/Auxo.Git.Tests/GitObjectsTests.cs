using System.Diagnostics;
using System.Text;

namespace Auxo.Git.Tests;

public sealed class GitObjectsTests(SmallRepository repository) : IClassFixture<SmallRepository>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task an_object_is_read_by_id_or_by_path()
    {
        await using var objects = new GitObjects(repository.Folder);

        var byPath = await objects.ReadAsync($"{repository.Head}:readme.md", Ct);
        var byId = await objects.ReadAsync(byPath!.Oid, Ct);
        var commit = await objects.ReadAsync(repository.Head, Ct);
        var empty = await objects.ReadAsync($"{repository.Head}:empty", Ct);

        Assert.Equal(("blob", "# Hello\n"), (byPath.Type, byPath.Text));
        Assert.Equal(byPath.Text, byId!.Text);
        Assert.Equal("commit", commit!.Type);
        Assert.EndsWith("\n\nSecond\n", commit.Text, StringComparison.Ordinal);
        Assert.Equal(0, empty!.Data.Length);
    }

    [Theory]
    [InlineData("0123456789012345678901234567890123456789")]
    [InlineData("no-such-branch")]
    [InlineData("HEAD:no/such/file")]
    [InlineData("0123")]
    [InlineData("-x")]
    [InlineData("")]
    [InlineData("HEAD\nHEAD")]
    [InlineData("HEAD\0")]
    public async Task what_is_not_there_is_null_and_the_reader_goes_on(string name)
    {
        await using var objects = new GitObjects(repository.Folder);

        Assert.Null(await objects.ReadAsync(name, Ct));
        Assert.Equal("# Hello\n", (await objects.ReadAsync("HEAD:readme.md", Ct))!.Text);
    }

    [Fact]
    public async Task an_object_that_is_too_large_is_refused_and_the_reader_goes_on()
    {
        await using var objects = new GitObjects(repository.Folder);

        var refused = await Assert.ThrowsAsync<GitObjectTooLargeException>(() => objects.ReadAsync("HEAD:big.bin", Ct, maxBytes: 99_999));
        Assert.Equal((100_000, GitObjectTooLargeException.HeadBytes), (refused.SizeBytes, refused.Head.Length));
        Assert.Equal("# Hello\n", (await objects.ReadAsync("HEAD:readme.md", Ct, maxBytes: 8))!.Text);
        Assert.Equal(100_000, (await objects.ReadAsync("HEAD:big.bin", Ct, maxBytes: 100_000))!.Data.Length);
    }

    [Fact]
    public async Task what_is_very_large_is_not_waited_for_and_the_reader_goes_on()
    {
        var oid = Encoding.ASCII.GetString(await GitCommand.RunBytesAsync(
            repository.Folder, ["hash-object", "-w", "--stdin"], Ct, new byte[6 << 20])).Trim();
        await using var objects = new GitObjects(repository.Folder);
        Assert.Equal(6 << 20, (await Assert.ThrowsAsync<GitObjectTooLargeException>(
            () => objects.ReadAsync(oid, Ct, maxBytes: 1 << 20))).SizeBytes);
        Assert.Equal("# Hello\n", (await objects.ReadAsync("HEAD:readme.md", Ct))!.Text);
    }

    [Fact]
    public async Task an_object_that_a_partial_clone_lacks_is_named_with_the_command_that_gets_it()
    {
        var folder = Directory.CreateTempSubdirectory("auxo-partial-").FullName;
        var (whole, part) = (Path.Combine(folder, "whole"), Path.Combine(folder, "part"));
        await GitCommand.RunAsync(folder, ["clone", "-q", "--bare", repository.Folder, whole], Ct);
        await GitCommand.RunAsync(whole, ["config", "uploadpack.allowFilter", "true"], Ct);
        await GitCommand.RunAsync(folder, ["clone", "-q", "--bare", "--filter=blob:none", $"file://{whole}", part], Ct);
        Directory.Move(whole, whole + ".away");

        await using var objects = new GitObjects(part);
        var lacking = await Assert.ThrowsAsync<GitException>(() => objects.ReadAsync("HEAD:readme.md", Ct));
        Assert.EndsWith($"Get all of them: git -C {part} fetch --refetch --no-filter", lacking.Message, StringComparison.Ordinal);

        Directory.Move(whole + ".away", whole);
        await GitCommand.RunAsync(part, ["fetch", "-q", "--refetch", "--no-filter"], Ct);
        Directory.Move(whole, whole + ".away");
        Assert.Equal("# Hello\n", (await objects.ReadAsync("HEAD:readme.md", Ct))!.Text);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task many_readers_at_once_each_get_their_own_object()
    {
        await using var objects = new GitObjects(repository.Folder);
        (string Name, int Length)[] wanted = [("HEAD:big.bin", 100_000), ("HEAD:readme.md", 8), ("HEAD:empty", 0), ("HEAD:run.sh", 8)];

        var read = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => objects.ReadAsync(wanted[i % wanted.Length].Name, Ct)));

        Assert.All(read.Index(), r => Assert.Equal(wanted[r.Index % wanted.Length].Length, r.Item!.Data.Length));
    }

    [Fact]
    public async Task many_objects_are_read_in_one_go_and_what_is_missing_or_too_large_is_left_out()
    {
        var large = await WriteAsync(new byte[6 << 20]);
        var small = new List<string>();
        for (var i = 0; i < 40; i++) small.Add(await WriteAsync(Encoding.UTF8.GetBytes($"{i}\n")));
        await using var objects = new GitObjects(repository.Folder);
        // More than git is ever behind with, and the large one in their middle: git is begun again after it.
        string[] ids = [.. Enumerable.Range(0, 1500).Select(i => i switch
        {
            700 => large,
            800 => "0123456789012345678901234567890123456789",
            _ => small[i % small.Count],
        })];

        var found = await objects.ReadManyAsync(ids, maxBytes: 1 << 20, Ct);

        Assert.Equal(small.Order(StringComparer.Ordinal), found.Keys.Order(StringComparer.Ordinal));
        Assert.All(small.Index(), s => Assert.Equal($"{s.Index}\n", found[s.Item].Text));
        Assert.Equal("# Hello\n", (await objects.ReadAsync("HEAD:readme.md", Ct))!.Text);
        Assert.Empty(await objects.ReadManyAsync([], maxBytes: 1, Ct));

        async Task<string> WriteAsync(byte[] content) => Encoding.ASCII.GetString(
            await GitCommand.RunBytesAsync(repository.Folder, ["hash-object", "-w", "--stdin"], Ct, content)).Trim();
    }

    [Fact]
    public async Task of_many_repositories_only_so_many_have_a_process_and_all_are_read()
    {
        var all = Enumerable.Range(0, GitObjects.MostProcesses + 10).Select(_ => new GitObjects(repository.Folder)).ToList();
        foreach (var objects in all) Assert.Equal("# Hello\n", (await objects.ReadAsync("HEAD:readme.md", Ct))!.Text);

        // Readers of other tests count, too.
        Assert.InRange(all.Count(static objects => objects.HasProcess), 1, GitObjects.MostProcesses);
        Assert.False(all[0].HasProcess);
        Assert.Equal("# Hello\n", (await all[0].ReadAsync("HEAD:readme.md", Ct))!.Text);
        foreach (var objects in all) await objects.DisposeAsync();
    }

    [Fact]
    public async Task after_a_cancelled_read_the_next_one_is_whole()
    {
        await using var objects = new GitObjects(repository.Folder);
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => objects.ReadAsync("HEAD:big.bin", stop.Token));
        Assert.Equal("# Hello\n", (await objects.ReadAsync("HEAD:readme.md", Ct))!.Text);
    }

    [Fact]
    public async Task a_killed_git_is_started_again()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "finds processes through /proc");
        await using var objects = new GitObjects(repository.Folder);
        Assert.NotNull(await objects.ReadAsync("HEAD", Ct));

        var git = Process.GetProcessesByName("git").Single(p => CommandLines.Of(p)
            .Contains(repository.Folder, StringComparison.Ordinal) && CommandLines.Of(p).Contains("cat-file", StringComparison.Ordinal));
        git.Kill();
        await git.WaitForExitAsync(Ct);

        // One read may fall on the broken pipe; it fails as an error, never as "no such object".
        GitObject? read = null;
        try
        {
            read = await objects.ReadAsync("HEAD:readme.md", Ct);
        }
        catch (Exception e) when (e is IOException or GitException)
        {
            read = await objects.ReadAsync("HEAD:readme.md", Ct);
        }

        Assert.Equal("# Hello\n", read!.Text);
    }

    [Fact]
    public async Task objects_that_came_later_and_packs_are_seen()
    {
        await using var own = new SmallRepository();
        await own.InitializeAsync();
        await using var objects = new GitObjects(own.Folder);
        Assert.NotNull(await objects.ReadAsync("HEAD", Ct));

        await own.WriteAsync("later", "later");
        var head = await own.CommitAsync("Third");
        Assert.Equal("later", (await objects.ReadAsync($"{head}:later", Ct))!.Text);

        await own.GitAsync("repack", "-a", "-d", "-q");
        await own.GitAsync("prune-packed", "-q");
        Assert.Equal("# Hello\n", (await objects.ReadAsync($"{head}:readme.md", Ct))!.Text);
    }

    [Fact]
    public async Task a_folder_that_is_no_repository_is_an_error_not_a_missing_object()
    {
        var folder = Directory.CreateTempSubdirectory("auxo-git-");
        await using var objects = new GitObjects(folder.FullName);

        await Assert.ThrowsAnyAsync<Exception>(() => objects.ReadAsync("HEAD", Ct));
        folder.Delete();
    }
}
