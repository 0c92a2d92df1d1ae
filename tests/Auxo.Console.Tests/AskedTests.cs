using Auxo.Console.Parts;

namespace Auxo.Console.Tests;

/// <summary>For which time numbers are asked.</summary>
public sealed class AskedTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void nothing_asked_is_the_usual_window_until_now() => Assert.Equal(new Asked(90, null, null), Asked.Of(null, "", 90, Now));

    [Fact]
    public void a_day_means_its_end_and_is_shown_again()
    {
        var asked = Asked.Of("30", "2026-11-01", 90, Now);
        Assert.Equal((30, new DateTimeOffset(2026, 11, 2, 0, 0, 0, TimeSpan.Zero), null), (asked.Days, asked.AsOf, asked.Problem));
        Assert.Equal("2026-11-01", asked.Day);
        Assert.Equal(asked, Asked.Of("30", asked.Instant, 90, Now));
    }

    [Theory]
    [InlineData("2026-11-23")]
    [InlineData("9999-12-31")]
    [InlineData("2026-11-23T12:00:01Z")]
    public void today_and_the_future_are_now(string asOf) => Assert.Null(Asked.Of(null, asOf, 90, Now).AsOf);

    [Theory]
    [InlineData("0", "")]
    [InlineData("3661", "")]
    [InlineData("-1", "")]
    [InlineData("many", "")]
    [InlineData("30", "yesterday")]
    public void what_cannot_be_read_is_said(string days, string asOf)
    {
        var asked = Asked.Of(days, asOf, 90, Now);
        Assert.NotNull(asked.Problem);
        Assert.Null(asked.AsOf);
        Assert.InRange(asked.Days, 30, 90);
    }

    [Fact]
    public void an_address_asks_the_same_again()
        => Assert.Equal("days=7&asOf=2026-11-02T00%3A00%3A00.0000000%2B00%3A00", Asked.Of("7", "2026-11-01", 90, Now).Query);
}
