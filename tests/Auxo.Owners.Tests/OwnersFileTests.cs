using System.Text;

namespace Auxo.Owners.Tests;

public sealed class OwnersFileTests
{
    [Theory]
    [InlineData("CODEOWNERS", "* @a", OwnersSyntax.GitHub)]
    [InlineData("CODEOWNERS", "* @a\n[Docs]\n", OwnersSyntax.GitLab)]
    [InlineData("CODEOWNERS", "* @a\n^[Docs][2] @b\r\n", OwnersSyntax.GitLab)]
    [InlineData("CODEOWNERS", "[ab]c @a", OwnersSyntax.GitHub)]
    [InlineData(".github/CODEOWNERS", "[Docs]", OwnersSyntax.GitHub)]
    [InlineData(".gitlab/CODEOWNERS", "* @a", OwnersSyntax.GitLab)]
    [InlineData(".forgejo/CODEOWNERS", "* @a", OwnersSyntax.Forgejo)]
    [InlineData(".gitea/CODEOWNERS", "* @a", OwnersSyntax.Forgejo)]
    [InlineData("docs/CODEOWNERS", "# auxo: syntax=forgejo\n.* @a", OwnersSyntax.Forgejo)]
    [InlineData(".github/CODEOWNERS", ".* @a\r\n#auxo: syntax = Forgejo", OwnersSyntax.Forgejo)]
    public void a_file_says_whose_syntax_it_is(string path, string text, OwnersSyntax syntax)
    {
        Assert.Equal(syntax, Texts.Owners(text, path: path).Syntax);
        Assert.Equal(OwnersSyntax.GitLab, Texts.Owners(text, OwnersSyntax.GitLab, path).Syntax);
    }

    [Fact]
    public void line_ends_and_a_mark_make_no_difference()
    {
        byte[] marked = [.. Encoding.UTF8.Preamble, .. "# all\r\n* @a\r\n\r\n/docs/ @b\r\n"u8];
        var file = OwnersFile.Read("CODEOWNERS", marked);
        Assert.Empty(file.Problems);
        Assert.Equal([2, 4], file.Rules.Select(static r => r.Line));
        Assert.Equal("@b", file.Of("docs/x", "-"));
    }

    [Fact]
    public void a_zero_byte_spoils_its_line_and_no_other()
    {
        var file = Texts.Owners("* @a\n/d\0ocs/ @b\n");
        Assert.Equal(2, Assert.Single(file.Problems).Line);
        Assert.Equal("@a", file.Of("docs/x", "-"));
        Assert.NotEmpty(OwnersFile.Read("CODEOWNERS", Encoding.Unicode.GetBytes("* @a\n")).Problems);
    }

    [Fact]
    public void a_megabyte_is_read_and_more_than_three_are_not()
    {
        var text = new StringBuilder("* @all\n");
        while (text.Length < 1 << 20) text.Append("/folder/").Append(text.Length).Append("/ @team-").Append(text.Length).Append(
            '\n');
        var file = Texts.Owners(text.ToString());
        Assert.Empty(file.Problems);
        Assert.StartsWith("@team-", file.Of(file.Rules[^1].Pattern.Trim('/') + "/x", "-"), StringComparison.Ordinal);
        Assert.Equal("@all", file.Of("README", "-"));
        var huge = OwnersFile.Read("CODEOWNERS", new byte[OwnersFile.MostBytes + 1]);
        Assert.True(Assert.Single(huge.Problems) is { Line: 0, IsError: true });
    }

    [Fact]
    public void of_many_problems_the_first_are_told()
    {
        var file = Texts.Owners(string.Concat(Enumerable.Repeat("* nobody\n", 5000)));
        Assert.Equal(201, file.Problems.Count);
        Assert.Contains("more problems", file.Problems[^1].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OwnersSyntax.GitHub, ".github/CODEOWNERS")]
    [InlineData(OwnersSyntax.GitLab, "CODEOWNERS")]
    [InlineData(OwnersSyntax.Forgejo, "CODEOWNERS")]
    [InlineData(null, ".github/CODEOWNERS")]
    public void every_forge_has_its_own_order_of_places(OwnersSyntax? syntax, string first)
        => Assert.Equal(first, OwnersPlaces.Of(syntax)[0]);

    [Fact]
    public void a_change_has_the_owners_of_its_files()
    {
        var file = Texts.Owners("*.md @docs\n/src/ @dev @docs\n");
        var change = OwnersOfChange.Count(file, ["a.md", "src/a", "src/b", "x"]);
        Assert.Equal([("@docs", 3), ("@dev", 2)], change.Owners);
        Assert.Equal(1, change.Unowned);
    }
}
