using Auxo.Ingest.Reviewing;

namespace Auxo.Ingest.Tests.Reviewing;

/// <summary>How many commits are compared at once.</summary>
public sealed class DiffTurnsTests
{
    [Fact]
    public async Task two_are_compared_at_once_and_who_waits_too_long_is_asked_to_come_again()
    {
        using var turns = new DiffTurns(TimeSpan.Zero);
        var end = new TaskCompletionSource<int>();
        var two = Enumerable.Range(1, 2).Select(_ => turns.RunAsync(() => end.Task, CancellationToken.None)).ToList();
        var busy = await Assert.ThrowsAsync<DiffsBusyException>(() => turns.RunAsync(() => end.Task, CancellationToken.None));
        Assert.Equal((503, "patch/busy"), (busy.Status, busy.Type));
        end.SetResult(7);
        int[] values = await Task.WhenAll(two);
        Assert.Equal([7, 7], values);
        Assert.Equal(7, await turns.RunAsync(() => end.Task, CancellationToken.None));
    }
}
