using Auxo.Api;
using Auxo.Console.Dora;
using Auxo.Console.Parts;

namespace Auxo.Console.Tests;

/// <summary>DORA's numbers in words.</summary>
public sealed class DoraWordsTests
{
    [Theory]
    [InlineData(0, "0 per day")]
    [InlineData(2.54, "2.5 per day")]
    [InlineData(1, "1 per day")]
    [InlineData(0.5, "3.5 per week")]
    [InlineData(0.1, "3 per month")]
    public void a_rate_is_said_in_the_unit_in_which_it_is_at_least_one(double perDay, string words)
        => Assert.Equal(words, DoraWords.Often(new FrequencyNumber(1, perDay, 1, 1, null, 0, null, null)));

    [Theory]
    [InlineData(0, null, "p90 1 h")]
    [InlineData(1, null, "1 deployment still failing; p90 1 h")]
    [InlineData(2, "none recovered", "2 deployments still failing; none recovered")]
    public void what_still_fails_is_said_beside_what_recovered(int open, string? reason, string words)
        => Assert.Equal(
            words, DoraWords.Recovery(new RecoveryNumber(new Spread(1, 60, 60, 3600, 3600, 60), open, null, null, null, reason)));

    [Theory]
    [InlineData("release 2026-11", "release 2026-11")]
    [InlineData("8fabc1d8e5a3cc9b1ddc5c7b5f4b0a9c1f2e3d4c", "8fabc1d")]
    [InlineData("3f2a1c77-1111-5222-8333-444455556666", "3f2a1c7")]
    public void a_name_that_somebody_gave_stays_whole(string id, string shown) => Assert.Equal(shown, DoraWords.Name(id));

    [Fact]
    public void an_id_that_only_looks_like_a_builds_is_searched_for()
        => Assert.Equal("/search?q=8fabc1d8e5a3cc9b1ddc5c7b5f4b0a9c1f2e3d4c", DoraWords.Url(new LiveDeployment(
            "3f2a1c77-1111-5222-8333-444455556666", default, "8fabc1d8e5a3cc9b1ddc5c7b5f4b0a9c1f2e3d4c", "planned",
            ByPolicy: false, Rework: false, Remediates: null, Failures: [])));

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(0.05, "50 ms")]
    [InlineData(59.9, "1 min")]
    [InlineData(185, "3 min 5 s")]
    [InlineData(7800, "2 h 10 min")]
    [InlineData(90_000, "1 day 1 h")]
    [InlineData(432_000, "5 days")]
    public void a_time_has_two_units_at_most(double seconds, string words) => Assert.Equal(words, Say.Lasted(seconds));
}
