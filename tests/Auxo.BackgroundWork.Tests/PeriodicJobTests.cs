using System.Threading.Channels;

using Auxo.Testing;

using Microsoft.Extensions.Logging.Abstractions;

namespace Auxo.BackgroundWork.Tests;

public sealed class PeriodicJobTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task it_is_done_once_in_every_interval_and_not_at_the_start()
    {
        var time = new ManualTime();
        using var job = new Job(time, static _ => { });
        await job.StartAsync(TestContext.Current.CancellationToken);
        Assert.False(job.Runs.Reader.TryRead(out _));
        await time.TickAsync(Hour, job);
        await time.TickAsync(Hour, job);
        await job.StopAsync(TestContext.Current.CancellationToken);
        Assert.False(job.Runs.Reader.TryRead(out _));
    }

    [Fact]
    public async Task a_run_that_throws_is_followed_by_the_next_one()
    {
        var time = new ManualTime();
        using var job = new Job(time, static run => throw new InvalidOperationException($"run {run}"));
        await job.StartAsync(TestContext.Current.CancellationToken);
        await time.TickAsync(Hour, job);
        await time.TickAsync(Hour, job);
        Assert.Equal(TaskStatus.WaitingForActivation, job.ExecuteTask!.Status);
        await job.StopAsync(TestContext.Current.CancellationToken);
        Assert.True(job.ExecuteTask.IsCompletedSuccessfully);
        Assert.Equal(["run 1", "run 2"], job.Reported);
    }

    [Fact]
    public async Task a_cancellation_that_is_not_the_services_own_is_a_failure_like_any_other()
    {
        var time = new ManualTime();
        using var job = new Job(time, static _ => throw new TaskCanceledException("HttpClient's own time-out"));
        await job.StartAsync(TestContext.Current.CancellationToken);
        await time.TickAsync(Hour, job);
        await time.TickAsync(Hour, job);
        await job.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["HttpClient's own time-out", "HttpClient's own time-out"], job.Reported);
    }
}

/// <summary>Counts its runs, then does what a test wants.</summary>
internal sealed class Job(ManualTime time, Action<int> work) : PeriodicJob(TimeSpan.FromHours(1), time, NullLogger.Instance)
{
    private int _runs;

    public Channel<int> Runs { get; } = Channel.CreateUnbounded<int>();

    public List<string> Reported { get; } = [];

    protected override TimeSpan PauseAfterError => TimeSpan.Zero;

    protected override void Report(Exception e) => Reported.Add(e.Message);

    protected override Task DoAsync(CancellationToken ct)
    {
        Runs.Writer.TryWrite(++_runs);
        work(_runs);
        return Task.CompletedTask;
    }
}

internal static class JobTime
{
    /// <summary>Lets an interval pass and waits for the run.</summary>
    public static async Task TickAsync(this ManualTime time, TimeSpan interval, Job job)
    {
        time.Advance(interval);
        await job.Runs.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
    }
}
