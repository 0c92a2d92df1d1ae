using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Tests.Builds;

namespace Auxo.Pipeline.Tests.Running;

/// <summary>What the runner is told to do without a look at the table, and what it has to look for.</summary>
public sealed class BuildSignalsTests
{
    [Fact]
    public async Task what_was_queued_is_told_by_itself_and_any_other_ring_asks_for_a_look()
    {
        using var signals = new BuildSignals();
        // A start has to look: nobody rang for what waited before it.
        Assert.False(signals.TakeQueued().IsAll);
        Assert.False(await signals.WaitAsync(TimeSpan.Zero, CancellationToken.None));

        var build = SampleBuilds.Queued(SampleBuilds.PlanOf(steps: "test"));
        signals.Ring(build);
        Assert.True(await signals.WaitAsync(TimeSpan.Zero, CancellationToken.None));
        var (queued, isAll) = signals.TakeQueued();
        Assert.Equal((build, true), (Assert.Single(queued).Value, isAll));
        Assert.Empty(signals.TakeQueued().Queued);

        signals.Ring(build);
        signals.Ring();
        (queued, isAll) = signals.TakeQueued();
        Assert.Equal((build, false), (Assert.Single(queued).Value, isAll));
        Assert.True(signals.TakeQueued().IsAll);
    }

    [Fact]
    public void the_end_of_what_nobody_runs_here_asks_for_a_look_since_it_may_have_held_up_another()
    {
        using var signals = new BuildSignals();
        signals.TakeQueued();
        signals.Stop(Guid.NewGuid());
        Assert.False(signals.TakeQueued().IsAll);
    }
}
