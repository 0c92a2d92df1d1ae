using Auxo.Pipeline.Schedules.Scans;

using Npgsql;

namespace Auxo.Pipeline.Schedules;

/// <summary>
/// Sleeps until the next slot is due and begins its build. It looks once a minute in any case: timers stand still while a machine
/// sleeps, clocks are set, and other processes change the rows.
/// </summary>
internal sealed class ScheduleWorker(
    BuildSlot slots, ScheduleAlarm alarm, NpgsqlDataSource database, ScanSettings scans, TimeProvider time, ILogger<ScheduleWorker> logger)
    : BackgroundLoop(time, logger)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private bool _keptScans;

    protected override TimeSpan PauseAfterError => Longest;

    protected override async Task TurnAsync(CancellationToken ct)
    {
        if (!_keptScans) await ScanTable.KeepAsync(database, scans, Time.GetUtcNow(), ct);
        _keptScans = true;
        var (next, failed) = await slots.BuildDueAsync(ct);
        // What failed is due still, and shall not be tried without a pause.
        var pause = failed || next is null ? Longest : next.Value - Time.GetUtcNow();
        if (pause > TimeSpan.Zero) await alarm.WaitAsync(pause < Longest ? pause : Longest, Time, ct);
    }

    protected override Task RestAsync(CancellationToken ct) => alarm.WaitAsync(PauseAfterError, Time, ct);

    protected override void Report(Exception e)
    {
        if (DatabaseAway.Is(e)) logger.LogWarning("PostgreSQL does not answer ({Reason}); schedules wait.", e.Message);
        else base.Report(e);
    }
}

/// <summary>Ends the sleep of the worker of this process.</summary>
public sealed class ScheduleAlarm
{
    private readonly Signal _signal = new();

    /// <summary>Something has changed: look now.</summary>
    public void Ring() => _signal.Set();

    internal Task WaitAsync(TimeSpan limit, TimeProvider time, CancellationToken ct) => _signal.WaitAsync(limit, time, ct);
}

/// <summary>Schedules have changed. Stays in this process, and may be lost: the worker looks by itself once a minute.</summary>
public sealed record SchedulesChanged;

/// <summary>Wakes the worker after the commit that changed schedules.</summary>
public static class SchedulesChangedHandler
{
    /// <summary>Wakes it.</summary>
    public static void Handle(SchedulesChanged message, ScheduleAlarm alarm)
    {
        _ = message;
        alarm.Ring();
    }
}
