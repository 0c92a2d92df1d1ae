using Auxo.Contracts;
using Auxo.Ingest.Doctor;
using Auxo.Ingest.Listening;
using Auxo.Radicle;
using Auxo.ServiceDefaults.Doctor;
using Auxo.Testing.Radicle;
using Auxo.Testing;

namespace Auxo.Ingest.Tests.Listening;

/// <summary>What a wrong clock looks like from here. The events are what real nodes gave out whose clocks were moved.</summary>
public sealed class NodeClocksTests : IDisposable
{
    private readonly RadicleTestKey _self = new("alice");
    private readonly RadicleTestKey _other = new("bob");
    private readonly ManualTime _time = new();
    private readonly NodeClocks _clocks;

    public NodeClocksTests() => _clocks = new NodeClocks(_time);

    [Fact]
    public void nothing_heard_says_nothing() => Assert.Null(Tell());

    [Fact]
    public void what_comes_late_or_a_moment_early_is_no_wrong_clock()
    {
        Announce(_other, TimeSpan.FromDays(-20));
        Announce(_other, TimeSpan.FromSeconds(59));
        Assert.Equal(new Diagnosis("node clock", Health.Fine,
            "nothing was announced ahead of this machine's clock (2 announcements of others heard)"), Tell());
    }

    [Fact]
    public void an_announcement_from_the_future_names_its_node_until_the_clocks_agree_again()
    {
        Announce(_other, TimeSpan.FromMinutes(5));
        Assert.Equal(Health.Warning, Tell()!.State);
        Assert.StartsWith($"{_other.Nid} announced what is dated up to 5 min ahead of this machine's clock",
            Tell()!.Text, StringComparison.Ordinal);

        Announce(_other, TimeSpan.Zero);
        Assert.Equal(Health.Fine, Tell()!.State);
    }

    [Fact]
    public void a_peer_that_was_hung_up_on_is_remembered_for_a_day()
    {
        Hear(new NodeEvent.PeerRefused(Did.Parse(_other.Did), _time.GetUtcNow() + TimeSpan.FromHours(2)));
        Announce(_other, TimeSpan.Zero);
        Assert.Equal(Health.Warning, Tell()!.State);
        Assert.StartsWith($"the node hung up on {_other.Nid}, since an announcement was dated 2 h ahead", Tell()!.Text,
            StringComparison.Ordinal);

        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(Health.Fine, Tell()!.State);
    }

    [Fact]
    public void the_nodes_own_announcements_are_compared_and_not_counted_among_others()
    {
        Announce(_self, TimeSpan.FromHours(3));
        Assert.Null(Tell());

        Hear(Local(TimeSpan.FromHours(3)));
        Assert.Equal(Health.Trouble, Tell()!.State);
        Assert.StartsWith("the node dates its announcements 3 h ahead", Tell()!.Text, StringComparison.Ordinal);

        Hear(Local(TimeSpan.FromMilliseconds(-2)));
        Assert.Equal(Health.Fine, Tell()!.State);
    }

    [Fact]
    public void a_network_of_wrong_clocks_does_not_fill_the_memory()
    {
        for (var i = 0; i < NodeClocks.MaxNodes + 20; i++)
        {
            using var node = new RadicleTestKey($"node {i}");
            Announce(node, TimeSpan.FromMinutes(2));
        }

        Assert.Equal(NodeClocks.MaxNodes, _clocks.Read().Ahead.Count);
        Assert.StartsWith("100 nodes announced", Tell()!.Text, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _self.Dispose();
        _other.Dispose();
    }

    private void Announce(RadicleTestKey by, TimeSpan ahead) => Hear(new NodeEvent.Announced(Did.Parse(by.Did), _time.GetUtcNow() + ahead));

    private NodeEvent.LocalRefsAnnounced Local(TimeSpan ahead)
        => new(Rid.Parse("rad:z3FncxVBpRsxNgBiagEzr4ZRcGhW7"), Did.Parse(_self.Did),
            CommitId.Parse("4dfe76c6c1f817af28b7afd24c3f59187635aaca"), _time.GetUtcNow() + ahead);

    private void Hear(NodeEvent e) => _clocks.Hear(e, _self.Nid);

    private Diagnosis? Tell() => DiagnoseClocks.Tell(_clocks.Read());
}
