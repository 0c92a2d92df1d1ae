using Auxo.Radicle;

namespace Auxo.Cli.Patches.Copies;

/// <summary>
/// Tells the other nodes, through the node's own socket: that takes milliseconds, where rad's own announcing waits up to nine seconds
/// for peers that do not answer.
/// </summary>
internal static class Announcement
{
    /// <summary>Null when the node has taken it; else why the others do not know yet and what to do.</summary>
    public static async Task<string?> TryAsync(RadicleCopy copy, TimeProvider time, CancellationToken ct)
    {
        try
        {
            await new NodeControl(copy.Home.Socket, time).AnnounceRefsForAsync(copy.Rid, [copy.Own], ct);
            return null;
        }
        catch (NodeException e) when (e.Fault is NodeFault.NotRunning or NodeFault.StaleSocket)
        {
            return "Your node is stopped, so nobody else has it yet. Start it, then tell the others: rad node start && rad sync --announce";
        }
        catch (NodeException e)
        {
            return $"Your node was not told, so nobody else has it yet: {e.Message} Later: rad sync --announce";
        }
    }
}
