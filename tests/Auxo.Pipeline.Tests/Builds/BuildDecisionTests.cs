using Auxo.Contracts;
using Auxo.Pipeline.Approving;
using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Cancelling;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Merging;
using Auxo.Pipeline.Queueing;
using Auxo.Pipeline.Reading;
using Auxo.Pipeline.Requesting;
using Auxo.Pipeline.Running;

using static Auxo.Pipeline.Tests.Builds.SampleBuilds;

namespace Auxo.Pipeline.Tests.Builds;

public sealed class BuildDecisionTests
{
    [Fact]
    public void the_last_result_finishes_the_build_and_tells_everybody()
    {
        var build = Record(Queued(PlanOf(steps: "make")), Report("syntax"), Report("secrets"));
        Assert.NotEqual(BuildState.Finished, build.State);
        var (events, messages) = RecordStepResults.Decide(build, [Report("make")], [], NoLinks, Now);
        Assert.IsType<BuildEvent.Finished>(events[^1]);
        var finished = Assert.Single(messages.OfType<BuildFinished>());
        Assert.Equal((Outcome.Passed, 3, Alice), (finished.Outcome, finished.Steps.Count, finished.Subject.Author));
        var comment = Assert.Single(messages.OfType<PostPatchComment>());
        Assert.Equal((true, 2, Repository), (comment.Final, comment.Seq, comment.Rid));
        Assert.Contains("Passed", comment.Markdown, StringComparison.Ordinal);
    }

    [Fact]
    public void all_checks_of_a_build_without_steps_are_one_append_with_the_verdict()
    {
        var (events, _) = RecordStepResults.Decide(
            Queued(PlanOf()), [Report("syntax"), Report("secrets", Outcome.Failed)], [], NoLinks, Now);
        Assert.Equal(Outcome.Failed, Assert.IsType<BuildEvent.Finished>(events[^1]).Outcome);
        Assert.Equal(3, events.Count);
    }

    [Fact]
    public void a_repeat_a_stranger_to_the_plan_and_a_late_result_change_nothing()
    {
        var build = Record(Queued(PlanOf()), Report("syntax"));
        Assert.Empty(RecordStepResults.Decide(build, [Report("syntax", Outcome.Failed)], [], NoLinks, Now).Events);
        Assert.Empty(RecordStepResults.Decide(build, [Report("no-such-step")], [], NoLinks, Now).Events);
        var done = Record(build, Report("secrets"));
        var late = RecordStepResults.Decide(done, [Report("secrets", Outcome.Failed)], [], NoLinks, Now);
        Assert.Empty(late.Events);
        Assert.Empty(late.Messages);
        Assert.Empty(CancelBuild.Decide(done, "bob", NoLinks, Now).Events);
        Assert.Empty(StartBuild.Decide(done, "r", "s", [], Now).Events);
        Assert.Empty(ApproveBuild.Decide(done, "bob", Now).Events);
    }

    [Fact]
    public void waiting_for_approval_is_no_part_of_how_long_a_build_took()
    {
        var build = Fold(Queued(PlanOf(needsApproval: true, "make")), StartBuild.Decide(
            Queued(PlanOf()), "r", "s", [], Now).Events);
        build = Fold(build, [new BuildEvent.StepFinished(Report("syntax").Result, Now), new BuildEvent.StepFinished(
            Report("secrets").Result, Now.AddSeconds(1)), new BuildEvent.ApprovalRequested(Commit, Now.AddSeconds(1)),
            new BuildEvent.ApprovalGranted("bob", Commit, Now.AddSeconds(301))]);
        build = Fold(build, StartBuild.Decide(build, "r", "s", ["make"], Now.AddSeconds(303)).Events);
        var (ended, messages) = RecordStepResults.Decide(build, [Report("make")], [], NoLinks, Now.AddSeconds(305));
        Assert.Equal(TimeSpan.FromSeconds(302), Assert.Single(messages.OfType<BuildFinished>()).Held);
        Assert.Equal(3, BuildResponse.Of(Fold(build, ended)).DurationSeconds);

        var held = Fold(Queued(PlanOf(needsApproval: true, "make")), [new BuildEvent.Started("r", "s", Now),
            new BuildEvent.ApprovalRequested(Commit, Now.AddSeconds(4))]);
        var cancelled = Fold(held, CancelBuild.Decide(held, "bob", NoLinks, Now.AddSeconds(90)).Events);
        Assert.Equal(TimeSpan.FromSeconds(4), cancelled.Took);
    }

    [Fact]
    public void when_a_step_began_is_kept_beside_its_result()
    {
        var build = Queued(PlanOf(steps: ["a", "b"]));
        var running = new BuildChange(build, RecordStepResults.Decide(build, [Report("a")], ["b"], NoLinks, Now).Events).After;
        var (ended, _) = RecordStepResults.Decide(running, [Report("b")], [], NoLinks, Now.AddSeconds(9));
        var done = new BuildChange(running, ended).After;
        Assert.Equal((Now, 1), (done.Begun["b"], done.Begun.Count));
    }

