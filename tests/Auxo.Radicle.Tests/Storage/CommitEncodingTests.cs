using System.Text;

namespace Auxo.Radicle.Tests.Storage;

public sealed class CommitEncodingTests
{
    [Theory]
    [InlineData("ISO-8859-1", "Grüße von Jürgen", "Jürgen")]
    [InlineData("windows-1251", "Привет", "Юрий")]
    [InlineData("UTF-8", "Grüße", "Jürgen")]
    public void a_title_is_read_in_the_encoding_that_the_commit_names(string encoding, string title, string author)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var commit = CommitObject.Parse(Encoding.GetEncoding(encoding).GetBytes(Raw($"encoding {encoding}\n", title, author)));
        Assert.Equal((title, author), (commit.Title, commit.AuthorName));
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-7")]
    [InlineData("no such thing")]
    public void an_encoding_that_makes_no_sense_breaks_nothing(string encoding)
        => Assert.NotNull(CommitObject.Parse(Encoding.UTF8.GetBytes(Raw($"encoding {encoding}\n", "title", "name"))).Title);

    [Fact]
    public void without_an_encoding_it_is_utf_8()
        => Assert.Equal("Grüße", CommitObject.Parse(Encoding.UTF8.GetBytes(Raw("", "Grüße", "x"))).Title);

    private static string Raw(string header, string title, string author)
        => $"tree {new string('1', 40)}\nauthor {author} <a@b> 1700000000 +0000\n"
            + $"committer {author} <a@b> 1700000000 +0000\n{header}\n{title}\n\nbody\n";
}
