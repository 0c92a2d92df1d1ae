using Auxo.Contracts;
using Auxo.Metrics.Facts;
using Auxo.Metrics.Histories;

using static Auxo.Metrics.Tests.Messages.SampleMessages;

namespace Auxo.Metrics.Tests.Dora;

/// <summary>When a change began, and when nobody can know.</summary>
public sealed class LeadTimeTests
{
    private static readonly Rid Rid = Ids.Rid("lead");
    private static readonly object[] Start = [Pushed(Rid, null, ["c0"], -1, null, BroughtGap.FirstSeen), Built(Rid, "c0", 0)];

    [Fact]
    public void a_push_counts_from_the_earliest_author_time_of_its_commits()
        => Assert.Equal(73, Lead(Pushed(Rid, "c0", ["b", "a"], 1, -71), Built(Rid, "b", 2))["b"]);

    [Fact]
    public void the_stages_of_a_push_are_its_writing_and_its_deployment()
    {
        var change = Measured.Of([.. Start, Pushed(Rid, "c0", ["b", "a"], 1, -71), Built(Rid, "b", 2)]).History.Production.Changes.Single();

        Assert.Equal((72, 0, 1), (change.Coding.TotalHours, change.Review.TotalHours, change.Deploy.TotalHours));
    }

    [Fact]
    public void a_push_beside_a_patch_counts_where_it_is_older()
    {
        object[] patch = [Opened(Rid, "p", 0.5), Merged(Rid, "p", "m", 1)];
        var young = Pushed(Rid, "c0", ["m", "a"], 1, 0.5) with { Patches = [Ids.Patch("p")] };
        var old = Pushed(Rid, "c0", ["m", "a"], 1, -100) with { Patches = [Ids.Patch("p")] };

        Assert.Equal([1.5], Lead([.. patch, young, Built(Rid, "m", 2)]).Values);
        Assert.Equal([1.5, 102], Lead([.. patch, old, Built(Rid, "m", 2)]).Values.Order());
    }

    [Fact]
    public void a_merge_that_came_inside_of_a_push_belongs_to_it()
        => Assert.Equal([1.5], Lead(
            Opened(Rid, "p", 0.5), Merged(Rid, "p", "a", 9), Pushed(Rid, "c0", ["b", "a"], 1, 0.5), Built(Rid, "b", 2)).Values);

    [Theory]
    [InlineData(null, BroughtGap.HistoryRewritten, Gap.HistoryRewritten)]
    [InlineData(null, BroughtGap.ObjectsMissing, Gap.ObjectsMissing)]
    [InlineData(null, BroughtGap.TooManyCommits, Gap.TooManyCommits)]
    [InlineData(24.0 * 365, null, Gap.ClockSkew)]
    [InlineData(24.0 * -20_000, null, Gap.ImpossibleTime)]
    public void what_cannot_be_known_is_null_with_a_reason(double? first, BroughtGap? gap, Gap reason)
    {
        var measured = Measured.Of([.. Start, Pushed(Rid, "c0", ["b", "a"], 1, first, gap), Built(Rid, "b", 2)]);

        Assert.Empty(measured.LeadHours);
        Assert.Equal(reason, measured.Untimed[Ids.Commit("b").Value]);
        Assert.Equal((null, "nobody knows when the deployed changes began"),
            (measured.Report.ChangeLeadTime.Time.P50Seconds, measured.Report.ChangeLeadTime.Reason));
    }

    [Fact]
    public void the_first_head_is_where_counting_begins()
        => Assert.Equal(Gap.BeginningUnknown, Measured.Of(Start).Untimed[Ids.Commit("c0").Value]);

    [Fact]
    public void a_clock_that_is_a_little_ahead_is_set_back_to_ours()
        => Assert.Equal(1, Lead(Pushed(Rid, "c0", ["b"], 1, 1.01), Built(Rid, "b", 2))["b"]);

    [Fact]
    public void a_patch_of_an_impossible_time_has_no_lead_time()
    {
        var measured = Measured.Of([
            .. Start, Opened(Rid, "p", 0.5, authored: 24.0 * -20_000), Merged(Rid, "p", "b", 1),
            Advanced(Rid, "c0", "b", 1, null, "p"), Built(Rid, "b", 2)]);

        Assert.Equal(Gap.ImpossibleTime, measured.Untimed[Ids.Patch("p").Value]);
    }

    [Fact]
    public void a_branch_that_is_set_back_brings_no_change()
    {
        var measured = Measured.Of([.. Start, Pushed(Rid, "c0", ["b", "a"], 1, 0), Built(Rid, "b", 2),
            Advanced(Rid, "b", "a", 3) with { Brought = new BroughtCommits([], null, BroughtGap.HistoryRewritten, [], [Ids.Commit("b")]) },
            Built(Rid, "a", 4)]);

        Assert.Equal([(Oid)Ids.Commit("b")], measured.LeadHours.Keys);
        Assert.Equal(3, measured.Report.DeploymentFrequency.N);
        Assert.Equal([Ids.Commit("c0").Value], measured.Untimed.Keys);
    }

    [Fact]
    public void what_is_gone_from_the_branch_before_it_went_live_is_no_change_and_a_patch_that_stayed_is_one()
    {
        var rewritten = Pushed(Rid, "b", ["e"], 2, null, BroughtGap.HistoryRewritten);
        object[] pushes =
        [
            Opened(Rid, "p", 0.5), Merged(Rid, "p", "a", 1), Pushed(Rid, "c0", ["b", "a"], 1, 0.5),
            rewritten with { Brought = rewritten.Brought! with { Dropped = [Ids.Commit("b")] } }, Built(Rid, "e", 3),
        ];

        Assert.Equal([2.5], Lead(pushes).Values);
        Assert.Empty(Lead([.. pushes[2..]]));
        // A build of what is gone that passes later deploys nothing.
        Assert.Equal(2, Measured.Of([.. Start, .. pushes, Built(Rid, "b", 4)]).Report.DeploymentFrequency.N);
    }

    [Fact]
    public void a_head_of_an_older_version_counts_from_its_own_time()
        => Assert.Equal(1, Lead(Advanced(Rid, "c0", "b", 1), Built(Rid, "b", 2))["b"]);

    private static Dictionary<string, double> Lead(params object[] then)
    {
        string[] names = ["a", "b", "m"];
        return Measured.Of([.. Start, .. then]).LeadHours.ToDictionary(
            l => names.SingleOrDefault(n => (Oid)Ids.Commit(n) == l.Key) ?? "a patch", static l => l.Value);
    }
}
