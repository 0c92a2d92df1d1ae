using Auxo.Cli.Output;

namespace Auxo.Cli.Tests;

public sealed class DurationTests
{
    [Theory]
    [InlineData(0.04, "0.0 s")]
    [InlineData(0.96, "1.0 s")]
    [InlineData(9.94, "9.9 s")]
    [InlineData(9.96, "10 s")]
    [InlineData(12.6, "13 s")]
    [InlineData(59.4, "59 s")]
    [InlineData(59.6, "1 min")]
    [InlineData(90.0, "1 min 30 s")]
    [InlineData(200.0, "3 min 20 s")]
    [InlineData(3599.4, "59 min 59 s")]
    [InlineData(3599.6, "1 h")]
    [InlineData(7260.0, "2 h 1 min")]
    [InlineData(86_399.0, "1 day")]
    [InlineData(90_000.0, "1 day 1 h")]
    [InlineData(171_000.0, "2 days")]
    [InlineData(644_160.0, "7 days 11 h")]
    public void durations_read_at_a_glance_and_never_show_60_of_a_unit(double seconds, string expected)
        => Assert.Equal(expected, Duration.Of(seconds));

    [Fact]
    public void what_is_not_known_and_what_is_below_zero_is_empty()
        => Assert.Equal(("", ""), (Duration.Of(null), Duration.Of(-0.5)));
}
