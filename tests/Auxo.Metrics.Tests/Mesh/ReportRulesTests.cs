using Auxo.Contracts.Mesh;
using Auxo.Metrics.Mesh;

using static Auxo.Metrics.Tests.Mesh.Reports;

namespace Auxo.Metrics.Tests.Mesh;

public sealed class ReportRulesTests
{
    [Fact]
    public void a_clock_that_is_off_by_years_moves_what_it_says()
    {
        var report = Of(A, Sees(B) with { LastHandshake = Now.AddYears(-9).AddMinutes(-1) }) with { At = Now.AddYears(-9) };

        Assert.Equal(Now.AddMinutes(-1), Assert.Single(ReportRules.Clean(report, Now).Peers).LastHandshake);
    }

    [Theory]
    [InlineData(1, 9999)]
    [InlineData(9999, 1)]
    public void a_moment_that_there_is_not_is_left_out(int at, int handshake)
    {
        var report = Of(A, Sees(B) with { LastHandshake = new DateTimeOffset(handshake, 1, 1, 0, 0, 0, TimeSpan.Zero) }) with
        {
            At = new DateTimeOffset(at, 12, 31, 0, 0, 0, TimeSpan.Zero),
        };

        Assert.Null(Assert.Single(ReportRules.Clean(report, Now).Peers).LastHandshake);
    }

    [Fact]
    public void texts_of_another_machine_are_short_single_lines_and_what_is_no_node_is_left_out()
    {
        var clean = ReportRules.Clean(
            Of(A, Sees("../etc"), Sees(A), Sees(B), Sees(B), Sees(C) with { RttSeconds = -1, Cause = new string('x', 9000) }) with
            {
                Alias = "a\0\u2028\ud800\n" + new string('b', 5000),
                Health = [new NodeHealthItem("disk\n", "dreadful", "\u001b[31m", double.NaN)],
                Repositories =
                [
                    new NodeRepository("nothing", "x", "public", null, []),
                    new NodeRepository(Heartwood[4..], "x", "secret", "zz", ["a", "a", "b"]),
                ],
            }, Now);

        Assert.Equal([B, C], clean.Peers.Select(static p => p.Node));
        Assert.Equal((null, 500), (clean.Peers[1].RttSeconds, clean.Peers[1].Cause!.Length));
        Assert.Equal("a  \ufffd b", clean.Alias[..6]);
        Assert.Equal(100, clean.Alias.Length);
        Assert.Equal(new NodeHealthItem("disk", "fine", "[31m"), Assert.Single(clean.Health));
        var kept = Assert.Single(clean.Repositories);
        Assert.Equal((Heartwood, "public", null), (kept.Rid, kept.Visibility, kept.SignedRefs));
        Assert.Equal(["a", "b"], kept.Violations);
    }

    [Fact]
    public void one_token_speaks_for_one_node_and_the_mesh_has_room_for_so_many()
    {
        var full = Enumerable.Range(0, ReportRules.MostNodes).Select(static i => Heard($"n{i}", Of(Node(100 + i)))).ToArray();

        Assert.Null(ReportRules.Refuse("n3", Of(A), full));
        Assert.Equal("auxo:mesh/full", ReportRules.Refuse("new", Of(A), full)!.ProblemDetails.Type);
        Assert.Null(ReportRules.Refuse("new", Of(A), full[1..]));
        Assert.Equal("auxo:mesh/another-name", ReportRules.Refuse("n4", Of(Node(103)), full)!.ProblemDetails.Type);
        Assert.Equal("auxo:mesh/no-node", ReportRules.Refuse("n4", Of("z6Mk"), full)!.ProblemDetails.Type);
    }

    [Theory]
    [InlineData("agent-ann-laptop", "ann-laptop")]
    [InlineData("ann", "ann")]
    [InlineData("agent-", "agent-")]
    public void the_name_in_the_mesh_is_that_of_the_token(string account, string name)
        => Assert.Equal(name, ReportRules.NameOf(account));
}
