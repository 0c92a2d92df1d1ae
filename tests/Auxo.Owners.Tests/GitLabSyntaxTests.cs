namespace Auxo.Owners.Tests;

/// <summary>What GitLab's documentation says, and how Ruby's fnmatch reads a pattern.</summary>
public sealed class GitLabSyntaxTests
{
    [Theory]
    [InlineData("*", "a", "a/b", ".hidden", "a/.b/c")]
    [InlineData("README.md", "README.md", "a/README.md", ".a/b/README.md")]
    [InlineData("/README.md", "README.md")]
    [InlineData("inner/README.md", "inner/README.md", "a/b/inner/README.md")]
    [InlineData("*.rb", "a.rb", "a/b/c.rb", "a/.rb")]
    [InlineData("/docs/", "docs/a", "docs/a/b")]
    [InlineData("lib/", "lib/a", "x/lib/a/b")]
    [InlineData("/docs/*", "docs/a", "docs/.a")]
    [InlineData("/docs/*spec*", "docs/qa_specs.rb", "docs/spec")]
    [InlineData("/docs/*/README.md", "docs/api/README.md")]
    [InlineData("/docs/**/index.md", "docs/index.md", "docs/a/index.md", "docs/a/b/index.md")]
    [InlineData("/docs/[a-c]*.md", "docs/about.md")]
    [InlineData("/docs/[^a-c]*.md", "docs/end.md")]
    [InlineData("/docs/[!a-c]*.md", "docs/end.md")]
    [InlineData(@"\#file.rb", "#file.rb", "a/#file.rb")]
    [InlineData(@"path\ with\ spaces/", "path with spaces/a")]
    [InlineData("/a/**", "a/b")]
    public void a_pattern_is_about_these_paths(string pattern, params string[] paths)
    {
        var file = Texts.Owners($"{pattern} @owner", OwnersSyntax.GitLab);
        Assert.Empty(file.Problems);
        Assert.All(paths, path => Assert.Equal("@owner", file.Of(path, "-")));
    }

    [Theory]
    [InlineData("/README.md", "a/README.md")]
    [InlineData("docs", "docs/a", "docs.md")]
    [InlineData("/docs/*", "docs/a/b")]
    [InlineData("/docs/*/README.md", "docs/README.md", "docs/a/b/README.md")]
    [InlineData("/docs/[a-c]*.md", "docs/end.md", "docs/Able.md")]
    [InlineData("/docs/", "docs", "x/docs/a")]
    [InlineData("/a/**", "a/b/c", "a")]
    [InlineData("/a**b", "a/b", "ax/b")]
    [InlineData("{a,b}", "a", "b")]
    public void and_not_about_those(string pattern, params string[] paths)
    {
        var file = Texts.Owners($"{pattern} @owner", OwnersSyntax.GitLab);
        Assert.All(paths, path => Assert.Equal("-", file.Of(path, "-")));
    }

    [Fact]
    public void each_section_has_its_own_owners_and_in_each_the_last_line_counts()
    {
        var file = Texts.Owners("""
            * @admin

            [README Owners]
            README.md @user1 @user2
            internal/README.md @user4

            [Others]
            README.md @user3
            """);
        Assert.Equal(OwnersSyntax.GitLab, file.Syntax);
        Assert.Equal("@admin @user1 @user2 @user3", file.Of("README.md", "-"));
        Assert.Equal("@admin @user4 @user3", file.Of("internal/README.md", "-"));
    }

    [Fact]
    public void a_line_without_owners_has_those_of_its_section()
    {
        var file = Texts.Owners("""
            [Documentation][2] @docs-team @group/sub-group
            docs/
            README.md

            ^[Database] @database-team
            model/db/
            config/setup.md @docs-team
            """);
        Assert.Empty(file.Problems);
        Assert.Equal("@docs-team @group/sub-group", file.Of("docs/a", "-"));
        Assert.Equal("@database-team", file.Of("model/db/a", "-"));
        Assert.Equal("@docs-team", file.Of("config/setup.md", "-"));
        Assert.Equal(new OwnersSection("Documentation", IsOptional: false, 2), file.Of("docs/a")[0].Section);
        Assert.Equal(new OwnersSection("Database", IsOptional: true, 1), file.Of("model/db/a")[0].Section);
    }

    [Fact]
    public void sections_of_one_name_are_one_and_optional_only_when_all_say_so()
    {
        var file = Texts.Owners("""
            ^[Docs]
            *.md @one
            [DOCS][3]
            /special.md @two
            """);
        Assert.Equal("@two", file.Of("special.md", "-"));
        Assert.Equal(new OwnersSection("Docs", IsOptional: false, 3), file.Of("a.md")[0].Section);
    }

    [Fact]
    public void what_a_section_excludes_stays_out_of_it_and_of_no_other()
    {
        var file = Texts.Owners("""
            * @all
            !pom.xml

            [Ruby]
            *.rb @ruby
            !/config/**/*.rb
            /config/routes.rb @ops

            [Config]
            /config/ @config
            """);
        Assert.Empty(file.Problems);
        Assert.Equal("-", file.Of("a/pom.xml", "-"));
        Assert.Equal("@all @config", file.Of("config/routes.rb", "-"));
        Assert.Equal("@all @ruby", file.Of("a.rb", "-"));
    }

    [Theory]
    [InlineData("[Section name", true, "no heading")]
    [InlineData("[]", true, "no heading")]
    [InlineData("[ ]", true, "no heading")]
    [InlineData("[Name][x] @a", true, "no number")]
    [InlineData("[Name][0] @a", true, "no number")]
    [InlineData("a.md owner @a", true, "'owner' is no owner")]
    [InlineData("a.md @a # and more", false, "a line of its own")]
    [InlineData("a.md", false, "has no owner")]
    [InlineData("a[b.md @a", true, "not closed")]
    [InlineData("!a.md @a", false, "no owners")]
    [InlineData("!", true, "right behind it")]
    public void what_is_not_right_is_told(string line, bool isError, string told)
    {
        var problem = Assert.Single(Texts.Owners($"* @all\n{line}\n", OwnersSyntax.GitLab).Problems);
        Assert.Equal((2, isError), (problem.Line, problem.IsError));
        Assert.Contains(told, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void owners_in_a_comment_behind_others_count()
        => Assert.Equal("@a @b", Texts.Owners("a.md @a # asks @b", OwnersSyntax.GitLab).Of("a.md", "-"));

    [Fact]
    public void a_role_is_an_owner()
        => Assert.Equal("@@maintainer", Texts.Owners("/config/ @@maintainer", OwnersSyntax.GitLab).Of("config/a", "-"));
}
