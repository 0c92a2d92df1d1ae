namespace Auxo.Registry.Blobs;

/// <summary>Readies the folder before anything is received, and sweeps once an hour.</summary>
internal sealed partial class SweepWorker(
    BlobFiles files, Oci.Uploads.UploadFiles uploads, BlobSweep sweep, TimeProvider time, ILogger<SweepWorker> logger)
    : PeriodicJob(Pause, time, logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);
    private const int OrphansEvery = 24;
    private int _round;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        files.Open();
        uploads.Open();
        await sweep.RecoverAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task DoAsync(CancellationToken ct)
    {
        var result = await sweep.RunAsync(orphans: _round++ % OrphansEvery == 0, ct);
        if (result.Removed > 0) Log.Swept(logger, result.Removed, result.FreedBytes);
    }

    protected override void Report(Exception e) => Log.Failed(logger, e);

    private static partial class Log
    {
        [LoggerMessage(500, LogLevel.Information, "{Count} contents that nobody used were removed, {Bytes} bytes")]
        public static partial void Swept(ILogger logger, int count, long bytes);

        [LoggerMessage(501, LogLevel.Warning, "Sweeping unused contents failed; it is repeated in an hour")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
