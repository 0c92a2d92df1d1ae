using Auxo.Contracts;
using Auxo.Git;
using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Joining;
using Auxo.Pipeline.Merging;
using Auxo.Pipeline.Running;

using static Auxo.Pipeline.Tests.Builds.SampleBuilds;

namespace Auxo.Pipeline.Tests.Merging;

public sealed class MergeGateTests
{
    private static readonly Build Waiting = Queued(PlanOf());

    public static TheoryData<string, Outcome?, bool, string> Ends => new()
    {
        { "it passed", Outcome.Passed, true, "has passed" },
        { "it failed", Outcome.Failed, false, "has failed" },
        { "it ran too long", Outcome.TimedOut, false, "ran too long" },
        { "it could not be run", Outcome.Errored, false, "could not be run" },
        { "somebody stopped it", Outcome.Cancelled, false, "was cancelled" },
        { "another one pushed it aside", Outcome.Superseded, false, "no build of 1111111 has ended with a verdict" },
        { "it had nothing to do", Outcome.Skipped, false, "no build of 1111111 has ended with a verdict" },
        { "it runs", null, false, "has no verdict yet" },
    };

    [Theory]
    [MemberData(nameof(Ends))]
    public void only_a_pass_opens_it(string what, Outcome? outcome, bool passed, string reason)
    {
        var build = outcome is { } end ? Ended(end, Now) : Fold(Waiting, StartBuild.Decide(Waiting, "r", "s", [], Now).Events);
        var verdict = MergeGate.Judge(Commit, [build], Now);
        Assert.True(passed == verdict.Passed && verdict.Reason.Contains(reason, StringComparison.Ordinal), $"{what}: {verdict.Reason}");
    }

    [Fact]
    public void the_build_that_ended_last_by_then_decides()
    {
        var (first, second) = (Ended(Outcome.Failed, Now), Ended(Outcome.Passed, Now.AddMinutes(1)));
        Assert.True(MergeGate.Judge(Commit, [second, first], Now.AddMinutes(2)).Passed);
        Assert.False(MergeGate.Judge(Commit, [second, first], Now).Passed);
        Assert.False(MergeGate.Judge(Commit, [second, Ended(Outcome.Failed, Now.AddMinutes(2))], Now.AddMinutes(3)).Passed);
        // One that runs again takes nothing away from what the one before it has shown.
        Assert.True(MergeGate.Judge(Commit, [second, Waiting], Now.AddMinutes(2)).Passed);
    }

    [Theory]
    [InlineData(Outcome.Passed, false)]
    [InlineData(Outcome.Failed, true)]
    public void a_scan_says_nothing_of_whether_a_result_may_be_merged(Outcome outcome, bool isBuilt)
    {
        var scan = Queued(PlanOf() with { Scan = "dependency-scan" });
        var ended = Fold(scan, FinishBuild.Decide(scan, outcome, reason: null, by: null, NoLinks, Now.AddMinutes(1)).Events);
        Assert.Equal(isBuilt, MergeGate.Judge(Commit, isBuilt ? [ended, Ended(Outcome.Passed, Now)] : [ended], Now.AddMinutes(2)).Passed);
    }

    [Fact]
    public void what_was_built_together_with_others_says_nothing_of_it_alone()
    {
        var plan = PlanOf() with { Joined = new JoinedCommit(CommitId.Parse(new string('7', 40)), null, []) };
        var joined = Queued(plan);
        var ended = Fold(joined, FinishBuild.Decide(joined, Outcome.Passed, reason: null, by: null, NoLinks, Now).Events);
        var verdict = MergeGate.Judge(Commit, [ended], Now.AddMinutes(1));
        Assert.False(verdict.Passed);
        Assert.EndsWith("not of it alone", verdict.Reason, StringComparison.Ordinal);
        Assert.True(MergeGate.Judge(Commit, [ended, Ended(Outcome.Passed, Now)], Now.AddMinutes(1)).Passed);
    }

    [Fact]
    public void without_any_build_there_is_no_pass()
        => Assert.Equal((false, "no build of 1111111 has ended with a verdict"),
            MergeGate.Judge(Commit, [], Now) is var verdict ? (verdict.Passed, verdict.Reason) : default);

    [Fact]
    public async Task a_merge_that_changes_nothing_is_the_head_that_it_merges_and_one_that_does_is_none()
    {
        await using var repository = await GitRepository.CreateAsync();
        var main = await repository.CommitAsync(("a", "1"));
        var head = await repository.CommitOnTopAsync(("a", "2"));
        var same = await MergeAsync($"{head}^{{tree}}", main, head);
        var again = await MergeAsync($"{head}^{{tree}}", main, same);
        var other = await MergeAsync($"{main}^{{tree}}", head, same);
        await using var objects = new GitObjects(repository.Path);
        Assert.Equal([again, same, head.Value], await EqualCommits.OfAsync(objects, again, TestContext.Current.CancellationToken));
        Assert.Equal([other], await EqualCommits.OfAsync(objects, other, TestContext.Current.CancellationToken));
        Assert.Equal([Commit.Value], await EqualCommits.OfAsync(objects, Commit.Value, TestContext.Current.CancellationToken));

        // The branch's own line: where the head was merged, and not where the line it came from ends.
        var ct = TestContext.Current.CancellationToken;
        var side = await repository.CommitAsync(("a", "3"));
        var merge = CommitId.Parse(await MergeAsync($"{side}^{{tree}}", head, side));
        var later = CommitId.Parse(await MergeAsync($"{side}^{{tree}}", merge));
        foreach (var (merged, canonical, result) in new[]
        {
            (side, later, merge), (side, merge, merge), (head, later, head), (head, head, head), (side, head, side),
        }) Assert.Equal(result, await MergeResult.FindAsync(repository.Path, merged, canonical, ct));
        Assert.Equal(side, await MergeResult.FindAsync(repository.Path, side, head: null, ct));

        async Task<string> MergeAsync(string tree, params object[] parents)
            => (await GitCommand.RunAsync(
                repository.Path,
                ["-c", "user.name=T", "-c", "user.email=t@auxo.test", "commit-tree", tree, "-m", "merge",
                    .. parents.SelectMany(static parent => new[] { "-p", parent.ToString()! })],
                TestContext.Current.CancellationToken)).Trim();
    }

    private static Build Ended(Outcome outcome, DateTimeOffset at)
        => Fold(Waiting, FinishBuild.Decide(Waiting, outcome, reason: null, by: null, NoLinks, at).Events);
}
