namespace Auxo.Owners.Tests;

public sealed class LintOwnersTests
{
    private static readonly string[] Files = ["README.md", "docs/a.md", "src/a.cs", "src/b.js"];

    [Theory]
    [InlineData("/docs/ @a\n*.cs @a\n* @a\n", 3, "lines 1, 2 above it have no effect")]
    [InlineData("/docs/ @a\n** @a\n", 2, "line 1 above it has no effect")]
    [InlineData("/docs/ @a\n* @a\n/src/ @a\n", 2, "line 1 above it")]
    [InlineData("* @a\n[One] @a\n/src/\n*\n", 4, "line 3 above it")]
    public void a_line_for_everything_below_others_is_an_error(string text, int line, string told)
    {
        var finding = Assert.Single(Errors(text));
        Assert.Equal(("CODEOWNERS", line, "catch-all-last"), (finding.Path, finding.Line, finding.Rule));
        Assert.Contains(told, finding.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("* @a\n/docs/ @a\n")]
    [InlineData("[One] @a\n/src/\n[Two] @a\n*\n")]
    [InlineData("# auxo: syntax=forgejo\nsrc/.* @a\n.* @a\n")]
    public void where_it_hides_nothing_it_is_none(string text) => Assert.Empty(Check(text));

    [Fact]
    public void a_pattern_without_files_and_a_line_without_effect_are_told()
    {
        var found = Check("* @a\n/gone/ @a\n*.md @a\n/docs/ @a\nREADME.md @a\n");
        Assert.Equal([(2, "matches-nothing"), (3, "unreachable")], found.Select(static f => (f.Line, f.Rule)));
        Assert.All(found, static f => Assert.False(f.IsError));
        Assert.Contains("(lines 4, 5)", found[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void a_line_below_what_was_excluded_has_no_effect()
    {
        var found = Assert.Single(Check("[Code] @a\n/src/\n!*.js\n/src/b.js @a\n"));
        Assert.Equal((4, "unreachable"), (found.Line, found.Rule));
        Assert.Contains("an exclusion", found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void owners_whom_nobody_knows_are_told_once()
    {
        var found = Check("* @a @b\n/docs/ @b @nokey @team did:key:z6MktULudTtAsAhRegYPiZ6631RV3viv12qd4GQF8z1xB22S x@example.org\n");
        Assert.Equal(
            [("unknown-owner", 1, true), ("no-did", 2, false), ("unknown-owner", 2, true)],
            found.Select(static f => (f.Rule, f.Line, f.IsError)));
        Assert.Contains("add 'b:' there", found[0].Message, StringComparison.Ordinal);
        Assert.Contains("x@example.org", found[2].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void what_is_wrong_in_either_file_and_a_second_file_are_told()
    {
        var found = LintOwners.Check(
            Texts.Owners("* nobody\n"), Texts.People("a:\n  did: x\n"), Files, ["docs/CODEOWNERS"]);
        Assert.Equal(
            [(".auxo/people.yaml", 2, true), ("CODEOWNERS", 1, true), ("docs/CODEOWNERS", 0, false)],
            found.Select(static f => (f.Path, f.Line, f.IsError)));
        Assert.Equal("no-people", Assert.Single(LintOwners.Check(Texts.Owners("* @a\n"), people: null, Files, [])).Rule);
    }

    [Fact]
    public void where_accepts_are_required_the_files_that_say_so_need_owners_too()
    {
        var merge = new MergeFile(OwnersRequired: true, []);
        var found = LintOwners.Check(Texts.Owners("/docs/ @a\n/.auxo/merge.yaml @a\n"), Texts.People("a: { did: x }\n"), Files, [], merge);
        Assert.Equal(
            ["CODEOWNERS", ".auxo/people.yaml"],
            found.Where(static f => f.Rule == "unowned-rules").Select(static f => f.Message.Split(' ')[0]));
        Assert.DoesNotContain(Check("/docs/ @a\n"), static f => f.Rule == "unowned-rules");
        var wrong = MergeFile.Read("owners: yes"u8);
        var told = LintOwners.Check(Texts.Owners("* @a\n"), people: null, Files, [], wrong).Single(static f => f.Rule == "merge");
        Assert.Equal((".auxo/merge.yaml", 1, true), (told.Path, told.Line, told.IsError));
    }

    private static IEnumerable<OwnersFinding> Errors(string text) => Check(text).Where(static f => f.IsError);

    private static IReadOnlyList<OwnersFinding> Check(string text)
        => LintOwners.Check(Texts.Owners(text), Texts.People("""
            a:
              did: did:key:z6MkqGC3nWZhYieEVTVDKW5v588CiGfsDSmRVG9ZwwWTvLSK
            nokey:
              email: n@example.org
            team:
              members: [a]
            """), Files, []);
}
