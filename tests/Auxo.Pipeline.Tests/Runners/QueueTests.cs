using Auxo.Pipeline.Runners.Placing;
using Auxo.Pipeline.Runners.Queue;

namespace Auxo.Pipeline.Tests.Runners;

/// <summary>Why a build waits, and when it will begin.</summary>
public sealed class QueueTests
{
    private static readonly Machine Main = new("main", ["linux"], IsReserved: false, TakesStrangers: true, Room: 0);

    [Theory]
    [InlineData("", "", "waits for room: all machines that may run it are busy")]
    [InlineData("gpu", "", "no machine has the labels gpu: auxo runner token NAME --labels gpu")]
    [InlineData("gpu", "gpu:1", "begins now")]
    [InlineData("gpu", "gpu:0", "waits for room: all machines that may run it are busy")]
    [InlineData("gpu", "gpu:1:is paused", "waits for a runner: far is paused")]
    [InlineData("gpu,linux", "gpu:1", "no machine has the labels gpu, linux: auxo runner token NAME --labels gpu,linux")]
    public void the_reason_says_what_to_do(string labels, string runner, string reason)
    {
        var parts = runner.Split(':');
        KnownMachine[] runners = runner.Length == 0 ? [] : [new KnownMachine(
            Main with { Name = "far", Labels = [parts[0]], Room = int.Parse(parts[1]) }, parts.Length > 2 ? parts[2] : null)];
        Assert.Equal(reason, WaitReason.Of(Waiting(labels), Main, runners, inGroup: false));
    }

    [Fact]
    public void a_stranger_a_group_and_checks_alone_have_reasons_of_their_own()
    {
        var picky = new KnownMachine(Main with { Name = "far", Labels = ["gpu"], TakesStrangers = false, Room = 1 }, null);
        Assert.Equal(
            "no machine with the labels gpu takes builds of authors who are not trusted",
            WaitReason.Of(Waiting("gpu") with { IsStrangers = true }, Main, [picky], inGroup: false));
        Assert.Equal("waits for an older build of its group", WaitReason.Of(Waiting(""), Main, [], inGroup: true));
        var checks = Waiting("gpu") with { HasSteps = false };
        Assert.Equal("waits for room on the main machine", WaitReason.Of(checks, Main, [picky], inGroup: false));
    }

    [Fact]
    public void each_takes_the_place_that_is_free_first()
    {
        var minute = TimeSpan.FromMinutes(1);
        var starts = StartEstimate.Of(
            [Main with { Room = 2 }, Main with { Name = "far", Labels = ["gpu"], Room = 1 }],
            [new BegunBuild("main", 2 * minute), new BegunBuild("main", 5 * minute)],
            [.. new[] { "gpu", "gpu", "linux", "linux", "arm" }.Select(label => (Waiting(label), (TimeSpan?)minute))]);
        Assert.Equal([TimeSpan.Zero, minute, 2 * minute, 3 * minute, null], starts);
    }

    [Fact]
    public void what_is_not_known_is_not_said()
    {
        Assert.Equal([null], StartEstimate.Of([Main with { Room = 1 }], [new BegunBuild("main", null)], [(Waiting(""), null)]));
        Assert.Equal(
            [TimeSpan.Zero, null], StartEstimate.Of([Main with { Room = 1 }], [], [(Waiting(""), null), (Waiting(""), TimeSpan.Zero)]));
    }

    private static WaitingBuild Waiting(string labels)
        => new(Guid.NewGuid(), labels.Split(',', StringSplitOptions.RemoveEmptyEntries), IsStrangers: false, HasSteps: true, With: null);
}
