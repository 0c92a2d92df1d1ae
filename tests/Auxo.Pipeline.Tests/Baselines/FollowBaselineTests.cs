using Auxo.Contracts;
using Auxo.Pipeline.Baselines;

using static Auxo.Pipeline.Tests.Builds.SampleBuilds;

namespace Auxo.Pipeline.Tests.Baselines;

/// <summary>One build of the default branch after the other.</summary>
public sealed class FollowBaselineTests
{
    [Theory]
    [InlineData("the first build makes all known", "a.sh:x a.sh:y", "")]
    [InlineData("nothing changes", "a.sh:x | a.sh:x", "")]
    [InlineData("something new", "a.sh:x | a.sh:x a.sh:y", "a.sh:y")]
    [InlineData("something new stays new until it is gone", "a.sh:x | a.sh:x a.sh:y | a.sh:x a.sh:y", "a.sh:y")]
    [InlineData("fixed and reintroduced", "a.sh:x | | a.sh:x", "a.sh:x")]
    [InlineData("one of two equal ones fixed and reintroduced", "a.sh:x a.sh:x | a.sh:x | a.sh:x a.sh:x", "a.sh:x")]
    [InlineData("renamed, then changed elsewhere", "a.sh:x@1 | b.sh:x@1 | b.sh:x@2", "")]
    [InlineData("changed elsewhere, then renamed", "a.sh:x@1 | a.sh:x@2 | b.sh:x@2", "")]
    [InlineData("a force push to what was before", "a.sh:x | a.sh:x b.sh:y | a.sh:x", "")]
    [InlineData("a force push to something else", "a.sh:x | c.sh:z", "c.sh:z")]
    [InlineData("a force push to nothing and back", "a.sh:x | | a.sh:x", "a.sh:x")]
    [InlineData("a file that is not judged for once", "a.sh:x b.sh:y | a.sh:! b.sh:y | a.sh:x a.sh:z b.sh:y", "a.sh:z")]
    [InlineData("not judged stays new while it is so", "a.sh:x | a.sh:! | a.sh:!", "a.sh:!")]
    [InlineData("not judged, and something of it fixed at last", "a.sh:x a.sh:y | a.sh:! | a.sh:x | a.sh:x a.sh:y", "a.sh:y")]
    [InlineData("a file that was not judged at first", "a.sh:! | a.sh:x b.sh:y", "b.sh:y")]
    [InlineData("not judged at first, and what comes later", "a.sh:! | a.sh:x | a.sh:x a.sh:y", "a.sh:y")]
    [InlineData("not judged at first and still not", "a.sh:! | a.sh:! | a.sh:x", "")]
    [InlineData("not judged by one check, judged by the other", "a.sh:! | a.sh:! syntax/a.sh:x", "a.sh:x")]
    public void a_baseline_follows_its_branch(string what, string builds, string expected)
    {
        Baseline? baseline = null;
        var last = "";
        foreach (var found in builds.Split('|')) (baseline, last) = Follow(baseline, found);
        Assert.True(expected == last, $"{what}: {last}");
    }

    [Fact]
    public void a_tool_that_was_missing_at_first_makes_nothing_new()
    {
        var (baseline, _) = Follow(null, "syntax/a.sh:x", troubled: "shellcheck");
        Assert.Equal(["shellcheck"], baseline!.Unmeasured);
        Assert.True(FollowBaseline.NeedsAnotherLook(baseline, Saw("syntax/a.sh:x a.sh:y")));
        (baseline, var fresh) = Follow(baseline, "syntax/a.sh:x a.sh:y a.sh:z", before: "syntax/a.sh:x a.sh:y");
        Assert.Equal("a.sh:z", fresh);
        Assert.Empty(baseline!.Unmeasured);
        Assert.False(FollowBaseline.NeedsAnotherLook(baseline, Saw("")));
    }

    [Fact]
    public void a_check_that_breaks_once_forgets_nothing()
    {
        var (baseline, _) = Follow(null, "a.sh:x syntax/a.sh:y");
        (baseline, _) = Follow(baseline, "syntax/a.sh:y", troubled: "shellcheck");
        Assert.Empty(baseline!.Unmeasured);
        Assert.Equal("a.sh:z", Follow(baseline, "a.sh:x a.sh:z syntax/a.sh:y").New);
    }

