using Auxo.Contracts;
using Auxo.Pipeline.Running.Steps;
using Auxo.Pipeline.Tests.Builds;

namespace Auxo.Pipeline.Tests.Runners;

/// <summary>Which steps run again where the files that they made are gone.</summary>
public sealed class StepReplayTests
{
    [Theory]
    // The file: each step with its needs. What has passed. What runs again, in which order.
    [InlineData("a b:a c:b", "a b", "a b")]
    [InlineData("a b:a c:a", "a b", "a")]
    [InlineData("a b: c:b", "a b", "b")]
    [InlineData("a b:a c:b", "a b c", "")]
    [InlineData("a b:a c:b", "", "")]
    // What is needed may stand behind.
    [InlineData("c:b b:a a", "a b", "a b")]
    // What did not pass is not run again, but what it needed is, for whoever runs in any case.
    [InlineData("a b:a c:b", "a b!", "a")]
    public void those_that_passed_and_are_needed_by_what_is_left(string file, string done, string again)
    {
        var steps = file.Split(' ').Select(static text => text.Split(':')).Select(static parts => SampleBuilds.Step(parts[0]) with
        {
            Needs = parts.Length > 1 && parts[1].Length > 0 ? parts[1].Split(',') : [],
        }).ToList();
        var build = SampleBuilds.Queued(SampleBuilds.PlanOf() with { Steps = steps }) with
        {
            Results = [.. done.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static text => new StepResult(
                text.TrimEnd('!'), "command", text.EndsWith('!') ? Outcome.Failed : Outcome.Passed, Blocks: true, TimeSpan.Zero, 0, ""))],
        };
        Assert.Equal(again, string.Join(' ', StepReplay.Of(build).Select(static step => step.Name)));
    }

    [Fact]
    public void in_plans_of_earlier_versions_each_step_needs_the_one_before()
    {
        var build = SampleBuilds.Queued(SampleBuilds.PlanOf(needsApproval: false, "a", "b", "c")) with
        {
            Results = [new StepResult("a", "command", Outcome.Passed, Blocks: true, TimeSpan.Zero, 0, "")],
        };
        Assert.Equal(["a"], StepReplay.Of(build).Select(static step => step.Name));
    }
}
