using Auxo.Pipeline.Runners.Leases;

namespace Auxo.Pipeline.Tests.Runners;

/// <summary>How much a runner may send for one build.</summary>
public sealed class RemoteArtifactsTests
{
    private readonly RemoteArtifacts _artifacts = new();

    [Fact]
    public async Task in_all_there_is_so_much_and_what_comes_again_is_counted_once()
    {
        Assert.Equal(ContentEnd.Taken, await TakeAsync("a", 6));
        Assert.Equal(ContentEnd.Taken, await TakeAsync("a", 6));
        Assert.Equal(ContentEnd.TooMuch, await TakeAsync("b", 5));
        Assert.Equal(ContentEnd.TooMuch, await TakeAsync("b", long.MaxValue));
        Assert.Equal(ContentEnd.Taken, await TakeAsync("b", 4));
    }

    [Fact]
    public async Task in_all_there_are_so_many()
    {
        foreach (var digest in (string[])["a", "b", "c"]) Assert.Equal(ContentEnd.Taken, await TakeAsync(digest, 0));
        Assert.Equal(ContentEnd.TooMuch, await TakeAsync("d", 0));
        Assert.Equal(ContentEnd.Taken, await TakeAsync("a", 0));
    }

    [Fact]
    public async Task what_was_not_taken_is_not_counted()
    {
        Assert.Equal(ContentEnd.Other, await TakeAsync("a", 10, static () => Task.FromResult(false)));
        await Assert.ThrowsAsync<IOException>(() => TakeAsync("a", 10, static () => throw new IOException("cut")));
        Assert.Equal(ContentEnd.Taken, await TakeAsync("b", 10));
    }

    [Fact]
    public async Task one_comes_at_a_time()
    {
        var first = new TaskCompletionSource<bool>();
        var begun = false;
        var one = TakeAsync("a", 6, () => first.Task);
        var two = TakeAsync("b", 4, () => Task.FromResult(begun = true));
        Assert.False(begun);
        first.SetResult(true);
        Assert.Equal((ContentEnd.Taken, ContentEnd.Taken), (await one, await two));
    }

    private Task<ContentEnd> TakeAsync(string digest, long size, Func<Task<bool>>? take = null)
        => _artifacts.TakeAsync(
            digest, size, mostBytes: 10, most: 3, take ?? (static () => Task.FromResult(true)), TestContext.Current.CancellationToken);
}
