using System.Text;

using Auxo.Pipeline.Surveying;

namespace Auxo.Pipeline.Tests.Surveying;

/// <summary>Lines of source files, and those that put something off.</summary>
public sealed class SourceLinesTests
{
    [Theory]
    [InlineData("", 0, 0)]
    [InlineData("a", 1, 0)]
    [InlineData("a\n", 1, 0)]
    [InlineData("a\nb", 2, 0)]
    [InlineData("// TODO: later\n# FIXME now\n/*TODO*/\n", 3, 3)]
    [InlineData("TODO TODO FIXME", 1, 1)]
    [InlineData("TODOS\nShowTODOList\nMY_TODO\ntodo\nautofixme", 5, 0)]
    [InlineData("TODO(ann): x\n-TODO-\nTODO", 3, 3)]
    public void a_line_says_it_by_a_word_of_its_own(string text, int lines, int todos)
        => Assert.Equal((lines, todos), SourceLines.Count(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void what_is_binary_has_no_lines() => Assert.Equal((0, 0), SourceLines.Count("a\0b\nTODO\n"u8));
}
