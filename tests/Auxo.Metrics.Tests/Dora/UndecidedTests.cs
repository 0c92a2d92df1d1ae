using Auxo.Contracts;
using Auxo.Metrics.Ci;
using Auxo.Metrics.Dora;
using Auxo.Metrics.Facts;
using Auxo.Metrics.Histories;

using static Auxo.Metrics.Tests.Messages.SampleMessages;

namespace Auxo.Metrics.Tests.Dora;

/// <summary>Where the official text leaves a choice: the answers of docs/dora.md.</summary>
public sealed class UndecidedTests
{
    private static readonly Rid Rid = Ids.Rid("choices");

    [Fact]
    public void twenty_deployments_on_one_day_are_one_day_in_the_quick_check_too()
    {
        var day = Enumerable.Range(0, 20).Select(static i => Deployed(Rid, $"d{i}", $"c{i}", i * 0.1));

        Assert.Equal(2, Measured.Of(30, day).Report.QuickCheck.DeploymentFrequency);
        Assert.Equal(4, Measured.Of(7, day).Report.QuickCheck.DeploymentFrequency);
    }

    [Theory]
    [InlineData(1, 6)]
    [InlineData(2, 8)]
    [InlineData(40, 10)]
    public void where_every_working_day_has_a_deployment_their_number_counts(int aDay, int points)
    {
        var days = Enumerable.Range(0, 5).SelectMany(day => Enumerable.Range(0, aDay).Select(
            i => Deployed(Rid, $"d{day} {i}", $"c{day} {i}", (24 * day) + (i * 0.1))));

        Assert.Equal(points, Measured.Of(7, days).Report.QuickCheck.DeploymentFrequency);
    }

    [Fact]
    public void a_failure_on_a_redeployment_of_the_same_commit_is_one_of_what_was_live()
    {
        var measured = Measured.Of(Deployed(Rid, "d1", "c1", 1), Deployed(Rid, "again", "c1", 2), Failed(Rid, "f", "again", 3));

        Assert.Equal(["d1"], measured.History.Failed.Select(static f => f.Deployment.Id));
        var rate = measured.Report.ChangeFailRate;
        Assert.Equal((1, 1, 0), (rate.N, rate.Count, rate.Unattributed));
    }

    [Fact]
    public void a_failure_that_was_dismissed_and_reopened_lasted_all_the_time()
        => Assert.Equal(5 * 3600, Recovery(Dismissed(Rid, "f", 3), Reopened(Rid, "f", 5), Recovered(Rid, "f", 7)));

    [Fact]
    public void a_failure_that_was_over_when_it_was_dismissed_and_reopened_lasted_both_times()
        => Assert.Equal(2 * 3600, Recovery(
            Recovered(Rid, "f", 3), Dismissed(Rid, "f", 4), Reopened(Rid, "f", 5), Recovered(Rid, "f", 6)));

    [Fact]
    public void of_two_recoveries_the_first_one_counts()
        => Assert.Equal(1 * 3600, Recovery(Recovered(Rid, "f", 3), Recovered(Rid, "f", 6)));

    [Fact]
    public void reopening_what_is_open_changes_nothing()
        => Assert.Equal(4 * 3600, Recovery(Reopened(Rid, "f", 4), Recovered(Rid, "f", 6)));

    [Fact]
    public void a_commit_that_failed_passed_and_failed_was_deployed_once_is_flaky_and_leaves_the_branch_red()
    {
        var measured = Measured.Of(
            Advanced(Rid, null, "c0", 0), Built(Rid, "c0", 1, Outcome.Failed), Built(Rid, "c0", 2, attempt: 2),
            Built(Rid, "c0", 3, Outcome.Failed, attempt: 3));
        var ci = MeasureCi.Ci(new DoraSeries(measured.History), new Window(At(-1), At(10)), new Calendar(TimeZoneInfo.Utc));

        Assert.Equal((1, 0), (measured.Report.DeploymentFrequency.N, measured.Report.ChangeFailRate.Count));
        Assert.Equal((1, 0), (ci.FlakyCommits, ci.Commits.Passed));
        Assert.Equal(At(3), measured.Report.DefaultBranch.RedSince);
        Assert.Equal(1, measured.Report.DefaultBranch.Mttr.N);
    }

    [Theory]
    [InlineData(Outcome.Passed, Outcome.Failed)]
    [InlineData(Outcome.Failed, Outcome.Passed)]
    public void building_an_older_commit_again_changes_nothing_of_the_branch(Outcome newer, Outcome again)
    {
        var since = Measured.Of(
            Advanced(Rid, null, "c0", 0), Built(Rid, "c0", 1), Advanced(Rid, "c0", "c1", 2), Built(Rid, "c1", 3, newer),
            Built(Rid, "c0", 4, again, attempt: 2)).Report.DefaultBranch.RedSince;
        Assert.Equal(newer == Outcome.Passed ? null : At(3), since);
    }

    [Theory]
    [InlineData(0.99, Tier.Elite)]
    [InlineData(1, Tier.High)]
    [InlineData(1.5, Tier.High)]
    [InlineData(7, Tier.Medium)]
    [InlineData(7.5, Tier.Medium)]
    [InlineData(30.5, Tier.Low)]
    public void a_lead_time_is_not_rounded_to_days(double days, Tier tier)
        => Assert.Equal(tier, Tiers.OfLeadTime(TimeSpan.FromDays(days).TotalSeconds));

    private static double? Recovery(params object[] turns)
        => Measured.Of([Deployed(Rid, "d", "c", 1), Failed(Rid, "f", "d", 2), .. turns]).Report.Recovery.Time.P50Seconds;
}
