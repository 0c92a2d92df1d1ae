using Auxo.Notify.Deliveries;

using FsCheck;
using FsCheck.Fluent;

namespace Auxo.Notify.Tests.Deliveries;

/// <summary>When to try again, and when to stop.</summary>
public sealed class RetryPolicyTests
{
    private static readonly DateTimeOffset Since = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly RetryPolicy Policy = new();
    private static readonly SendResult Failed = new SendResult.Failed { Detail = "500" };

    [Fact]
    public void without_luck_it_is_tried_thirteen_times_over_about_three_days()
    {
        var times = Times(static _ => Failed, chance: 0.5);
        Assert.Equal(13, times.Count);
        Assert.Equal([0, 1, 6, 36, 156], times.Take(5).Select(static t => t.TotalSeconds));
        Assert.InRange(times[^1], TimeSpan.FromHours(72), TimeSpan.FromHours(78));
    }

    [Theory]
    [InlineData(0.0, 800)]
    [InlineData(0.5, 1000)]
    [InlineData(1.0, 1200)]
    public void a_pause_is_a_fifth_longer_or_shorter(double chance, int milliseconds)
        => Assert.Equal(new NextStep.Again(Since.AddMilliseconds(milliseconds)), Policy.Next(Failed, 1, Since, chance, Since));

    [Fact]
    public void the_receivers_wish_is_obeyed_when_it_is_longer_and_not_for_ever()
    {
        Assert.Equal(new NextStep.Again(Since.AddMinutes(7)), Policy.Next(
            new SendResult.Failed(TimeSpan.FromMinutes(7)), 1, Since, 0.5, Since));
        Assert.Equal(new NextStep.Again(Since.AddSeconds(1)), Policy.Next(new SendResult.Failed(TimeSpan.Zero), 1, Since, 0.5, Since));
        Assert.Equal(new NextStep.Again(Since.AddHours(24)), Policy.Next(
            new SendResult.Failed(TimeSpan.FromDays(400)), 1, Since, 0.5, Since));
        Assert.Equal(TimeSpan.FromHours(24), Policy.ChannelPause([new SendResult.Failed(TimeSpan.MaxValue)], 0)!.Value.Pause);
    }

    [Fact]
    public void who_refuses_is_asked_three_times_and_who_wants_nothing_never_again()
    {
        var refused = new SendResult.Refused { Detail = "the receiver answered 404" };
        Assert.IsType<NextStep.Again>(Policy.Next(refused, 2, Since, 0.5, Since));
        Assert.Equal(new NextStep.GiveUp("refused 3 times: the receiver answered 404"), Policy.Next(refused, 3, Since, 0.5, Since));
        Assert.Equal(new NextStep.GiveUp("no"), Policy.Next(new SendResult.Impossible { Detail = "no" }, 1, Since, 0.5, Since));
        Assert.Equal(new NextStep.GiveUp("410"), Policy.Next(new SendResult.Gone { Detail = "410" }, 1, Since, 0.5, Since));
        Assert.Equal(new NextStep.Done(), Policy.Next(new SendResult.Delivered(), 99, Since, 0.5, Since.AddDays(9)));
    }

    [Fact]
    public void a_channel_in_which_nothing_arrives_is_left_alone_longer_and_longer_up_to_a_minute()
    {
        Assert.Equal([1.0, 2, 4, 8, 16, 32, 60, 60], Enumerable.Range(0, 8)
            .Select(f => Policy.ChannelPause([Failed, Failed], f)!.Value.Pause.TotalSeconds));
        Assert.Equal(TimeSpan.FromMinutes(1), Policy.ChannelPause([Failed], int.MaxValue)!.Value.Pause);
        Assert.Null(Policy.ChannelPause([Failed, new SendResult.Delivered()], 5));
        Assert.Null(Policy.ChannelPause([new SendResult.Refused()], 5));
        Assert.Null(Policy.ChannelPause([], 5));
    }

    [Fact]
    public void whatever_happens_every_schedule_stays_within_its_bounds()
    {
        var results = Gen.OneOf(
            Gen.Constant(Failed), Gen.Constant<SendResult>(new SendResult.Refused { Detail = "403" }),
            Gen.Choose(-100, 1_000_000).Select(static s => (SendResult)new SendResult.Failed(TimeSpan.FromSeconds(s))),
            Gen.Constant<SendResult>(new SendResult.Failed(TimeSpan.MaxValue))).ArrayOf(60);
        var chances = Gen.Choose(0, 1000).Select(static i => i / 1000.0).ArrayOf(60);
        Prop.ForAll(results.ToArbitrary(), chances.ToArbitrary(), static (results, chances) =>
        {
            var now = Since;
            for (var attempt = 1; attempt <= 60; attempt++)
            {
                if (Policy.Next(results[attempt - 1], attempt, Since, chances[attempt - 1],
                    now) is not NextStep.Again next) return attempt <= 13;
                if (next.At <= now || next.At > now + TimeSpan.FromHours(29) || next.At > Since + Policy.GiveUpAfter) return false;
                now = next.At;
            }

            return false;
        }).QuickCheckThrowOnFailure();
    }

    private static List<TimeSpan> Times(Func<int, SendResult> result, double chance)
    {
        var times = new List<TimeSpan> { TimeSpan.Zero };
        while (Policy.Next(result(times.Count), times.Count, Since, chance, Since + times[^1]) is NextStep.Again next) times.Add(
            next.At - Since);
        return times;
    }
}
