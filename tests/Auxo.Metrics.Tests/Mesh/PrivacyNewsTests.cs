using Auxo.Contracts;
using Auxo.Contracts.Mesh;
using Auxo.Metrics.Mesh;

using static Auxo.Metrics.Tests.Mesh.Reports;

namespace Auxo.Metrics.Tests.Mesh;

public sealed class PrivacyNewsTests
{
    [Fact]
    public void each_thing_is_told_once_whoever_sees_it_and_its_end_when_nobody_does()
    {
        var well = Of(A) with { Repositories = [Private(Heartwood, "heartwood")] };
        var ill = well with { Repositories = [Private(Heartwood, "heartwood", "at X")] };
        var worse = well with { Repositories = [Private(Heartwood, "heartwood", "at X and Y")] };
        MeshNode Ann(NodeReport report) => Heard("ann", report);
        MeshNode Bob(NodeReport report) => Heard("bob", report with { Node = B });

        Assert.Empty(News([], [Ann(well)]));
        Assert.Equal([Violated("at X")], News([Ann(well)], [Ann(ill)]));
        Assert.Empty(News([Ann(ill)], [Ann(ill)]));
        Assert.Empty(News([Ann(ill)], [Ann(ill), Bob(ill)]));
        Assert.Equal([Violated("at X and Y")], News([Ann(ill)], [Ann(worse)]));
        Assert.Empty(News([Ann(ill), Bob(ill)], [Ann(well), Bob(ill)]));
        Assert.Equal([Restored()], News([Ann(well), Bob(ill)], [Ann(well), Bob(well)]));
        // Gone from the node, and from the others: nobody has it.
        Assert.Equal([Restored()], News([Ann(ill)], [Ann(Of(A))]));
        Assert.Equal([Violated("at X")], News([Ann(well)], [Ann(ill)]));
    }

    [Fact]
    public void a_node_that_cannot_be_asked_has_not_become_innocent()
    {
        var before = Of(A) with { Repositories = [Private(Heartwood, "heartwood", "at X"), Private(Second, "other", "at Y")] };
        var unknown = Of(A) with
        {
            Repositories = [Private(Heartwood, "heartwood", "was made public")], PrivacyUnknown = "the node does not run",
        };

        var carried = PrivacyNews.Carry(before, unknown);

        Assert.Equal([Heartwood, Second], carried.Repositories.Select(static r => r.Rid));
        Assert.Equal(["at X", "was made public"], carried.Repositories[0].Violations);
        Assert.Equal(["at Y"], carried.Repositories[1].Violations);
        Assert.Empty(PrivacyNews.Carry(before, Of(A)).Repositories);
        Assert.Same(unknown, PrivacyNews.Carry(null, unknown));
    }

    private static PrivacyViolated Violated(string text) => new(Contracts.Rid.Parse(Heartwood, null), "heartwood", "ann", text, Now);

    private static PrivacyRestored Restored() => new(Contracts.Rid.Parse(Heartwood, null), "heartwood", Now);

    private static IEnumerable<object> News(MeshNode[] before, MeshNode[] after) => PrivacyNews.Of(before, after, "ann", Now);
}
