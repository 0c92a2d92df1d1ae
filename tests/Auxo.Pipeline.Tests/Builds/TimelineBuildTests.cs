using Auxo.Contracts;
using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Timeline;
using Auxo.ServiceDefaults.Timeline;

using JasperFx.Events;

using static Auxo.Pipeline.Tests.Builds.SampleBuilds;

namespace Auxo.Pipeline.Tests.Builds;

/// <summary>How the end of a step is shown among what all services did.</summary>
public sealed class TimelineBuildTests
{
    [Theory]
    [InlineData(Outcome.Passed, true, TimelineState.Done)]
    [InlineData(Outcome.Failed, true, TimelineState.Failed)]
    [InlineData(Outcome.Failed, false, TimelineState.Note)]
    [InlineData(Outcome.Skipped, false, TimelineState.Note)]
    [InlineData(Outcome.Cancelled, false, TimelineState.Note)]
    public void a_step_that_did_not_run_is_nothing_that_was_done(Outcome outcome, bool blocks, TimelineState state)
    {
        var build = Queued(PlanOf(steps: "package"));
        var result = new StepResult("package", "command", outcome, blocks, TimeSpan.Zero, null, "");
        var end = new Event<BuildEvent.StepFinished>(new BuildEvent.StepFinished(result, Now));
        Assert.Equal(state, TimelineBuild.Entries(build, [end], Now)[0].State);
    }
}
