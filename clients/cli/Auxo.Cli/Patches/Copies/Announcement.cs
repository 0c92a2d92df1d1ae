using Auxo.Contracts;
using Auxo.Radicle;

namespace Auxo.Cli.Patches.Copies;

/// <summary>
/// Tells the other nodes, through the node's own socket: that takes milliseconds, where rad's own announcing waits up to nine seconds
/// for peers that do not answer.
/// </summary>
internal static class Announcement
{
    /// <summary>Null when the node has taken it; else why the others do not know yet and what to do.</summary>
    public static Task<string?> TryAsync(RadicleCopy copy, TimeProvider time, CancellationToken ct)
        => TryAsync(copy, copy.Rid, time, ct);

    /// <inheritdoc cref="TryAsync(RadicleCopy, TimeProvider, CancellationToken)"/>
    /// <param name="copy">Whose node and key.</param>
    /// <param name="rid">The repository, which need not be the working copy's.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ct">Stops.</param>
    public static async Task<string?> TryAsync(RadicleCopy copy, Rid rid, TimeProvider time, CancellationToken ct)
    {
        try
        {
            await new NodeControl(copy.Home.Socket, time).AnnounceRefsForAsync(rid, [copy.Own], ct);
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
