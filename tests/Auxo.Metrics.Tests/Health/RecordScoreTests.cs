using Auxo.Metrics.Health;

using static Auxo.Metrics.Tests.Health.HealthSamples;

namespace Auxo.Metrics.Tests.Health;

/// <summary>When a score is kept, and when people are told.</summary>
public sealed class RecordScoreTests
{
    [Fact]
    public void the_first_score_is_kept_and_nobody_is_told()
    {
        var (scored, changed) = RecordScore.Decide(null, Report(82));

        Assert.Equal((82, HealthBand.Good), (scored!.Score, scored.Told));
        Assert.Null(changed);
    }

    [Fact]
    public void the_same_score_is_kept_once_a_day()
    {
        var last = RecordScore.Decide(null, Report(82)).Scored;

        Assert.Null(RecordScore.Decide(last, Report(82, Now.AddHours(1))).Scored);
        Assert.NotNull(RecordScore.Decide(last, Report(82, Now.AddDays(1))).Scored);
        Assert.NotNull(RecordScore.Decide(last, Report(83, Now.AddHours(1))).Scored);
    }

    [Theory]
    [InlineData(70, 69, false)]
    [InlineData(70, 68, true)]
    [InlineData(69, 70, false)]
    [InlineData(69, 71, false)]
    [InlineData(69, 72, true)]
    [InlineData(95, 30, true)]
    [InlineData(51, 49, false)]
    [InlineData(51, 48, true)]
    public void another_band_is_told_when_the_score_is_well_in_it(int before, int now, bool told)
    {
        var last = RecordScore.Decide(null, Report(before)).Scored;

        var changed = RecordScore.Decide(last, Report(now, Now.AddMinutes(5))).Changed;

        Assert.Equal(told, changed is not null);
        if (changed is not null) Assert.Equal((now, before), (changed.Score, changed.Before));
    }

    [Fact]
    public void a_score_that_swings_around_a_border_is_told_once()
    {
        HealthEvent.Scored? last = null;
        var told = 0;
        for (var i = 0; i < 100; i++)
        {
            var (scored, changed) = RecordScore.Decide(last, Report(i % 2 == 0 ? 70 : 69, Now.AddMinutes(i)));
            last = scored ?? last;
            if (changed is not null) told++;
        }

        Assert.Equal(0, told);
    }

    [Fact]
    public void a_clock_that_was_set_back_keeps_nothing()
    {
        var last = RecordScore.Decide(null, Report(82)).Scored;

        Assert.Equal((null, null), RecordScore.Decide(last, Report(10, Now.AddYears(-3))));
    }

    [Fact]
    public void a_day_has_the_last_score_of_it()
    {
        var health = new RepositoryHealth();
        foreach (var (score, at) in ((int, DateTimeOffset)[])[(50, Now), (60, Now.AddHours(1)), (70, Now.AddDays(1)), (1, Now.AddDays(-9))])
            health = health.Apply(new HealthEvent.Scored(score, 1, [], [], HealthBand.Good, at));

        Assert.Equal([60, 70], health.Days.Select(static d => d.Score));
    }

    private static HealthReport Report(int score, DateTimeOffset? at = null) => new(
        Heartwood, "sample", score, HealthScore.BandOf(score), null, 100, [], [], [], [], null, at ?? Now, 2, HealthScore.Ruling);
}
