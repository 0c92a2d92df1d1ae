namespace Auxo.Metrics.Health.Checks;

/// <summary>20 points: the node, its peers, the replicas. A git repository without Radicle has none of it.</summary>
internal static class RadicleChecks
{
    private const HealthCategory Of20 = HealthCategory.Radicle;
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(5), Late = TimeSpan.FromHours(1);

    private static readonly (string Check, double Max)[] All =
        [("node-running", 6), ("peers", 4), ("replicas", 4), ("seeds-in-sync", 4), ("visibility", 2)];

    public static IEnumerable<CheckScore> Of(HealthFacts facts)
    {
        if (!facts.Rid.IsRadicle) return All.Select(static c => new CheckScore(c.Check, Of20, c.Max, null, "it is not on Radicle"));
        if (facts.Stands?.Node is not { } node)
            return All.Select(static c
                => new CheckScore(c.Check, Of20, c.Max, null, "how it stands on its node is not known yet", Unknown: true));
        return
        [
            node.IsRunning
                ? new("node-running", Of20, 6, 6, "the node runs")
                : new("node-running", Of20, 6, 0, "the node does not answer", "rad node start"),
            Peers(node, facts.Policy.Seeds), Replicas(node, facts.Policy.Seeds, facts), Sync(node, facts), Visibility(node, facts),
        ];
    }

    private static CheckScore Peers(NodeStanding node, int wanted)
    {
        if (!node.IsRunning) return new("peers", Of20, 4, 0, "the node does not answer", "rad node start");
        var said = $"connected to {Words.Count(node.ConnectedPeers, "peer", "peers")}";
        return node.ConnectedPeers >= wanted
            ? new("peers", Of20, 4, 4, said)
            : new("peers", Of20, 4, Share(node.ConnectedPeers, wanted), $"{said}, {wanted} are wanted", "auxo node diagnose");
    }

    private static CheckScore Replicas(NodeStanding node, int wanted, HealthFacts facts)
    {
        if (!node.IsRunning) return Silent("replicas", 4);
        var said = $"{Words.Count(node.Seeds, "other node keeps it", "other nodes keep it")}";
        return node.Seeds >= wanted
            ? new("replicas", Of20, 4, 4, said)
            : new(
                "replicas", Of20, 4, Share(node.Seeds, wanted), $"{said}, {wanted} are wanted",
                $"on another node: rad seed {facts.Rid} --scope all");
    }

    private static CheckScore Sync(NodeStanding node, HealthFacts facts)
    {
        if (!node.IsRunning) return Silent("seeds-in-sync", 4);
        if (node.Seeds == 0) return new("seeds-in-sync", Of20, 4, null, "no other node keeps it");
        if (node.BehindSince is not { } since) return new("seeds-in-sync", Of20, 4, 4, "all of them have what was signed last");
        var lag = facts.Now - since;
        var points = lag <= Soon ? 4 : lag <= Late ? 2 : 0;
        return new("seeds-in-sync", Of20, 4, points, $"{node.Seeds - node.SeedsInSync} of {node.Seeds} are behind, since {Words.Age(lag)}",
            points < 4 ? $"rad sync {facts.Rid} --announce" : null);
    }

    private static CheckScore Visibility(NodeStanding node, HealthFacts facts)
        => facts.Exposed
            ? new("visibility", Of20, 2, 0, "it is private, and others can read it", $"auxo repo visibility {facts.InCommands}")
            : new("visibility", Of20, 2, 2, node.IsPrivate ? "it is private, and nobody saw it elsewhere" : "it is public");

    private static CheckScore Silent(string check, double max) => new(check, Of20, max, null, "the node does not answer", Unknown: true);

    private static double Share(int has, int wanted) => 4.0 * has / wanted;
}
