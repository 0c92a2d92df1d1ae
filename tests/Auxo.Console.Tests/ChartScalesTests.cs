using Auxo.Console.Parts;

namespace Auxo.Console.Tests;

/// <summary>Where the marks of a chart stand.</summary>
public sealed class ChartScalesTests
{
    private static readonly DateTimeOffset From = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset To = From.AddDays(60);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(30, 0.5)]
    [InlineData(60, 1)]
    [InlineData(-5, 0)]
    [InlineData(99, 1)]
    public void a_time_stands_in_its_part_of_the_window(int days, double part)
        => Assert.Equal(part, ChartScales.Part(From.AddDays(days), From, To));

    [Fact]
    public void a_window_without_length_has_one_place() => Assert.Equal(0, ChartScales.Part(From, From, From));

    [Theory]
    [InlineData(new double[0], new double[0])]
    [InlineData(new double[] { 0 }, new double[] { 1, 10 })]
    [InlineData(new double[] { 10 }, new double[] { 1, 10 })]
    [InlineData(new double[] { 15, 400 }, new double[] { 10, 60, 600 })]
    [InlineData(new double[] { 7200, 200_000 }, new double[] { 3600, 21_600, 86_400, 604_800 })]
    [InlineData(new double[] { 1e12 }, new double[] { 2_592_000, 31_536_000 })]
    public void lines_are_named_times_around_all_values(double[] seconds, double[] lines)
        => Assert.Equal(lines, ChartScales.TimeLines(seconds));

    [Theory]
    [InlineData(1, 0)]
    [InlineData(10, 0.5)]
    [InlineData(100, 1)]
    [InlineData(0, 0)]
    [InlineData(1e9, 1)]
    public void each_tenfold_is_as_far_as_the_one_before(double seconds, double part)
        => Assert.Equal(part, ChartScales.TimePart(seconds, [1, 100]), 9);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(9, 5)]
    [InlineData(11, 10)]
    [InlineData(1000, 500)]
    public void two_steps_of_a_count_reach_the_highest(int most, int step) => Assert.Equal(step, ChartScales.CountStep(most));

    [Fact]
    public void what_is_of_one_time_is_stacked_and_failures_lie_on_top()
    {
        ChartPoint[] points =
            [Point(0, "bad"), Point(0, "good"), Point(0, "good"), Point(59.9, "good"), Point(60, "calm")];
        var bricks = ChartScales.Stack(points, From, To);
        Assert.Equal(
            [(0, 0, "good"), (0, 1, "good"), (59, 0, "good"), (59, 1, "calm"), (0, 2, "bad")],
            bricks.Select(static b => (b.Column, b.Level, b.Point.Kind)));
    }

    private static ChartPoint Point(double day, string kind) => new(From.AddDays(day), 0, kind, "", null);
}