    [Fact]
    public void what_is_decided_next_goes_on_from_the_version_that_the_save_gives()
    {
        var build = Queued(PlanOf(steps: ["a", "b"])) with { Version = 3 };
        var (events, _) = RecordStepResults.Decide(build, [Report("a")], ["b"], NoLinks, Now);
        Assert.Equal((2, 5), (events.Count, new BuildChange(build, events).After.Version));
    }

    [Fact]
    public void a_step_that_begins_is_recorded_with_the_result_of_the_one_before()
    {
        var build = Queued(PlanOf(steps: ["a", "b"]));
        var (events, _) = RecordStepResults.Decide(build, [Report("a")], ["b"], NoLinks, Now);
        Assert.Equal("b", Assert.IsType<BuildEvent.StepStarted>(events[^1]).Step);
        Assert.Equal(["b"], Fold(build, events).Running);
    }

    [Fact]
    public void a_strangers_steps_wait_for_approval_after_the_checks()
    {
        var build = Queued(PlanOf(needsApproval: true, "make"), Trust.Stranger);
        var (events, messages) = RecordStepResults.Decide(build, [Report("syntax"), Report("secrets")], [], NoLinks, Now);
        var waiting = Fold(build, events);
        Assert.Equal(BuildState.AwaitingApproval, waiting.State);
        var comment = Assert.IsType<PostPatchComment>(Assert.Single(messages));
        Assert.False(comment.Final);
        Assert.Contains("auxo ci approve", comment.Markdown, StringComparison.Ordinal);

        var approved = Fold(waiting, ApproveBuild.Decide(waiting, "alice", Now).Events);
        Assert.Equal((BuildState.Queued, "alice", false), (approved.State, approved.ApprovedBy, approved.StepsHeld));
        Assert.Equal(Outcome.Passed, Record(approved, Report("make")).Outcome);
    }

    [Fact]
    public void a_failed_check_of_a_stranger_is_a_verdict_without_any_approval()
    {
        var build = Record(Queued(PlanOf(needsApproval: true, "make"), Trust.Stranger), Report("syntax"),
            Report("secrets", Outcome.Failed));
        Assert.Equal((BuildState.Finished, Outcome.Failed), (build.State, build.Outcome));
        Assert.Equal(Outcome.Skipped, build.InOrder()[^1].Outcome);
    }

    [Fact]
    public void an_approval_that_comes_while_the_checks_run_lets_the_steps_follow()
    {
        var build = Queued(PlanOf(needsApproval: true, "make"), Trust.Stranger);
        build = Fold(build, StartBuild.Decide(build, "r", "s", [], Now).Events);
        build = Fold(build, ApproveBuild.Decide(build, "alice", Now).Events);
        Assert.Equal(BuildState.Running, build.State);
        Assert.Equal(BuildState.Running, Record(build, Report("syntax"), Report("secrets")).State);
    }

    [Fact]
    public void cancelling_ends_at_once_and_marks_what_did_not_run()
    {
        var build = Record(Queued(PlanOf(steps: "make")), Report("syntax"));
        var (events, messages) = CancelBuild.Decide(build, "bob", NoLinks, Now);
        var after = Fold(build, events);
        Assert.Equal((Outcome.Cancelled, "cancelled by bob"), (after.Outcome, after.Reason));
        Assert.Equal([Outcome.Passed, Outcome.Cancelled, Outcome.Cancelled], after.InOrder().Select(result => result.Outcome));
        Assert.Single(messages.OfType<PostPatchComment>());
    }

    [Fact]
    public void a_newer_commit_supersedes_and_leaves_the_word_to_the_newer_build()
    {
        var older = Queued(PlanOf());
        var newer = Queued(PlanOf(), commit: CommitId.Parse("4444444444444444444444444444444444444444"));
        var (events, messages) = SupersedeBuild.Decide(older, newer, NoLinks, Now);
        Assert.Equal(Outcome.Superseded, Fold(older, events).Outcome);
        Assert.Equal("superseded by 4444444", Fold(older, events).Reason);
        Assert.Single(messages.OfType<BuildFinished>());
        Assert.Empty(messages.OfType<PostPatchComment>());
        Assert.Empty(SupersedeBuild.Decide(older, older, NoLinks, Now).Events);
    }

    [Theory]
    [InlineData(ConcurrencyMode.Queue, "waits", null)]
    [InlineData(ConcurrencyMode.Queue, "runs", null)]
    [InlineData(ConcurrencyMode.Latest, "waits", "superseded by 4444444: of the builds that wait, the newest is kept")]
    [InlineData(ConcurrencyMode.Latest, "runs", null)]
    [InlineData(ConcurrencyMode.Cancel, "waits", "superseded by 4444444")]
    [InlineData(ConcurrencyMode.Cancel, "runs", "superseded by 4444444")]
    public void what_becomes_of_an_older_build_of_the_group_is_what_the_newer_ones_file_says(
        ConcurrencyMode mode, string state, string? reason)
    {
        var older = Queued(PlanOf() with { Concurrency = new BuildConcurrency(ConcurrencyMode.Queue, "deploy") });
        if (state == "runs") older = Fold(older, StartBuild.Decide(older, "r", "s", [], Now).Events);
        var newer = Queued(
            PlanOf() with { Concurrency = new BuildConcurrency(mode, "deploy") },
            commit: CommitId.Parse("4444444444444444444444444444444444444444"));
        var events = SupersedeBuild.Decide(older, newer, NoLinks, Now).Events;
        Assert.Equal(reason, events.Count == 0 ? null : Fold(older, events).Reason);
        var other = newer with { Plan = newer.Plan with { Concurrency = new BuildConcurrency(mode, "other") } };
        Assert.Empty(SupersedeBuild.Decide(older, other, NoLinks, Now).Events);
    }