    [Fact]
    public void rules_of_a_newer_tool_make_nothing_new_and_what_a_push_adds_is()
    {
        var (baseline, _) = Follow(null, "a.sh:x");
        Assert.True(FollowBaseline.NeedsAnotherLook(baseline, Saw("a.sh:x", ruling: "newer")));
        (baseline, var fresh) = Follow(baseline, "a.sh:x a.sh:old a.sh:added", before: "a.sh:x a.sh:old", ruling: "newer");
        Assert.Equal("a.sh:added", fresh);
        Assert.False(FollowBaseline.NeedsAnotherLook(baseline, Saw("", ruling: "newer")));
        Assert.Equal("a.sh:added", Follow(baseline, "a.sh:x a.sh:old a.sh:added", ruling: "newer").New);
    }

    [Fact]
    public void what_was_accepted_is_known_before_the_default_branch_has_it_and_only_until_it_is_fixed_there()
    {
        var (baseline, _) = Follow(null, "a.sh:x");
        var accepted = AcceptFindings.Decide(baseline, Subject, Seen.Of("a.sh:x b.sh:y"), "alice", Now)!;
        Assert.Equal((1, "alice"), (accepted.Findings, accepted.By));
        baseline = Baseline.After(baseline, accepted);
        Assert.Equal("alice", Assert.Single(baseline.Acceptances).By);
        Assert.Null(AcceptFindings.Decide(baseline, Subject, Seen.Of("a.sh:x b.sh:y"), "bob", Now));

        (baseline, _) = Follow(baseline, "a.sh:x");
        Assert.Equal("", Follow(baseline, "a.sh:x b.sh:y").New);
        (baseline, _) = Follow(baseline, "a.sh:x b.sh:y");
        (baseline, _) = Follow(baseline, "a.sh:x");
        Assert.Equal("b.sh:y", Follow(baseline, "a.sh:x b.sh:y").New);
    }

    [Fact]
    public void what_is_accepted_before_the_first_build_stays()
    {
        var baseline = Baseline.After(null, AcceptFindings.Decide(null, Subject, Seen.Of("b.sh:y"), "alice", Now)!);
        (baseline, _) = Follow(baseline, "a.sh:x");
        Assert.Equal("", Follow(baseline, "a.sh:x b.sh:y").New);
    }

    [Fact]
    public void after_a_reset_the_next_build_sets_it()
    {
        var (baseline, _) = Follow(null, "a.sh:x");
        baseline = Baseline.After(baseline, ResetBaseline.Decide(baseline, "alice", Now)!);
        Assert.Null(ResetBaseline.Decide(baseline, "alice", Now));
        Assert.Equal("", Follow(baseline, "a.sh:y a.sh:z").New);
    }

    [Fact]
    public void a_build_that_changes_nothing_is_no_event()
    {
        var (baseline, _) = Follow(null, "a.sh:x b.sh:y");
        Assert.Null(FollowBaseline.Decide(baseline, Saw("b.sh:y a.sh:x"), [], Now).Event);
        var changed = (BaselineEvent.Followed)FollowBaseline.Decide(baseline, Saw("a.sh:x"), [], Now).Event!;
        Assert.Equal("b.sh", Assert.Single(changed.Changed).Path);
    }

    private static BuildSubject Subject => Queued(PlanOf()).Subject;

    private static (Baseline? Baseline, string New) Follow(
        Baseline? baseline, string found, string before = "", string ruling = "usual", params string[] troubled)
    {
        var (happened, compared) = FollowBaseline.Decide(baseline, Saw(found, ruling, troubled), Seen.Of(before), Now);
        return (happened is null ? baseline : Baseline.After(baseline, happened), Seen.Words(compared.New));
    }

    private static Measurement Saw(string found, string ruling = "usual", params string[] troubled)
        => new(Guid.Empty, Commit, ruling, troubled, Seen.Of(found));
}
