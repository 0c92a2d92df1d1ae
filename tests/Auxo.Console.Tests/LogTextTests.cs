using Auxo.Console.Builds;

namespace Auxo.Console.Tests;

/// <summary>What a terminal would do is not done in a page.</summary>
public sealed class LogTextTests
{
    [Theory]
    [InlineData("plain\ntext\n", "plain\ntext\n")]
    [InlineData("\u001b[31mred\u001b[0m", "red")]
    [InlineData("\u001b]0;title\u0007after", "after")]
    [InlineData("\u001b]8;;http://example.org\u001b\\link\u001b]8;;\u001b\\", "link")]
    [InlineData("a\u0000b\u0007c\u007f", "abc")]
    [InlineData("10 %\r20 %\r\n", "10 %\n20 %\n")]
    [InlineData("tab\tstays", "tab\tstays")]
    [InlineData("::endgroup::", "")]
    [InlineData("##[endgroup]", "")]
    public void a_log_is_text(string printed, string shown) => Assert.Equal(shown, LogText.Plain(printed));
}
