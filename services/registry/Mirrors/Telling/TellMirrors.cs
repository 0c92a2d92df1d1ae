using Npgsql;

namespace Auxo.Registry.Mirrors.Telling;

/// <summary>Tells metrics how the mirrors stand with their upstreams. What was told is remembered by this process alone.</summary>
public sealed partial class TellMirrors(NpgsqlDataSource source, Outbox outbox, TimeProvider time, ILogger<TellMirrors> logger)
    : PeriodicJob(Pause, time, logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);
    private MirrorsObserved? _told;

    /// <summary>Looks once.</summary>
    /// <returns>True when metrics was told.</returns>
    public async Task<bool> RunAsync(CancellationToken ct)
    {
        var now = Time.GetUtcNow();
        var mirrors = await MirrorStatus.ListAsync(source, null, now - MirrorRefresh.Used, ct);
        if (MirrorNews.Of(_told, mirrors, now) is not { } news) return false;
        await using var work = outbox.Open();
        await work.PublishAsync(news);
        await work.SaveChangesAsync(ct);
        _told = news;
        return true;
    }

    /// <inheritdoc/>
    protected override Task DoAsync(CancellationToken ct) => RunAsync(ct);

    /// <inheritdoc/>
    protected override void Report(Exception e) => Log.Failed(logger, e);

    private static partial class Log
    {
        [LoggerMessage(548, LogLevel.Warning, "Metrics could not be told how the mirrors are; it is repeated in five minutes")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
