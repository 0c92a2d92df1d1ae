using Auxo.Contracts;

namespace Auxo.Owners.Tests;

public sealed class SuggestReviewersTests
{
    private const string Alice = "did:key:z6MktULudTtAsAhRegYPiZ6631RV3viv12qd4GQF8z1xB22S";
    private const string Bob = "did:key:z6MkqGC3nWZhYieEVTVDKW5v588CiGfsDSmRVG9ZwwWTvLSK";
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly PeopleFile People = Texts.People($"""
        alice:
          did: {Alice}
          email: alice@example.org
        bob:
          did: {Bob}
          email: bob@example.org
        team:
          members: [alice, bob]
        """);

    [Fact]
    public void owning_writing_and_load_make_the_score_and_each_is_explained()
    {
        var ranked = Rank(
            [("a", ["@alice"]), ("b", ["@alice", "@carol"])],
            [new("Alice", "alice@example.org", Now, 5), new("Bob", "bob@example.org", Now.AddDays(-180), 5)],
            new() { [Did.Parse(Alice)] = 2 });
        Assert.Equal([("@alice", 3.0), ("@carol", 1.5), ("@bob", 0.25)],
            ranked.Select(static r => (r.Name, Math.Round(r.Score, 6))));
        Assert.Equal(
            ["owns 2 of 2 changed files", "wrote 5 of the 10 lines that are touched; older lines count less",
                "has 2 open patches to look at already"],
            ranked[0].Points.Select(static p => p.Why));
        Assert.Equal((Alice, null, Bob), (ranked[0].Did?.Value, ranked[1].Did?.Value, ranked[2].Did?.Value));
    }

    [Fact]
    public void a_group_stands_for_its_members_once()
        => Assert.Equal(
            [("@alice", 3.0), ("@bob", 3.0)],
            Rank([("a", ["@team", "@alice"])], []).Select(static r => (r.Name, r.Score)));

    [Theory]
    [InlineData("alice@example.org", null)]
    [InlineData("ALICE@example.org", null)]
    [InlineData("other@example.org", Alice)]
    public void who_made_the_change_is_not_asked(string email, string? did)
        => Assert.Equal(["@bob"],
            Rank([("a", ["@team", Alice])], [new("Alice", "alice@example.org", Now, 9)], authors: [email], did: did)
            .Select(static r => r.Name));

    [Fact]
    public void load_alone_suggests_nobody_and_takes_no_more_than_a_point()
    {
        Assert.Empty(Rank([("a", [])], [], new() { [Did.Parse(Alice)] = 9 }));
        Assert.Equal(2, Rank([("a", ["@alice"])], [], new() { [Did.Parse(Alice)] = 9 })[0].Score);
    }

    [Fact]
    public void a_clock_that_is_ahead_counts_as_now()
        => Assert.Equal(1, Rank([("a", [])], [new("X", "x@example.org", Now.AddYears(30), 1)])[0].Score);

    private static IReadOnlyList<SuggestedReviewer> Rank(
        (string, IReadOnlyList<string>)[] files, BlamedLines[] blame, Dictionary<Did, int>? load = null, string[]? authors = null,
        string? did = null)
        => SuggestReviewers.Rank(
            new ReviewEvidence(files, blame, load ?? [], authors ?? [], did is null ? null : Did.Parse(did), Now), People);
}
