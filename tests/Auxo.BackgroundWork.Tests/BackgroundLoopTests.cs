using System.Collections.Concurrent;

using Auxo.Testing;

using Microsoft.Extensions.Logging.Abstractions;

namespace Auxo.BackgroundWork.Tests;

public sealed class BackgroundLoopTests
{
    [Fact]
    public async Task a_turn_that_throws_is_repeated_after_a_pause_and_no_sooner()
    {
        var time = new ManualTime();
        using var loop = new FailingLoop(time);
        await loop.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(0.1));
                return Task.FromResult(loop.Turns.Count > 1);
            },
            "the next turn has come");
        Assert.True(loop.Turns.ElementAt(1) - loop.Turns.First() >= TimeSpan.FromSeconds(1));
        await loop.StopAsync(TestContext.Current.CancellationToken);
        Assert.True(loop.ExecuteTask!.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task a_rest_that_the_work_lets_be_ended_early_is_over_when_it_is_woken()
    {
        using var loop = new WokenLoop(new ManualTime());
        await loop.StartAsync(TestContext.Current.CancellationToken);
        await loop.TurnAsync();
        loop.Wake.Set();
        await loop.TurnAsync();
        await loop.StopAsync(TestContext.Current.CancellationToken);
        Assert.True(loop.ExecuteTask!.IsCompletedSuccessfully);
    }

    private sealed class FailingLoop(TimeProvider time) : BackgroundLoop(time, NullLogger.Instance)
    {
        private readonly TimeProvider _time = time;

        public ConcurrentQueue<DateTimeOffset> Turns { get; } = [];

        protected override Task TurnAsync(CancellationToken ct)
        {
            Turns.Enqueue(_time.GetUtcNow());
            throw new UnauthorizedAccessException("no right to look there");
        }
    }

    private sealed class WokenLoop(TimeProvider time) : BackgroundLoop(time, NullLogger.Instance)
    {
        private readonly Signal _turns = new();

        public Signal Wake { get; } = new();

        /// <summary>Waits for a turn.</summary>
        public Task TurnAsync() => _turns.WaitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(20));

        protected override Task TurnAsync(CancellationToken ct)
        {
            _turns.Set();
            throw new IOException("the database is away");
        }

        protected override Task RestAsync(CancellationToken ct) => Wake.WaitAsync(ct);
    }
}
