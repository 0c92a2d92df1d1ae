using Auxo.Api.Numbers;

namespace Auxo.Cli.Metrics;

/// <summary>
/// Tells metrics how long somebody waited for a command that has succeeded (docs/promises.md). The work is done and shown by then:
/// whatever goes wrong here is not said, and takes nobody's time.
/// </summary>
internal static class WaitedFor
{
    public const string Create = "patch create", Merge = "patch merge";

    /// <summary>Nobody notices that.</summary>
    public static readonly TimeSpan AtMost = TimeSpan.FromMilliseconds(200);

    public static async Task TellAsync(Session session, string command, CancellationToken ct)
    {
        var seconds = session.Waited.TotalSeconds;
        using var patience = new CancellationTokenSource(AtMost, session.Host.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ct);
        try
        {
            await session.Clients.Metrics.RanAsync(new CommandRun(command, seconds), limit.Token);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // No Auxo, a silent one, a token that may not: the command is not counted.
        }
    }
}
