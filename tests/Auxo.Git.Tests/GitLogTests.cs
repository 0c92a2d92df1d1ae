namespace Auxo.Git.Tests;

public sealed class GitLogTests(SmallRepository repository) : IClassFixture<SmallRepository>
{
    [Fact]
    public async Task commits_come_children_first_with_their_side_their_clock_and_their_message()
    {
        var log = await ReadAsync(repository.Head);

        Assert.Equal(
            [(repository.Head, "Second", false), (repository.First, "First", true)], log.Select(static c => (c.Oid, c.Title, c.IsRoot)));
        Assert.All(log, static c => Assert.Equal(1_700_000_000, c.AuthoredAt));
        Assert.Equal([true], (await ReadAsync($"{repository.Head}...{repository.First}")).Select(static c => c.IsLeft));
    }

    [Fact]
    public async Task who_reads_no_further_ends_the_process()
    {
        await foreach (var commit in GitLog.ReadAsync(repository.Folder, [repository.Head], CancellationToken.None))
        {
            Assert.Equal(repository.Head, commit.Oid);
            break;
        }
    }

    [Fact]
    public async Task a_commit_that_is_not_here_is_an_error()
        => await Assert.ThrowsAsync<GitException>(() => ReadAsync(new string('d', 40)));

    private async Task<List<GitLogEntry>> ReadAsync(string revision)
        => await GitLog.ReadAsync(repository.Folder, [revision], CancellationToken.None).ToListAsync();
}
