namespace Auxo.Owners.Tests;

/// <summary>What GitHub's documentation says, and what is known to happen there.</summary>
public sealed class GitHubSyntaxTests
{
    [Theory]
    [InlineData("*", "a", "a/b", "a/b/c.js")]
    [InlineData("*.js", "a.js", "a/b.js", "a/b.js/c")]
    [InlineData("name", "name", "name/a", "x/name", "x/name/a/b")]
    [InlineData("/name", "name", "name/a/b")]
    [InlineData("name/", "name/a", "x/name/a", "x/name/a/b")]
    [InlineData("/name/", "name/a", "name/a/b")]
    [InlineData("one/two", "one/two", "one/two/a")]
    [InlineData("one/two/", "one/two/a", "one/two/a/b")]
    [InlineData("docs/*", "docs/a.md", "docs/b")]
    [InlineData("/*", "a", "b.md")]
    [InlineData("/*/", "a/b", "a/b/c")]
    [InlineData("docs/*.md", "docs/a.md")]
    [InlineData("a/*/c", "a/b/c", "a/b/c/d")]
    [InlineData("n*", "name", "name/a", "x/new")]
    [InlineData("n?me", "name", "x/nome")]
    [InlineData(@"n\*e", "n*e")]
    [InlineData(@"with\ space/", "with space/a")]
    [InlineData("**/logs", "logs/a", "build/logs/a", "deeply/nested/logs")]
    [InlineData("**/*part*", "part", "a/apart", "a/b/party/c")]
    [InlineData("a/**", "a/b", "a/b/c")]
    [InlineData("a/**/z", "a/z", "a/b/z", "a/b/c/z/y")]
    [InlineData("a/**/", "a/b", "a/b/c")]
    [InlineData("**", "a", "a/b")]
    [InlineData("größe?", "größe😀")]
    public void a_pattern_is_about_these_paths(string pattern, params string[] paths)
    {
        var file = Texts.Owners($"{pattern} @owner");
        Assert.Empty(file.Problems);
        Assert.All(paths, path => Assert.Equal("@owner", file.Of(path, "-")));
    }

    [Theory]
    [InlineData("*.js", "a.jsx", "js")]
    [InlineData("name", "names", "name.txt", "x/names/a")]
    [InlineData("/name", "x/name", "x/name/a")]
    [InlineData("name/", "name", "x/name")]
    [InlineData("one/two", "x/one/two", "one/twos", "one/x/two")]
    [InlineData("docs/*", "docs/a/b.md", "docs", "x/docs/a")]
    [InlineData("/*", "a/b")]
    [InlineData("/*/", "a")]
    [InlineData("docs/*.md", "docs/a/b.md", "docs/a.txt")]
    [InlineData("a/*/c", "a/c", "a/b/b/c")]
    [InlineData("n?me", "nme", "noome")]
    [InlineData(@"n\*e", "name")]
    [InlineData("a/**", "a", "x/a/b")]
    [InlineData("a/**/z", "x/a/z", "a/zz")]
    [InlineData("README.md", "readme.md", "Readme.md")]
    public void and_not_about_those(string pattern, params string[] paths)
    {
        var file = Texts.Owners($"{pattern} @owner");
        Assert.All(paths, path => Assert.Equal("-", file.Of(path, "-")));
    }

    [Fact]
    public void the_last_line_that_matches_counts_alone()
    {
        var file = Texts.Owners("""
            *       @all one@example.org
            *.js    @js @org/front-end   # they know why
            /apps/  @apps
            /apps/github
            /apps/github/doctocat @cat
            """);
        Assert.Empty(file.Problems);
        Assert.Equal("@all one@example.org", file.Of("README", "-"));
        Assert.Equal("@js @org/front-end", file.Of("lib/a.js", "-"));
        Assert.Equal("@apps", file.Of("apps/a.js", "-"));
        Assert.Equal("-", file.Of("apps/github/a.js", "-"));
        Assert.NotEmpty(file.Of("apps/github/a.js"));
        Assert.Equal("@cat", file.Of("apps/github/doctocat", "-"));
    }

    [Theory]
    [InlineData("!*.js @a", "'!'")]
    [InlineData("[ab].js @a", "'['")]
    [InlineData(@"\#file @a", "'#'")]
    [InlineData("*.js a", "'a' is no owner")]
    [InlineData("*.js @a b@", "'b@' is no owner")]
    [InlineData("*.js @", "'@' is no owner")]
    [InlineData("*.js @@maintainer", "'@@maintainer' is no owner")]
    [InlineData("*.js did:key:z6Mkx", "is no owner")]
    [InlineData("/ @a", "'/' is no pattern")]
    public void a_line_that_cannot_be_read_has_no_effect_and_is_told(string line, string told)
    {
        var file = Texts.Owners($"* @all\n{line}\n");
        var problem = Assert.Single(file.Problems);
        Assert.Equal((2, true), (problem.Line, problem.IsError));
        Assert.Contains(told, problem.Message, StringComparison.Ordinal);
        Assert.Equal("@all", file.Of("x.js", "-"));
    }

    [Fact]
    public void a_key_is_an_owner()
        => Assert.Equal("did:key:z6MktULudTtAsAhRegYPiZ6631RV3viv12qd4GQF8z1xB22S",
            Texts.Owners("* did:key:z6MktULudTtAsAhRegYPiZ6631RV3viv12qd4GQF8z1xB22S").Of("a", "-"));
}
