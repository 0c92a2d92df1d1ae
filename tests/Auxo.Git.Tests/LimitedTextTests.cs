namespace Auxo.Git.Tests;

public sealed class LimitedTextTests
{
    [Theory]
    [InlineData(0, true)]
    [InlineData(20_000, true)]
    [InlineData(20_001, false)]
    [InlineData(1_000_000, false)]
    public async Task more_than_the_limit_is_none_and_ends_the_program(int length, bool isRead)
    {
        var stopped = 0;
        var text = new string('x', length);
        var read = await LimitedText.ReadAsync(
            new StringReader(text), () => stopped++, TestContext.Current.CancellationToken, most: 20_000);
        Assert.Equal(isRead ? text : null, read);
        Assert.Equal(isRead ? 0 : 1, stopped);
    }
}
