namespace Auxo.Ingest.Standing;

/// <summary>
/// Looks every five minutes how the repositories stand; for the first time when a node that starts with Auxo has met its peers.
/// </summary>
internal sealed class StandingWorker(ObserveStanding standing, TimeProvider time, ILogger<StandingWorker> logger)
    : BackgroundLoop(time, logger)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(5);
    private TimeSpan _pause = First;

    protected override TimeSpan PauseAfterError => First;

    protected override async Task TurnAsync(CancellationToken ct)
    {
        await Task.Delay(_pause, Time, ct);
        await standing.RunAsync(ct);
        _pause = Every;
    }

    protected override void Report(Exception e)
    {
        if (DatabaseAway.Is(e)) logger.LogWarning("PostgreSQL does not answer ({Reason}); standings are told later.", e.Message);
        else base.Report(e);
    }
}
