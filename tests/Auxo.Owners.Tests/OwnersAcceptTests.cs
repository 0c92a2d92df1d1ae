using Auxo.Contracts;

namespace Auxo.Owners.Tests;

public sealed class OwnersAcceptTests
{
    private const string A = "did:key:z6MkqGC3nWZhYieEVTVDKW5v588CiGfsDSmRVG9ZwwWTvLSK";
    private const string B = "did:key:z6MktULudTtAsAhRegYPiZ6631RV3viv12qd4GQF8z1xB22S";
    private const string C = "did:key:z6MkuNpETfaWmUKZjop7K8uHqAncDsWSjt8zqSyCW5ovdbqJ";

    private static readonly PeopleFile People = Texts.People($"""
        a:
          did: {A}
          email: a@example.org
        b:
          did: {B}
        c:
          did: {C}
        nokey:
          email: n@example.org
        org/team:
          members: [a, b]
        """);

    [Theory]
    [InlineData("* @a\n", "x", A, "")]
    [InlineData("* @a\n", "x", B, "x needs an accept of @a")]
    [InlineData("* @a @b\n", "x", B, "")]
    [InlineData("* @a\n/docs/ @b\n", "x docs/y", A, "docs/y needs an accept of @b")]
    [InlineData("* @a\n/docs/ @b\n", "x docs/y docs/z docs/w", A, "docs/y and 2 more files need an accept of @b")]
    [InlineData("/docs/ @b\n", "x", "", "")]
    [InlineData("* @a\n/docs/\n", "docs/y", "", "")]
    [InlineData("* @org/team\n", "x", B, "")]
    [InlineData("* @org/team\n", "x", "", "x needs an accept of @a or @b")]
    [InlineData("* a@example.org\n", "x", A, "")]
    [InlineData("* " + A + "\n", "x", A, "")]
    [InlineData("* " + B + "\n", "x", A, "x needs an accept of @b")]
    public void one_owner_of_each_path_must_accept(string owners, string paths, string accepted, string missing)
        => Assert.Equal(missing, Missing(owners, paths, accepted));

    [Theory]
    [InlineData(
        "[One] @a @b\n*\n[Two][2] @a @b @c\n/src/\n", "src/x", A, "src/x (section Two) needs an accept of @b or @c, accepted by @a")]
    [InlineData("[One] @a @b\n*\n[Two][2] @a @b @c\n/src/\n", "src/x", A + " " + C, "")]
    [InlineData("[One] @a\n*\n[Two] @b\n*\n", "x", A, "x (section Two) needs an accept of @b")]
    [InlineData("[One] @a\n*\n^[Two] @b\n*\n", "x", A, "")]
    [InlineData("[One][2] @org/team @b\n*\n", "x", B, "x (section One) needs an accept of @a, accepted by @b")]
    [InlineData("[One] @a\n*\n!*.md\n", "x.md", "", "")]
    public void in_sections_as_many_as_each_says(string owners, string paths, string accepted, string missing)
        => Assert.Equal(missing, Missing(owners, paths, accepted));

    [Fact]
    public void in_forgejos_syntax_any_owner_of_the_lines_that_match()
    {
        const string file = "# auxo: syntax=forgejo\n.*\\.md @a\ndocs/.* @b\n";
        Assert.Equal("", Missing(file, "docs/x.md", B));
        Assert.Equal("docs/x.md needs an accept of @a or @b", Missing(file, "docs/x.md", ""));
    }

    [Fact]
    public void the_authors_own_accept_does_not_count()
    {
        Assert.Equal("x needs an accept of @b", Missing("* @a @b\n", "x", A, author: A));
        Assert.Equal("x needs an accept of @b", Missing("* @org/team\n", "x", A, author: A));
        var alone = Assert.Single(Decide("* @a\n", "x", A, author: A));
        Assert.True(alone.IsImpossible);
        Assert.Contains("nobody else can give it", alone.Words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("* @nokey\n")]
    [InlineData("* @unknown\n")]
    [InlineData("[One] @@maintainer\n*\n")]
    [InlineData("[One][2] @a @nokey\n*\n")]
    public void owners_whose_key_nobody_knows_cannot_give_it_and_it_is_needed_all_the_same(string owners)
    {
        var wanted = Assert.Single(Decide(owners, "x", A, author: C));
        Assert.True(wanted.IsImpossible);
        Assert.False(wanted.IsGiven);
        Assert.Contains("need a 'did' in .auxo/people.yaml", wanted.Words, StringComparison.Ordinal);
    }

    [Fact]
    public void what_is_missing_stands_first_and_each_owner_once()
    {
        var wanted = Decide("/a/ @a\n/b/ @b\n", "a/1 b/1 a/2", A, author: C);
        Assert.Equal(["b/1 needs an accept of @b", "a/1 and 1 more file, accepted by @a"], wanted.Select(static w => w.Words));
    }

    private static string Missing(string owners, string paths, string accepted, string author = "")
        => string.Join("; ", Decide(owners, paths, accepted, author).Where(static w => !w.IsGiven).Select(static w => w.Words));

    private static IReadOnlyList<WantedAccept> Decide(string owners, string paths, string accepted, string author)
        => OwnersAccept.Decide(
            Texts.Owners(owners), People, paths.Split(' '),
            [.. accepted.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static d => Did.Parse(d))],
            Did.Parse(author.Length > 0 ? author : "did:key:z6MknSLrJoTcukLrE435hVNQT4JUhbvWLX4kUzqkEStBU8Vi"));
}
