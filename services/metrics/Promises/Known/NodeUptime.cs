using Auxo.Metrics.Mesh;

namespace Auxo.Metrics.Promises.Known;

/// <summary>When a node is known to have run, and when not: the fold of its stream.</summary>
public sealed record NodeUptime
{
    /// <summary>Of a node that goes up and down all the time only the last changes are kept here; what was before is not known.</summary>
    public const int MostSpans = 2000;

    /// <summary>The key of its stream.</summary>
    public string Id { get; init; } = "";

    /// <summary>Its name in the mesh.</summary>
    public string Node { get; init; } = "";

    /// <summary>What it told last; null while nothing is known.</summary>
    public bool? IsRunning { get; init; }

    /// <summary>Since when.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>What is over, in the order in which it was told.</summary>
    public IReadOnlyList<KnownSpan> Spans { get; init; } = [];

    /// <summary>The stream of a node.</summary>
    public static string StreamKey(string node) => $"uptime/{node}";

    /// <summary>What a report adds to what is known.</summary>
    /// <param name="known">What is known.</param>
    /// <param name="lastHeard">When the node reported before; null for never, or not since it was taken away.</param>
    /// <param name="node">Its name in the mesh.</param>
    /// <param name="isRunning">Its Radicle node runs.</param>
    /// <param name="now">When it reports.</param>
    public static IReadOnlyList<UptimeEvent> Decide(
        NodeUptime? known, DateTimeOffset? lastHeard, string node, bool isRunning, DateTimeOffset now)
    {
        var told = new UptimeEvent.Told(node, isRunning, now);
        if (known?.IsRunning is not { } was) return [told];
        var heard = lastHeard ?? known.Since;
        // A clock that was set back has made the time between the two unknown, too.
        if (now < heard || now - heard > MeshMatrix.Silence) return [new UptimeEvent.Lost(heard), told];
        return was == isRunning ? [] : [told];
    }

    /// <summary>The state after one more event.</summary>
    public NodeUptime Apply(UptimeEvent e) => e switch
    {
        UptimeEvent.Told x => Until(x.At) with { Node = x.Node, IsRunning = x.IsRunning, Since = x.At },
        UptimeEvent.Lost x => Until(x.At) with { IsRunning = null, Since = x.At },
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>All that is known.</summary>
    /// <param name="heard">When the node was last heard; null when it is not in the mesh any more.</param>
    public IReadOnlyList<KnownSpan> Known(DateTimeOffset? heard) => heard is { } at ? Until(at).Spans : Spans;

    private NodeUptime Until(DateTimeOffset at)
        => IsRunning is { } running && at > Since
            ? this with { Spans = [.. Spans.TakeLast(MostSpans - 1), new KnownSpan(Since, at, running)] }
            : this;
}
