namespace Auxo.Metrics.Promises.Known;

/// <summary>What became known of a node's uptime, by this machine's clock. Stored in stream <c>uptime/{node}</c>.</summary>
public abstract record UptimeEvent
{
    private UptimeEvent()
    {
    }

    /// <summary>It told for the first time, or something else than before.</summary>
    /// <param name="Node">Its name in the mesh.</param>
    /// <param name="IsRunning">Its Radicle node ran.</param>
    /// <param name="At">When it told so.</param>
    public sealed record Told(string Node, bool IsRunning, DateTimeOffset At) : UptimeEvent;

    /// <summary>It has been silent since then, or was taken away: what is later is not known.</summary>
    /// <param name="At">When it was last heard.</param>
    public sealed record Lost(DateTimeOffset At) : UptimeEvent;
}
