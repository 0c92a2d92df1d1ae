namespace Auxo.Registry.Blobs;

/// <summary>Readies the folder before anything is received, and sweeps once an hour.</summary>
internal sealed partial class SweepWorker(BlobFiles files, BlobSweep sweep, TimeProvider time, ILogger<SweepWorker> logger)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);
    private const int OrphansEvery = 24;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        files.Open();
        await sweep.RecoverAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        for (var round = 0; await timer.WaitForNextTickAsync(stoppingToken); round++)
        {
            try
            {
                var result = await sweep.RunAsync(orphans: round % OrphansEvery == 0, stoppingToken);
                if (result.Removed > 0) Log.Swept(logger, result.Removed, result.FreedBytes);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Log.Failed(logger, e);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(500, LogLevel.Information, "{Count} contents that nobody used were removed, {Bytes} bytes")]
        public static partial void Swept(ILogger logger, int count, long bytes);

        [LoggerMessage(501, LogLevel.Warning, "Sweeping unused contents failed; it is repeated in an hour")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
