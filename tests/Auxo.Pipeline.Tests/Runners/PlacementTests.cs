using Auxo.Pipeline.Runners.Placing;

namespace Auxo.Pipeline.Tests.Runners;

/// <summary>Which build begins where.</summary>
public sealed class PlacementTests
{
    private static readonly Machine Main = new("main", ["linux", "amd64"], IsReserved: false, TakesStrangers: true, Room: 1);

    [Fact]
    public void the_main_machine_is_first_and_a_runner_takes_what_it_has_no_room_for()
    {
        var (one, two, three) = (Waiting(), Waiting(), Waiting());
        Assert.Equal(
            [new Place(one.Id, null), new Place(two.Id, "far")], Placement.Decide(Main, [Runner("far", room: 1)], [one, two, three]));
    }

    [Fact]
    public void labels_are_all_wanted_and_one_that_nobody_has_holds_up_nobody()
    {
        var (gpu, other, both) = (Waiting("gpu"), Waiting("arm64"), Waiting("gpu", "linux"));
        var places = Placement.Decide(Main, [Runner("far", 5, "gpu"), Runner("near", 5, "gpu", "linux")], [other, gpu, both]);
        Assert.Equal([new Place(gpu.Id, "far"), new Place(both.Id, "near")], places);
    }

    [Fact]
    public void the_runner_with_the_most_room_is_first_and_then_the_name_decides()
    {
        var builds = new[] { Waiting("x"), Waiting("x"), Waiting("x"), Waiting("x") };
        Assert.Equal(
            ["b", "a", "b", null],
            [.. Placement.Decide(Main, [Runner("a", 1, "x"), Runner("b", 2, "x")], builds).Select(static place => place.Runner), null]);
        Assert.Equal("a", Assert.Single(Placement.Decide(Main, [Runner("b", 1, "x"), Runner("a", 1, "x")], [builds[0]])).Runner);
    }

    [Fact]
    public void a_reserved_runner_takes_only_what_asks_for_a_label()
    {
        var (any, labelled) = (Waiting(), Waiting("gpu"));
        var reserved = Runner("far", 5, "gpu") with { IsReserved = true };
        Assert.Equal([new Place(labelled.Id, "far")], Placement.Decide(Main with { Room = 0 }, [reserved], [any, labelled]));
    }

    [Fact]
    public void a_runner_that_takes_no_strangers_gets_none()
    {
        var stranger = Waiting("gpu") with { IsStrangers = true };
        Assert.Empty(Placement.Decide(Main, [Runner("far", 5, "gpu") with { TakesStrangers = false }], [stranger]));
        Assert.Single(Placement.Decide(Main, [Runner("far", 5, "gpu")], [stranger]));
    }

    [Fact]
    public void checks_alone_are_made_on_the_main_machine_whatever_the_labels()
    {
        var checks = Waiting("gpu") with { HasSteps = false };
        Assert.Equal([new Place(checks.Id, null)], Placement.Decide(Main, [Runner("far", 5, "gpu")], [checks]));
        Assert.Empty(Placement.Decide(Main with { Room = 0 }, [Runner("far", 5, "gpu")], [checks]));
    }

    [Fact]
    public void what_a_runner_works_on_already_goes_on_there_and_takes_no_room()
    {
        var (held, next) = (Waiting("gpu") with { With = "gone" }, Waiting());
        Assert.Equal(
            [new Place(held.Id, "gone"), new Place(next.Id, null)], Placement.Decide(Main, [], [held, next]));
    }

    [Theory]
    [InlineData("gpu", true)]
    [InlineData("x86_64-v3", true)]
    [InlineData("GPU", false)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a,b", false)]
    [InlineData("-a", false)]
    public void labels_are_small_words(string label, bool good) => Assert.Equal(good, RunnerLabels.Refuse(label) is null);

    private static WaitingBuild Waiting(params string[] labels)
        => new(Guid.NewGuid(), labels, IsStrangers: false, HasSteps: true, With: null);

    private static Machine Runner(string name, int room, params string[] labels)
        => new(name, labels, IsReserved: false, TakesStrangers: true, room);
}
