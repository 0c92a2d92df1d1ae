using Auxo.Contracts;
using Auxo.Radicle;

namespace Auxo.Ingest.Listening;

/// <summary>What announcements say of clocks.</summary>
/// <param name="Own">How far ahead of this machine's clock this node's last announcement was dated; below zero: so long before
/// it was heard. Null before the first.</param>
/// <param name="Heard">How many announcements of others were heard.</param>
/// <param name="Ahead">The nodes whose last announcement was dated ahead of this machine's clock by more than
/// <see cref="NodeClocks.Tolerance"/>, and how far.</param>
/// <param name="Refused">The peers on which the node hung up for what they passed on, and how far ahead that was dated.</param>
public sealed record AnnouncedTimes(
    TimeSpan? Own, long Heard, IReadOnlyDictionary<Did, TimeSpan> Ahead, IReadOnlyDictionary<Did, TimeSpan> Refused);

/// <summary>
/// Compares this machine's clock with the dates of announcements. One that is dated ahead of the moment at which it is heard
/// proves that a clock is wrong; one of the past proves nothing, since nodes keep announcements and pass them on for days. What
/// was heard a day ago is forgotten.
/// </summary>
public sealed class NodeClocks(TimeProvider time)
{
    /// <summary>Machines that keep time differ by less.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    /// <summary>As many nodes are remembered; a network may be full of wrong clocks.</summary>
    public const int MaxNodes = 100;

    private static readonly TimeSpan Keep = TimeSpan.FromDays(1);
    private readonly Lock _gate = new();
    private readonly Dictionary<Did, Dated> _ahead = [];
    private readonly Dictionary<Did, Dated> _refused = [];
    private TimeSpan? _own;
    private long _heard;

    /// <summary>Takes an event; most say nothing of clocks.</summary>
    /// <param name="e">The event.</param>
    /// <param name="self">This node, whose own announcements come back from others.</param>
    public void Hear(NodeEvent e, string? self)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            switch (e)
            {
                case NodeEvent.LocalRefsAnnounced { At: { } at }:
                    _own = at - now;
                    break;
                case NodeEvent.Announced other when other.By.Nid != self:
                    _heard++;
                    if (other.At - now > Tolerance) Remember(_ahead, other.By, other.At - now, now);
                    else _ahead.Remove(other.By);
                    break;
                case NodeEvent.PeerRefused refused:
                    Remember(_refused, refused.Peer, refused.At - now, now);
                    break;
            }
        }
    }

    /// <summary>What was heard until now.</summary>
    public AnnouncedTimes Read()
    {
        var since = time.GetUtcNow() - Keep;
        lock (_gate) return new AnnouncedTimes(_own, _heard, Since(_ahead), Since(_refused));

        Dictionary<Did, TimeSpan> Since(Dictionary<Did, Dated> nodes)
            => nodes.Where(n => n.Value.HeardAt > since).ToDictionary(static n => n.Key, static n => n.Value.Ahead);
    }

    private static void Remember(Dictionary<Did, Dated> nodes, Did node, TimeSpan ahead, DateTimeOffset now)
    {
        if (nodes.Count >= MaxNodes && !nodes.ContainsKey(node)) nodes.Remove(nodes.MinBy(static n => n.Value.HeardAt).Key);
        nodes[node] = new Dated(ahead, now);
    }

    private readonly record struct Dated(TimeSpan Ahead, DateTimeOffset HeardAt);
}
