using Auxo.Cli.Nodes.Health;
using Auxo.Cli.Nodes.Privacy;
using Auxo.Contracts;

namespace Auxo.Cli.Tests.Nodes;

public sealed class PrivacyRulesTests
{
    private static readonly Rid Repository = Rid.Parse("rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5");
    private static readonly Did Alice = Did.Parse("did:key:z6MktULudTtAsAhRegYPiZ6631RV3viv12qd4GQF8z1xB22S");
    private static readonly Did Bob = Did.Parse("did:key:z6MkqGC3nWZhYieEVTVDKW5v588CiGfsDSmRVG9ZwwWTvLSK");
    private static readonly Did Carol = Did.Parse("did:key:z6Mkg49NtQR2LyYRDCQFK4w1VVHqhypZSSRo7HsyuN7SV7v5");
    private static readonly PrivacyReading Private = new(
        Repository, "demo", IsPrivate: true, PublicSince: null, [Alice, Bob], [Bob], IsAnnounced: false);

    [Fact]
    public void only_with_readers_is_fine()
    {
        var item = Assert.Single(PrivacyRules.Judge([Private], new HashSet<Rid>(), unknown: null));

        Assert.Equal((HealthState.Fine, "1 private repository, only with nodes that may have them"), (item.State, item.Text));
    }

    [Fact]
    public void a_node_that_is_not_allowed_is_critical_and_named()
    {
        var item = Assert.Single(PrivacyRules.Judge([Private with { Holders = [Bob, Carol] }], new HashSet<Rid>(), unknown: null));

        Assert.Equal((HealthState.Critical, "private demo"), (item.State, item.Name));
        Assert.EndsWith("is at a node that is not allowed: " + Carol.Nid, item.Text, StringComparison.Ordinal);
        Assert.Contains($"--allow {Carol}", item.Next, StringComparison.Ordinal);
    }

    [Fact]
    public void announced_to_everybody_is_critical()
        => Assert.Equal(HealthState.Critical, Assert.Single(
            PrivacyRules.Judge([Private with { IsAnnounced = true }], new HashSet<Rid>(), unknown: null)).State);

    [Fact]
    public void made_public_is_critical_until_somebody_says_that_it_was_meant()
    {
        var published = Private with { IsPrivate = false, PublicSince = new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero) };

        var item = Assert.Single(PrivacyRules.Judge([published], new HashSet<Rid>(), unknown: null));
        Assert.Equal(HealthState.Critical, item.State);
        Assert.EndsWith("was private and is public since 2026-11-23 12:00 UTC", item.Text, StringComparison.Ordinal);

        Assert.Equal(HealthState.Fine, Assert.Single(
            PrivacyRules.Judge([published], new HashSet<Rid> { Repository }, unknown: null)).State);
    }

    [Fact]
    public void what_could_not_be_asked_is_not_called_fine()
    {
        var item = Assert.Single(PrivacyRules.Judge([Private], new HashSet<Rid>(), "the node is not running"));

        Assert.Equal(HealthState.Warning, item.State);
        Assert.Contains("is not known: the node is not running", item.Text, StringComparison.Ordinal);
        Assert.Equal(HealthState.Fine, Assert.Single(PrivacyRules.Judge([], new HashSet<Rid>(), "the node is not running")).State);
    }

    [Fact]
    public void what_could_not_be_read_is_not_none()
    {
        var nothing = Assert.Single(PrivacyRules.Judge([], new HashSet<Rid>(), unknown: null, unread: 1));
        Assert.Equal(
            (HealthState.Warning, "1 repository could not be read; of the others none is private"), (nothing.State, nothing.Text));
        var some = Assert.Single(PrivacyRules.Judge([Private], new HashSet<Rid>(), unknown: null, unread: 2));
        Assert.Equal(
            (HealthState.Warning, "2 repositories could not be read; of the others 1 is private, only with nodes that may have them"),
            (some.State, some.Text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"rid":7,"nid":"z6MktULudTtAsAhRegYPiZ6631RV3viv12qd4GQF8z1xB22S"}""")]
    [InlineData("""{"rid":"rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5","nid":"x"}""")]
    [InlineData("! Warning: something")]
    public void lines_that_are_no_route_are_left_out(string line) => Assert.Null(ReadPrivacy.Route(line));

    [Fact]
    public void a_route_is_a_repository_and_a_node()
        => Assert.Equal((Repository, Alice), ReadPrivacy.Route($$"""{"rid":"{{Repository}}","nid":"{{Alice.Nid}}"}"""));
}
