namespace Auxo.Owners.Tests;

/// <summary>What Forgejo's and Gitea's documentation says.</summary>
public sealed class ForgejoSyntaxTests
{
    [Theory]
    [InlineData(@".*\\.go @a", "x/y.go", "x/ygo")]
    [InlineData(@"frontend/src/.*\\.js @a", "frontend/src/a/b.js", "x/frontend/src/a.js")]
    [InlineData(@"docs/(aws|google|azure)/[^/]*\\.(md|txt) @a", "docs/aws/a.md", "docs/aws/b/a.md")]
    [InlineData(@"\#path @a", "#path", "path")]
    [InlineData(@"path\ with\ spaces/.* @a", "path with spaces/x", "path")]
    [InlineData(@"path/with\\+plus @a", "path/with+plus", "path/withhplus")]
    [InlineData("docs @a", "docs", "docs/a")]
    [InlineData("ab*c @a", "ac", "abx")]
    [InlineData("a|b @a", "ax", "cb/x")]
    [InlineData("a(b|c)d @a", "acd", "ad")]
    [InlineData("[]a]x @a", "]x", "bx")]
    [InlineData("(?i)readme @a", "README", "read")]
    [InlineData("a{2}b @a", "aab", "ab")]
    [InlineData("x[^/]+y @a", "xay", "x/y")]
    [InlineData("(?P<name>a|b)c @a", "bc", "c")]
    public void an_expression_is_about_whole_paths(string line, string about, string notAbout)
    {
        var file = Texts.Owners(line, OwnersSyntax.Forgejo);
        Assert.Empty(file.Problems);
        Assert.Equal("@a", file.Of(about, "-"));
        Assert.Equal("-", file.Of(notAbout, "-"));
    }

    [Fact]
    public void all_lines_that_match_count_and_an_exclamation_mark_turns_one_around()
    {
        var file = Texts.Owners("""
            .* @all
            .*\\.go @go @org/team # This is a comment
            !src/.* @outside
            """, path: ".forgejo/CODEOWNERS");
        Assert.Equal(OwnersSyntax.Forgejo, file.Syntax);
        Assert.Equal("@all @go @org/team", file.Of("src/a.go", "-"));
        Assert.Equal("@all @outside", file.Of("README", "-"));
    }

    [Theory]
    [InlineData("( @a", "no regular expression")]
    [InlineData(@"(a)\\1 @a", "no regular expression")]
    [InlineData("(?=a)b @a", "looks around")]
    [InlineData(@"(?<=a)b @a", "looks around")]
    [InlineData(@"(?<n>a)\\k<n> @a", "looks around")]
    [InlineData("((a{100}){100}){100} @a", "more than 1000 times")]
    [InlineData("a{1001} @a", "more than 1000 times")]
    [InlineData("a b", "'b' is no owner")]
    [InlineData("a", "no owner")]
    [InlineData("! @a", "no pattern")]
    public void what_is_not_right_is_told_and_not_used(string line, string told)
    {
        var file = Texts.Owners(line, OwnersSyntax.Forgejo);
        Assert.Contains(told, file.Problems[0].Message, StringComparison.Ordinal);
        Assert.Empty(file.Rules);
    }

    /// <summary>With an engine that tries every way this would not end.</summary>
    [Fact]
    public void no_expression_is_a_trap()
        => Assert.Equal("-", Texts.Owners("(a*)*b @a", OwnersSyntax.Forgejo).Of(new string('a', 4000), "-"));
}
