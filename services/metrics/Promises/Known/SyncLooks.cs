using Auxo.Metrics.Health;

namespace Auxo.Metrics.Promises.Known;

/// <summary>When a repository stood with its seeds as declared. Pure.</summary>
public static class SyncLooks
{
    /// <summary>A look of the node is made so often; only what changed is told, and everything daily.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(5);

    /// <summary>
    /// So long what was told is believed: the same is kept again after 20 hours at the earliest, and with the next day's look at the
    /// latest.
    /// </summary>
    public static readonly TimeSpan Believed = TimeSpan.FromHours(48);

    /// <summary>What is known of the time up to a moment.</summary>
    /// <param name="told">How it stood, in any order.</param>
    /// <param name="declared">On how many other nodes the repository is to be kept.</param>
    /// <param name="until">The moment.</param>
    public static IReadOnlyList<KnownSpan> Of(IEnumerable<HealthEvent.Stood> told, int declared, DateTimeOffset until)
    {
        var spans = new List<KnownSpan>();
        var order = told.Where(stood => stood.At < until).OrderBy(static stood => stood.At).ToList();
        for (var i = 0; i < order.Count; i++)
        {
            var next = i + 1 < order.Count ? order[i + 1].At : until;
            if (IsGood(order[i].Node, declared) is { } good)
                spans.Add(new KnownSpan(order[i].At, next - order[i].At > Believed ? order[i].At + Believed : next, good));
        }

        return spans;
    }

    /// <summary>
    /// As many other nodes as declared have what was signed last, or all of them where fewer keep it: that there are too few is what the
    /// repository's health says. Null when it cannot be said: no Radicle, a node that does not run, nobody else who keeps it.
    /// </summary>
    public static bool? IsGood(NodeStanding? node, int declared)
        => node is { IsRunning: true, Seeds: > 0 } && declared > 0 ? node.SeedsInSync >= Math.Min(declared, node.Seeds) : null;
}