    [Fact]
    public void a_strangers_build_is_in_no_group_that_has_a_name()
    {
        var named = new BuildConcurrency(ConcurrencyMode.Cancel, "deploy");
        var patch = new BuildFacts(BuildTrigger.Patch, "p", Trust.Stranger, Changed: null);
        Assert.False(named.IsFor(patch));
        Assert.True(named.IsFor(patch with { Trust = Trust.Trusted }));
        Assert.True((named with { Group = null }).IsFor(patch));
        Assert.False((named with { Events = ["push"] }).IsFor(patch with { Trust = Trust.Trusted }));
    }

    [Fact]
    public void what_nobody_waits_for_is_reported_only_where_an_interim_comment_stands()
    {
        var running = Queued(PlanOf());
        running = Fold(running, StartBuild.Decide(running, "r", "s", [], Now).Events);
        Assert.Empty(OnPatchArchivedHandler.Decide(running, NoLinks, Now).Messages.OfType<PostPatchComment>());

        var (events, messages) = AnnounceBuild.Decide(running, NoLinks, Now);
        var announced = Fold(running, events);
        Assert.False(Assert.IsType<PostPatchComment>(Assert.Single(messages)).Final);
        Assert.Empty(AnnounceBuild.Decide(announced, NoLinks, Now).Events);
        Assert.True(OnPatchArchivedHandler.Decide(announced, NoLinks, Now).Messages.OfType<PostPatchComment>().Single().Final);
    }

    [Fact]
    public void a_merge_and_an_untracking_leave_alone_what_runs_and_end_what_waits()
    {
        var waiting = Queued(PlanOf());
        var running = Fold(waiting, StartBuild.Decide(waiting, "r", "s", [], Now).Events);
        Assert.Empty(OnPatchMergedHandler.Decide(running, NoLinks, Now).Events);
        Assert.Empty(OnRepositoryUntrackedHandler.Decide(running, NoLinks, Now).Events);
        Assert.Equal(Outcome.Superseded, Fold(waiting, OnPatchMergedHandler.Decide(waiting, NoLinks, Now).Events).Outcome);
        Assert.Equal(Outcome.Cancelled, Fold(waiting, OnRepositoryUntrackedHandler.Decide(waiting, NoLinks, Now).Events).Outcome);
    }

    [Fact]
    public void a_commit_that_cannot_be_planned_is_an_error_reported_on_the_patch()
    {
        var (events, messages) = QueueBuild.Decide(
            Guid.NewGuid(), Request(), 1, PlanOf() with { Checks = [] }, "the commit 1111111 is not in /srv/tidy", NoLinks, Now);
        Assert.Equal(Outcome.Errored, Fold(null, events).Outcome);
        Assert.Contains("is not in /srv/tidy", messages.OfType<PostPatchComment>().Single().Markdown, StringComparison.Ordinal);
        Assert.IsType<BuildQueued>(messages[0]);
    }

    [Fact]
    public void a_warning_does_not_fail_and_a_skipped_check_is_told()
    {
        Assert.Equal((Outcome.Passed, null), Judge(Report("structure", Outcome.Failed, blocks: false)));
        Assert.Equal((Outcome.Passed, "not run: shellcheck"), Judge(Report("shellcheck", Outcome.Skipped, blocks: false)));
        Assert.Equal((Outcome.Errored, "secrets could not be run"), Judge(Report("secrets", Outcome.Errored)));
        Assert.Equal((Outcome.Failed, "make failed"), Judge(Report("secrets", Outcome.Errored), Report("make", Outcome.Failed)));
    }

    [Fact]
    public void running_again_keeps_the_trust_and_takes_the_newest_canonical_head()
    {
        var main = CommitId.Parse("5555555555555555555555555555555555555555");
        var request = RerunBuild.Request(Queued(PlanOf(), Trust.Stranger), isDistrusted: false, main, "bob");
        Assert.Equal((Trust.Stranger, main, "bob", BuildTrigger.Patch), (
            request.Trust, request.Canonical, request.RequestedBy, request.Trigger));
    }

    private static (Outcome, string?) Judge(params StepReport[] reports)
        => FinishBuild.Judge(Queued(PlanOf()) with { Results = [.. reports.Select(static report => report.Result)] });

    internal static Build Record(Build build, params StepReport[] reports)
        => Fold(build, RecordStepResults.Decide(build, reports, [], NoLinks, Now).Events);
}
