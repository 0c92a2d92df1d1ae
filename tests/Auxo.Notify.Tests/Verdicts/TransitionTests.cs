using Auxo.Contracts;
using Auxo.Notify.Verdicts;

namespace Auxo.Notify.Tests.Verdicts;

/// <summary>What a build's end says beside the one before it.</summary>
public sealed class TransitionTests
{
    [Fact]
    public void it_broke_still_fails_and_is_fixed()
        => Assert.Equal(
            [null, Transition.Broke, Transition.StillFailing, null, Transition.StillFailing, Transition.Fixed, null],
            Follow(Outcome.Passed, Outcome.Failed, Outcome.TimedOut, Outcome.Errored, Outcome.Failed, Outcome.Passed, Outcome.Passed));

    [Fact]
    public void the_first_that_fails_broke() => Assert.Equal([Transition.Broke], Follow(Outcome.Failed));

    [Theory]
    [InlineData(Outcome.Errored)]
    [InlineData(Outcome.Cancelled)]
    [InlineData(Outcome.Superseded)]
    [InlineData(Outcome.Skipped)]
    public void what_says_nothing_of_the_code_is_no_verdict(Outcome outcome)
        => Assert.Equal((null, null), LastVerdict.After(null, Told.Build(outcome), Told.At));

    [Fact]
    public void the_same_build_twice_says_the_same_twice()
    {
        var (change, next) = LastVerdict.After(null, Told.Build(), Told.At);
        Assert.Equal((change, null), LastVerdict.After(next, Told.Build(), Told.At));
    }

    [Fact]
    public void one_that_comes_late_says_nothing_unless_the_clock_of_the_other_was_wrong()
    {
        var late = Told.Build(Outcome.Passed, attempt: 2) with { FinishedAt = Told.At.AddMinutes(-1) };
        var (_, next) = LastVerdict.After(null, Told.Build(), Told.At);
        Assert.Equal((null, null), LastVerdict.After(next, late, Told.At));
        var ahead = next! with { At = Told.At.AddYears(9) };
        Assert.Equal(Transition.Fixed, LastVerdict.After(ahead, late, Told.At).Change);
    }

    [Fact]
    public void a_patch_a_branch_and_a_schedule_have_verdicts_of_their_own()
    {
        var patch = Told.Build().Subject;
        var branch = patch with { PatchId = null, Ref = "main" };
        Assert.Equal(3, new[] { patch, branch, branch with { Schedule = "nightly" } }.Select(LastVerdict.Key).Distinct().Count());
    }

    private static List<Transition?> Follow(params Outcome[] outcomes)
    {
        var (last, changes) = ((LastVerdict?)null, new List<Transition?>());
        foreach (var (i, outcome) in outcomes.Index())
        {
            var (change, next) = LastVerdict.After(
                last, Told.Build(outcome, attempt: i + 1) with { FinishedAt = Told.At.AddMinutes(i) }, Told.At.AddDays(1));
            (last, changes) = (next ?? last, [.. changes, change]);
        }

        return changes;
    }
}
