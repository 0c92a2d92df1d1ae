using Auxo.Ingest.Scanning.Pacing;

namespace Auxo.Ingest.Tests.Scanning;

public sealed class SweepTurnsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task so_many_have_a_turn_and_the_next_one_begins_when_one_ends()
    {
        using var turns = new SweepTurns(2);
        var first = await turns.TakeAsync(Ct);
        using var second = await turns.TakeAsync(Ct);
        var third = turns.TakeAsync(Ct);
        Assert.False(third.IsCompleted);
        first.Dispose();
        using var begun = await third;

        // A turn that was given back early, after a failure, is not given back twice.
        first.Dispose();
        Assert.False(turns.TakeAsync(new CancellationTokenSource(TimeSpan.Zero).Token).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task who_does_not_want_to_wait_any_more_takes_nothing()
    {
        using var turns = new SweepTurns(1);
        var first = await turns.TakeAsync(Ct);
        using var hurry = new CancellationTokenSource();
        var waiting = turns.TakeAsync(hurry.Token);
        await hurry.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        first.Dispose();
        (await turns.TakeAsync(Ct)).Dispose();
    }
}
