using System.Net;

using Auxo.ServiceDefaults.Access.Authentications;

namespace Auxo.ServiceDefaults.Tests.Access;

/// <summary>What is counted of tries to get in, and what is written of them.</summary>
public sealed class TryCountsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
    private static readonly IPAddress Somewhere = IPAddress.Parse("192.0.2.7");

    private static readonly Dictionary<string, KnownToken> Tokens = new(StringComparer.Ordinal)
    {
        ["aa"] = new(Guid.Empty, "ci", IsRevoked: true, IsExpired: true),
        ["bb"] = new(Guid.Empty, "ci", IsRevoked: false, IsExpired: true),
        ["cc"] = new(Guid.Empty, "ci", IsRevoked: false, IsExpired: false),
    };

    [Fact]
    public void what_is_alike_is_one_row_with_its_first_and_its_last_time()
    {
        var counts = new TryCounts();
        var tried = new AuthenticationTry("bearer", "", Somewhere, "ci", Guid.NewGuid());
        foreach (var second in (int[])[0, 1, 2]) counts.Add(tried, Noon.AddSeconds(second));
        counts.Add(tried with { Kind = "basic" }, Noon);
        var taken = counts.Take();
        Assert.Equal(2, taken.Count);
        Assert.Equal(new TryCount(3, Noon, Noon.AddSeconds(2)), taken[tried]);
        Assert.Empty(counts.Take());
    }

    [Fact]
    public void a_flood_takes_no_more_memory_and_every_try_is_counted()
    {
        var counts = new TryCounts();
        const int flood = TryCounts.Most * 3;
        for (var i = 0; i < flood; i++)
            counts.Add(new AuthenticationTry("bearer", "unknown_token", new IPAddress(i + 1), Hash: $"{i}"), Noon);
        var taken = counts.Take();
        Assert.Equal(TryCounts.Most + 1, taken.Count);
        Assert.Equal(flood, taken.Values.Sum(static c => c.Times));
        Assert.Equal(flood - TryCounts.Most, taken[new AuthenticationTry("bearer", "unknown_token", IPAddress.Any)].Times);
    }

    [Fact]
    public void what_could_not_be_written_is_counted_on()
    {
        var counts = new TryCounts();
        var tried = new AuthenticationTry("bearer", "", Somewhere, "ci");
        counts.Add(tried, Noon);
        var taken = counts.Take();
        counts.Add(tried, Noon.AddSeconds(9));
        counts.PutBack(taken);
        Assert.Equal(new TryCount(2, Noon, Noon.AddSeconds(9)), counts.Take()[tried]);
    }

    [Theory]
    [InlineData("aa", "revoked", "ci")]
    [InlineData("bb", "expired", "ci")]
    [InlineData("cc", "unknown_token", "ci")]
    [InlineData("dd", "unknown_token", "")]
    public void a_token_that_was_is_named_and_why_it_is_no_more(string hash, string refusal, string name)
    {
        var row = Explain(new AuthenticationTry("bearer", "unknown_token", Somewhere, Hash: hash));
        Assert.Equal((refusal, name, null), (row.Refusal, row.Name, row.Hash));
    }

    [Theory]
    [InlineData("Alice", "wrong_password", "alice", "wrong_password")]
    [InlineData("correct horse battery", "wrong_password", "", "unknown_name")]
    [InlineData("auxo_secret", "unknown_token", "", "unknown_token")]
    public void a_name_that_nobody_has_may_be_a_password_and_is_not_written_down(string typed, string why, string name, string refusal)
    {
        var row = Explain(new AuthenticationTry("password", why, Somewhere, typed));
        Assert.Equal((name, refusal), (row.Name, row.Refusal));
    }

    private static AuthenticationTry Explain(AuthenticationTry tried)
        => AuthenticationTable.Explain(
            tried, Tokens, new Dictionary<string, string>(StringComparer.Ordinal) { ["alice"] = "alice" });
}
