using Auxo.Contracts;
using Auxo.Metrics.Facts;

using static Auxo.Metrics.Tests.Messages.SampleMessages;

namespace Auxo.Metrics.Tests.Dora;

/// <summary>
/// Which deployment a revert makes fail. Every situation starts with three deployments: c0, then a push of a and b, then c.
/// </summary>
public sealed class RevertTests
{
    private static readonly Rid Rid = Ids.Rid("taken");

    private static object[] Three =>
    [
        Pushed(Rid, null, ["c0", "old"], 0, null, BroughtGap.FirstSeen), Built(Rid, "c0", 1),
        Pushed(Rid, "c0", ["b", "a"], 2, 1.5), Built(Rid, "b", 3),
        Pushed(Rid, "b", ["c"], 4, 4), Built(Rid, "c", 5),
    ];

    [Fact]
    public void the_reverted_commit_need_not_be_the_head_of_its_push()
        => Assert.Equal(["b"], Failed(Pushed(Rid, "c", ["r"], 7, 7, null, Reverts("r", 7, "a")), Built(Rid, "r", 8)));

    [Fact]
    public void the_revert_need_not_be_the_head_of_its_push()
        => Assert.Equal(["b"], Failed(Pushed(Rid, "c", ["d", "r"], 7, 6, null, Reverts("r", 6, "b")), Built(Rid, "d", 8)));

    [Fact]
    public void a_patch_of_several_commits_that_another_patch_takes_back_is_one_failed_deployment()
    {
        var measured = Measured.Of([
            Advanced(Rid, null, "c0", 0), Built(Rid, "c0", 1), Opened(Rid, "bad", 1.5), Merged(Rid, "bad", "m", 2),
            Pushed(Rid, "c0", ["m", "b", "a"], 2, 1) with { Patches = [Ids.Patch("bad")] }, Built(Rid, "m", 3),
            Opened(Rid, "back", 5), Merged(Rid, "back", "rm", 6),
            Pushed(Rid, "m", ["rm", "rb", "ra"], 6, 4.5, null, Reverts("rb", 4.75, "b"), Reverts("ra", 4.5, "a")) with
            {
                Patches = [Ids.Patch("back")],
            },
            Built(Rid, "rm", 7)]);

        Assert.Equal([(Oid)Ids.Commit("m")], measured.Failed);
        Assert.Equal(2.5 * 3600, measured.Report.Recovery.Time.P50Seconds);
        Assert.Equal(1 / 3.0, measured.Report.Rework.Ratio);
    }

    [Fact]
    public void a_failure_lasts_from_the_writing_of_the_revert_until_it_is_live_and_is_open_before()
    {
        var pushed = Pushed(Rid, "c", ["d", "r"], 7, 6, null, Reverts("r", 6, "a"));

        Assert.Equal(1, Measured.Of([.. Three, pushed]).Report.Recovery.Open);
        Assert.Equal(2 * 3600, Measured.Of([.. Three, pushed, Built(Rid, "d", 8)]).Report.Recovery.Time.P50Seconds);
    }

    [Fact]
    public void a_revert_that_says_to_be_older_than_what_it_takes_back_counts_from_the_deployment_on()
        => Assert.Equal(5 * 3600, Measured.Of([.. Three, Pushed(Rid, "c", ["r"], 7, 6, null, Reverts("r", -100, "a")), Built(Rid, "r", 8)])
            .Report.Recovery.Time.P50Seconds);

    [Fact]
    public void what_never_went_live_failed_nobody()
    {
        // In the same push; in one that came before it and was not deployed; and when that is not live even now.
        Assert.Empty(Failed(Pushed(Rid, "c", ["r", "d"], 7, 6, null, Reverts("r", 7, "d")), Built(Rid, "r", 8)));
        object[] apart = [Pushed(Rid, "c", ["d"], 6, 6), Pushed(Rid, "d", ["r"], 7, 7, null, Reverts("r", 7, "d"))];
        Assert.Empty(Failed([.. apart, Built(Rid, "r", 8)]));
        Assert.Empty(Failed(apart));
        Assert.Equal(0, Measured.Of([.. Three, .. apart]).Report.ChangeFailRate.Unattributed);
    }

    [Fact]
    public void a_revert_of_a_revert_brings_something_again_and_that_it_can_break_again()
    {
        object[] again =
        [
            Pushed(Rid, "c", ["r1"], 6, 6, null, Reverts("r1", 6, "a")), Built(Rid, "r1", 7),
            Pushed(Rid, "r1", ["r2"], 8, 8, null, Reverts("r2", 8, "r1")), Built(Rid, "r2", 9),
        ];
        Assert.Equal(["b"], Failed(again));
        Assert.Equal(1 / 5.0, Measured.Of([.. Three, .. again]).Report.Rework.Ratio);

        // Taken back once more, by either name: that is on those who brought it again.
        foreach (var named in new[] { "r2", "a" })
            Assert.Equal(["b", "r2"], Failed([
                .. again, Pushed(Rid, "r2", ["r3"], 10, 10, null, Reverts("r3", 10, named)), Built(Rid, "r3", 11)]));
    }

