using Microsoft.Extensions.Logging;

namespace Auxo.BackgroundWork;

/// <summary>
/// A job that is done once in every interval, for the first time when one has passed. A run that fails is reported, and the job
/// is done again at the next tick; a run that takes longer than the interval delays the next one and never meets it.
/// </summary>
/// <param name="interval">From tick to tick.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Hears of failures.</param>
public abstract class PeriodicJob(TimeSpan interval, TimeProvider time, ILogger logger) : BackgroundLoop(time, logger)
{
    private readonly PeriodicTimer _timer = new(interval, time);

    /// <summary>Does the job once.</summary>
    /// <param name="ct">The service stops.</param>
    protected abstract Task DoAsync(CancellationToken ct);

    /// <inheritdoc/>
    protected sealed override async Task TurnAsync(CancellationToken ct)
    {
        await _timer.WaitForNextTickAsync(ct);
        await DoAsync(ct);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _timer.Dispose();
        base.Dispose();
        GC.SuppressFinalize(this);
    }
}
