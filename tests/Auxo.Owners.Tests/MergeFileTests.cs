using System.Text;

namespace Auxo.Owners.Tests;

public sealed class MergeFileTests
{
    [Theory]
    [InlineData("owners: required\n", true)]
    [InlineData("# who must accept\r\nowners: 'required'\r\n", true)]
    [InlineData("owners: off\n", false)]
    [InlineData("", false)]
    [InlineData("# nothing\n", false)]
    [InlineData("---\n", false)]
    public void the_setting_is_read(string text, bool required)
    {
        var file = Read(text);
        Assert.Empty(file.Problems);
        Assert.Equal(required, file.OwnersRequired);
    }

    [Theory]
    [InlineData("owners: yes\n", 1, "owners: required")]
    [InlineData("owners: Required\n", 1, "owners: required")]
    [InlineData("owners: [required]\n", 1, "owners: required")]
    [InlineData("owners:\n", 1, "owners: required")]
    [InlineData("required\n", 1, "owners: required")]
    [InlineData("- owners: required\n", 1, "owners: required")]
    [InlineData("owners: required\nowner: off\n", 2, "only 'owners' is known")]
    [InlineData("owners: required\nowners: off\n", 2, "twice")]
    [InlineData("owners: required\n---\nowners: off\n", 1, "must end")]
    [InlineData("{[]: a}\n", 1, "only 'owners' is known")]
    [InlineData("owners: \"required\n", 1, "no YAML")]
    [InlineData("owners: required\n\tx: y\n", 1, "no YAML")]
    public void what_is_not_understood_is_told_and_never_taken_for_off(string text, int line, string told)
    {
        var file = Read(text);
        var problem = Assert.Single(file.Problems);
        Assert.True(problem.IsError);
        Assert.Equal(line, problem.Line);
        Assert.Contains(told, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void a_huge_and_a_deep_file_are_told_too()
    {
        var huge = Assert.Single(Read(new string('#', MergeFile.MostBytes + 1)).Problems);
        Assert.Contains("larger than", huge.Message, StringComparison.Ordinal);
        Assert.Single(Read("owners: " + new string('[', 60_000)).Problems);
    }

    private static MergeFile Read(string text) => MergeFile.Read(Encoding.UTF8.GetBytes(text));
}