    [Fact]
    public void a_revert_of_a_revert_whose_own_target_is_unknown_is_known_by_the_title_of_what_it_takes_back()
    {
        var unknown = new CommitRevert(Ids.Commit("r1"), "Revert \"Something long gone\"", At(6), []);
        Assert.Empty(Failed(
            Pushed(Rid, "c", ["r1"], 6, 6, null, unknown), Built(Rid, "r1", 7),
            Pushed(Rid, "r1", ["r2"], 8, 8, null, Reverts("r2", 8, "r1")), Built(Rid, "r2", 9)));
    }

    [Fact]
    public void a_revert_of_a_merge_takes_back_the_push_that_brought_the_merge()
        => Assert.Equal(["m"], Failed(
            Pushed(Rid, "c", ["m", "side2", "side1"], 6, -50), Built(Rid, "m", 7),
            Pushed(Rid, "m", ["r"], 8, 8, null, Reverts("r", 8, "m")), Built(Rid, "r", 9)));

    [Fact]
    public void a_revert_of_several_commits_makes_each_of_their_deployments_fail()
    {
        var measured = Measured.Of([.. Three, Pushed(Rid, "c", ["r"], 7, 7, null, Reverts("r", 7, "c", "b", "a")), Built(Rid, "r", 8)]);

        Assert.Equal([(Oid)Ids.Commit("b"), Ids.Commit("c")], measured.Failed);
        Assert.Equal(2, measured.History.Failures.Select(static f => f.Id).Distinct().Count());
    }

    [Fact]
    public void what_the_first_head_contained_is_on_the_first_deployment_and_what_is_older_than_that_on_nobody()
    {
        Assert.Equal(["c0"], Failed(Pushed(Rid, "c", ["r"], 7, 7, null, Reverts("r", 7, "old")), Built(Rid, "r", 8)));

        var measured = Measured.Of([.. Three, Pushed(Rid, "c", ["r"], 7, 7, null, Reverts("r", 7, "ages ago")), Built(Rid, "r", 8)]);
        Assert.Equal((0, 1), (measured.Report.ChangeFailRate.Count, measured.Report.ChangeFailRate.Unattributed));
        Assert.Equal(1 / 4.0, measured.Report.Rework.Ratio);
    }

    [Fact]
    public void a_reported_deployment_in_the_middle_of_a_push_answers_for_the_older_part()
        => Assert.Equal(["a"], Failed(
            Deployed(Rid, "half", "a", 2.5), Pushed(Rid, "c", ["r"], 7, 7, null, Reverts("r", 7, "a")), Built(Rid, "r", 8)));

    [Fact]
    public void where_no_id_is_found_the_titles_of_commits_and_patches_decide()
    {
        Assert.Equal(["c"], Failed(Pushed(Rid, "c", ["r"], 7, 7) with { Title = "Revert \"Title of c\"" }, Built(Rid, "r", 8)));
        var inside = Pushed(Rid, "c", ["d", "r"], 7, 7, null, new CommitRevert(Ids.Commit("r"), "Revert \"Title of b\"", At(6), []));
        Assert.Equal(["b"], Failed(inside, Built(Rid, "d", 8)));
        Assert.Empty(Failed(inside with { Brought = inside.Brought! with { Gap = BroughtGap.HistoryRewritten } }, Built(Rid, "d", 8)));
    }

    [Theory]
    [InlineData("Revert \"x\"", "x")]
    [InlineData("Revert \"Revert \"x\"\"", null)]
    [InlineData("Revert \"Revert \"Revert \"x\"\"\"", "Revert \"Revert \"x\"\"")]
    [InlineData("Revert \"Reapply \"x\"\"", "Reapply \"x\"")]
    [InlineData("Reapply \"x\"", null)]
    [InlineData("Revert \"\"", null)]
    [InlineData("Revert \"x", null)]
    public void a_title_says_what_it_takes_back(string title, string? taken)
        => Assert.Equal(taken, Auxo.Metrics.Histories.RevertTitle.Taken(title));

    [Fact]
    public void a_deployment_of_a_branch_that_was_written_again_does_not_answer_for_what_is_gone()
    {
        var rewritten = Pushed(Rid, "d", ["e"], 7, null, BroughtGap.HistoryRewritten);
        var measured = Measured.Of([
            .. Three, Pushed(Rid, "c", ["d"], 6, 6), rewritten with { Brought = rewritten.Brought! with { Dropped = [Ids.Commit("d")] } },
            Built(Rid, "e", 8)]);

        Assert.Equal([(Oid)Ids.Commit("b"), Ids.Commit("c")], measured.LeadHours.Keys.OrderBy(static c => c == (Oid)Ids.Commit("c")));
        Assert.Equal(Auxo.Metrics.Histories.Gap.HistoryRewritten, measured.Untimed[Ids.Commit("e").Value]);
    }

    private static IEnumerable<string> Failed(params object[] then)
    {
        string[] names = ["c0", "old", "a", "b", "c", "d", "e", "m", "r", "r1", "r2", "r3"];
        return Measured.Of([.. Three, .. then]).Failed.Select(c => names.Single(n => (Oid)Ids.Commit(n) == c));
    }
}
