using Auxo.Api;

namespace Auxo.Cli.Tests;

public sealed class AmountsTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1 KiB")]
    [InlineData(4_200_000, "4 MiB")]
    [InlineData(1_048_575, "1 MiB")] // Never 1024 of a unit.
    [InlineData(10L << 30, "10 GiB")]
    [InlineData(1_500L << 40, "1500 TiB")]
    public void a_size_is_in_the_units_in_which_limits_are_set(long bytes, string words) => Assert.Equal(words, Amounts.Size(bytes));
}
