namespace Auxo.Git.Tests;

/// <summary>Commits that are taken to another machine.</summary>
public sealed class GitPackTests(SmallRepository repository) : IClassFixture<SmallRepository>, IDisposable
{
    private const long Limit = 1 << 20;
    private readonly string _other = Directory.CreateTempSubdirectory("auxo-pack-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_commit_is_there_afterwards_with_all_that_it_reaches()
    {
        await TakeAsync(await PackAsync([]));
        Assert.Equal("2", await GitCommand.AskAsync(_other, Ct, "rev-list", "--count", repository.Head));
        Assert.Equal("# Hello", await GitCommand.AskAsync(_other, Ct, "cat-file", "blob", $"{repository.Head}:readme.md"));
    }

    [Fact]
    public async Task what_the_other_side_has_is_left_out_and_what_nobody_knows_is_passed_over()
    {
        var whole = await PackAsync([]);
        var first = (await GitCommand.AskAsync(repository.Folder, Ct, "rev-parse", $"{repository.Head}~1"))!;
        var rest = await PackAsync([first, "0123456789012345678901234567890123456789"]);
        Assert.True(rest.Length < whole.Length, $"{rest.Length} of {whole.Length} bytes");
        await TakeAsync(whole);
        await TakeAsync(rest);
    }

    [Fact]
    public async Task one_that_is_too_large_is_given_up_on_either_side()
    {
        var whole = await PackAsync([]);
        await Assert.ThrowsAsync<PackTooLargeException>(
            () => GitPack.WriteAsync(repository.Folder, [repository.Head], [], Stream.Null, whole.Length - 1, Ct));
        await MakeAsync();
        await Assert.ThrowsAsync<PackTooLargeException>(
            () => GitPack.ReadAsync(_other, new MemoryStream(whole), whole.Length - 1, Ct));
    }

    [Fact]
    public async Task one_that_was_cut_off_is_no_pack_and_leaves_nothing()
    {
        var whole = await PackAsync([]);
        await Assert.ThrowsAsync<GitException>(() => TakeAsync(whole[..(whole.Length / 2)]));
        await Assert.ThrowsAsync<GitException>(() => TakeAsync([]));
        Assert.Null(await GitCommand.AskAsync(_other, Ct, "cat-file", "-t", repository.Head));
    }

    [Fact]
    public Task a_commit_that_is_not_there_is_said()
        => Assert.ThrowsAsync<GitException>(() => GitPack.WriteAsync(
            repository.Folder, ["0123456789012345678901234567890123456789"], [], Stream.Null, Limit, Ct));

    public void Dispose() => Directory.Delete(_other, recursive: true);

    private async Task<byte[]> PackAsync(string[] without)
    {
        var pack = new MemoryStream();
        await GitPack.WriteAsync(repository.Folder, [repository.Head], without, pack, Limit, Ct);
        return pack.ToArray();
    }

    private async Task MakeAsync()
    {
        if (!File.Exists(Path.Combine(_other, "HEAD"))) await GitCommand.RunAsync(_other, ["init", "--bare", "--quiet"], Ct);
    }

    private async Task TakeAsync(byte[] pack)
    {
        await MakeAsync();
        await GitPack.ReadAsync(_other, new MemoryStream(pack), Limit, Ct);
    }
}
