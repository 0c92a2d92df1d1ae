using System.Text;

namespace Auxo.Owners.Tests;

public sealed class AssignOwnersTests
{
    private const string File = "# Ours\n* @all\n*.md @docs\n/src/api/ @api # they know\n\n[Ops] @ops\n/deploy/\n";

    [Fact]
    public void a_new_line_goes_below_what_is_wider_and_above_what_is_narrower()
    {
        Assert.Equal((4, null), Assign(File, "/src/", "@dev"));
        Assert.Equal((5, null), Assign(File, "/docs/", "@dev"));
        Assert.Equal((5, null), Assign(File, "/src/api/v1/", "@dev"));
    }

    [Fact]
    public void a_line_of_that_pattern_gets_other_owners_and_keeps_its_comment()
    {
        var text = "* @all\r\n/src/ @a @b  # they know\r\n";
        var assigned = Apply(text, Texts.Owners(text), "/src/", ["@c"], section: null);
        Assert.Equal("* @all\r\n/src/ @c #they know\r\n".Replace("#they", "# they", StringComparison.Ordinal), Text(assigned));
        Assert.Equal((2, "/src/ @a @b  # they know"), (assigned.Line, assigned.Replaced));
    }

    [Theory]
    [InlineData("Ops", "/deploy/prod/", 8)]
    [InlineData("ops", "/deploy/", 7)]
    [InlineData("Empty", "/x/", 9)]
    public void a_section_gets_its_own_lines(string section, string pattern, int line)
    {
        var text = File + "[Empty]\n";
        Assert.Equal(line, Apply(text, Texts.Owners(text), pattern, ["@c"], section).Line);
    }

    [Fact]
    public void an_empty_file_and_one_with_sections_only_get_a_first_line()
    {
        Assert.Equal("/a/ @b\n", Text(Apply("", Texts.Owners(""), "/a/", ["@b"], section: null)));
        Assert.Equal("/a/ @b\n[One]", Text(Apply("[One]", Texts.Owners("[One]"), "/a/", ["@b"], section: null)));
    }

    [Theory]
    [InlineData("a b/c", true, OwnersSyntax.GitHub, @"/a\ b/c/")]
    [InlineData("a*b", false, OwnersSyntax.GitHub, @"/a\*b")]
    [InlineData("a[b", false, OwnersSyntax.GitHub, null)]
    [InlineData("a[b]", false, OwnersSyntax.GitLab, @"/a\[b\]")]
    [InlineData("a.b/c", true, OwnersSyntax.Forgejo, @"a\.b/c/.*")]
    public void a_path_becomes_a_pattern(string path, bool isFolder, OwnersSyntax syntax, string? pattern)
        => Assert.Equal(pattern, AssignOwners.PatternOf(path, isFolder, syntax));

    [Theory]
    [InlineData("a b/x*[1]#.md", false, OwnersSyntax.Forgejo)]
    [InlineData("a b/x*[1]#.md", false, OwnersSyntax.GitLab)]
    [InlineData("a b/x*#.d", true, OwnersSyntax.GitHub)]
    [InlineData("a b/#.d", true, OwnersSyntax.Forgejo)]
    public void what_was_assigned_is_owned(string path, bool isFolder, OwnersSyntax syntax)
    {
        var assigned = Apply(
            "", Texts.Owners("", syntax), AssignOwners.PatternOf(path, isFolder, syntax)!, ["@a"], section: null);
        var file = Texts.Owners(Text(assigned), syntax);
        Assert.Empty(file.Problems);
        Assert.Equal("@a", file.Of(isFolder ? path + "/x" : path, "-"));
        Assert.Equal("-", file.Of("other", "-"));
        Assert.Equal(1, AssignOwners.Apply(assigned.Content, file, file.Rules[0].Pattern, ["@b"], section: null).Line);
    }

    [Theory]
    // Latin-1, mixed line ends, no end at the last line, and a mark.
    [InlineData("# f\u00fcr\r\n/docs/\u00e4.md @bob\n* @all", "# f\u00fcr\r\n/docs/\u00e4.md @bob\n* @all\n/src/ @c\n")]
    [InlineData("* @all\r\n/a/ @\u00e4\r\n/src/api/ @a\n", "* @all\r\n/a/ @\u00e4\r\n/src/ @c\r\n/src/api/ @a\n")]
    [InlineData("\u00ef\u00bb\u00bf/src/api/ @a\n", "\u00ef\u00bb\u00bf/src/ @c\n/src/api/ @a\n")]
    [InlineData("* @all\n/src/ @b # \u00e4\r\n/x @a", "* @all\n/src/ @c # \u00e4\r\n/x @a")]
    public void no_other_byte_changes(string before, string after)
    {
        var content = Encoding.Latin1.GetBytes(before);
        var assigned = AssignOwners.Apply(content, OwnersFile.Read("CODEOWNERS", content), "/src/", ["@c"], section: null);
        Assert.Equal(after, Encoding.Latin1.GetString(assigned.Content.Span));
    }

    private static AssignedOwners Apply(string text, OwnersFile file, string pattern, IReadOnlyList<string> owners, string? section)
        => AssignOwners.Apply(Encoding.UTF8.GetBytes(text), file, pattern, owners, section);

    private static string Text(AssignedOwners assigned) => Encoding.UTF8.GetString(assigned.Content.Span);

    private static (int Line, string? Replaced) Assign(string text, string pattern, string owner)
    {
        var assigned = Apply(text, Texts.Owners(text), pattern, [owner], section: null);
        return (assigned.Line, assigned.Replaced);
    }
}
