using Auxo.Contracts.Mesh;
using Auxo.Metrics.Mesh;

using static Auxo.Metrics.Tests.Mesh.Reports;

namespace Auxo.Metrics.Tests.Mesh;

public sealed class MeshMatrixTests
{
    private static readonly string Old = new('1', 40), New = new('2', 40);

    [Fact]
    public void every_ordered_pair_has_a_cell_with_the_words_of_its_row()
    {
        var matrix = Matrix(
            Heard("ann", Of(A, Sees(B, direct: true, rtt: 0.004), Sees(C, direct: false))),
            Heard("bob", Of(B, Sees(A, direct: true), Sees(C))), Heard("cil", Of(C, Sees(A), Sees(B))));

        Assert.Equal(["ann", "bob", "cil"], matrix.Nodes.Select(static n => n.Name));
        Assert.Equal(6, matrix.Pairs.Count);
        Assert.Equal((PairState.Direct, 0.004), (matrix.Pair("ann", "bob").State, matrix.Pair("ann", "bob").RttSeconds));
        Assert.Equal(PairState.Relayed, matrix.Pair("ann", "cil").State);
        Assert.Equal(PairState.Connected, matrix.Pair("cil", "bob").State);
        Assert.All(matrix.Pairs, static p => Assert.Null(p.Cause));
        Assert.All(matrix.Nodes, static n => Assert.True(n.IsUp));
    }

    [Fact]
    public void a_node_that_sees_only_out_has_a_firewall_before_the_other()
    {
        var pair = Matrix(Heard("ann", Of(A, Sees(B))), Heard("bob", Of(B))).Pair("bob", "ann");

        Assert.Equal((PairState.Failing, true), (pair.State, pair.Asymmetric));
        Assert.Equal("ann sees bob, but bob does not see ann: a firewall before ann lets nobody in", pair.Cause);
        Assert.Equal(("ann", "auxo node setup --dry-run"), (pair.NextOn, pair.Next));
    }

    [Fact]
    public void what_the_agent_found_out_counts_more_than_what_can_be_guessed()
    {
        var view = new PeerView(A, null, null, Connected: false, Cause: "its key has ended", Next: "tailscale up --force-reauth");
        var pair = Matrix(Heard("ann", Of(A, Sees(B))), Heard("bob", Of(B, view))).Pair("bob", "ann");

        Assert.Equal(
            ("its key has ended", "bob", "tailscale up --force-reauth", true), (pair.Cause, pair.NextOn, pair.Next, pair.Asymmetric));
    }

    [Fact]
    public void what_a_silent_node_said_is_not_repeated_as_if_it_were_so()
    {
        var matrix = Matrix(Heard("ann", Of(A, Sees(B))), Heard("bob", Of(B, Sees(A)), secondsAgo: 12 * 60 + 20));

        var theirs = matrix.Pair("bob", "ann");
        Assert.Equal((PairState.Silent, "bob is silent for 12 min", "bob", "auxo agent --once"),
            (theirs.State, theirs.Cause, theirs.NextOn, theirs.Next));
        Assert.Equal(PairState.Connected, matrix.Pair("ann", "bob").State);
        Assert.Equal((740.0, false), (matrix.Nodes[1].SilentSeconds, matrix.Nodes[1].IsUp));
        Assert.True(matrix.Nodes[0].IsUp);
    }

    [Fact]
    public void nobody_is_silent_who_could_not_report_while_Auxo_was_away()
    {
        var nodes = new[] { Heard("ann", Of(A, Sees(B)), secondsAgo: 3600), Heard("bob", Of(B, Sees(A)), secondsAgo: 3600) };

        Assert.All(MeshMatrix.Of(nodes, Now, Now.AddMinutes(-2)).Nodes, static n => Assert.Null(n.SilentSeconds));
        Assert.All(MeshMatrix.Of(nodes, Now, Now.AddMinutes(-4)).Nodes, static n => Assert.Equal(3600.0, n.SilentSeconds));
    }

    [Theory]
    [InlineData(true, "not connected, and bob is silent for 2 h", "bob")]
    [InlineData(false, "not connected", "ann")]
    public void who_is_not_connected_hears_what_mends_it(bool silent, string cause, string on)
    {
        var bob = Of(B) with { Addresses = ["bob.example.org:8776"] };
        var pair = Matrix(Heard("ann", Of(A)), Heard("bob", bob, secondsAgo: silent ? 2.5 * 3600 : 5)).Pair("ann", "bob");

        Assert.Equal((PairState.Failing, cause, on), (pair.State, pair.Cause, pair.NextOn));
        Assert.Equal(silent ? "auxo node fix" : $"auxo node fix --peer {B}@bob.example.org:8776", pair.Next);
    }

    [Fact]
    public void a_node_that_does_not_run_is_the_cause_of_its_whole_row_and_column()
    {
        var dead = Of(B) with { Health = [new NodeHealthItem("node", "critical", "does not answer", Next: "auxo node fix")] };
        var matrix = Matrix(Heard("ann", Of(A)), Heard("bob", dead));

        Assert.All(matrix.Pairs, static p => Assert.Equal(
            ("the node of bob does not run: does not answer", "bob", "auxo node fix"), (p.Cause, p.NextOn, p.Next)));
        Assert.False(matrix.Nodes[1].IsUp);
    }

    [Theory]
    [InlineData("2", true, null)]
    [InlineData("1", false, "ann has older refs of bob in " + Heartwood)]
    public void refs_are_compared_in_what_both_have(string seen, bool equal, string? cause)
    {
        var sees = Sees(B, direct: true) with { Refs = [new SeenRefs(Heartwood, new string(seen[0], 40)), new SeenRefs(Second, Old)] };
        var ann = Of(A, sees) with
        {
            Repositories = [new NodeRepository(Heartwood, "heartwood", "public", Old, [])],
        };
        var bob = Of(B) with
        {
            Repositories =
            [
                new NodeRepository(Heartwood, "heartwood", "public", New, []), new NodeRepository(Second, "x", "public", New, []),
            ],
        };
        var pair = Matrix(Heard("ann", ann), Heard("bob", bob)).Pair("ann", "bob");

        Assert.Equal((equal, cause), (pair.RefsEqual, pair.Cause));
        Assert.Equal(equal ? PairState.Direct : PairState.Warning, pair.State);
        Assert.Equal(equal ? null : $"rad sync --fetch {Heartwood}", pair.Next);
        // Bob says nothing of ann's refs, so there is nothing to compare.
        Assert.Null(Matrix(Heard("ann", ann), Heard("bob", bob)).Pair("bob", "ann").RefsEqual);
    }

    [Fact]
    public void the_end_of_a_key_is_taken_from_its_owner_and_else_from_who_sees_it()
    {
        var (own, seen) = (Now.AddDays(3), Now.AddDays(9));
        var matrix = Matrix(
            Heard("ann", Of(A, Sees(B) with { KeyExpiry = seen }) with { KeyExpiry = own }),
            Heard("bob", Of(B, Sees(A) with { KeyExpiry = seen })));

        Assert.Equal([own, seen], matrix.Nodes.Select(static n => n.KeyExpiry));
    }
}
