using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Auxo.BackgroundWork;

/// <summary>
/// Work that a service does turn after turn until it stops. What a turn throws is reported, and after a pause the next turn
/// comes: no error ends the loop, and so none ends the service or leaves it running without its work.
/// </summary>
public abstract class BackgroundLoop(TimeProvider time, ILogger logger) : BackgroundService
{
    /// <summary>The clock.</summary>
    protected TimeProvider Time { get; } = time;

    /// <summary>How long the loop rests after a turn that failed: an error that stays must not fill the processor and the log.</summary>
    protected virtual TimeSpan PauseAfterError => TimeSpan.FromSeconds(1);

    /// <summary>Waits for work and does it, once.</summary>
    /// <param name="ct">The service stops: end soon, by <see cref="OperationCanceledException"/> or by returning.</param>
    protected abstract Task TurnAsync(CancellationToken ct);

    /// <summary>Rests after a turn that failed. Work that is woken from outside may end its rest early.</summary>
    /// <param name="ct">The service stops.</param>
    protected virtual Task RestAsync(CancellationToken ct) => Task.Delay(PauseAfterError, Time, ct);

    /// <summary>Reports what a turn has thrown; by default as an error with its stack.</summary>
    protected virtual void Report(Exception e) => logger.LogError(e, "{Work} failed; it goes on with the next turn.", GetType().Name);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                try
                {
                    await TurnAsync(stoppingToken);
                }
                catch (Exception e) when (!(e is OperationCanceledException && stoppingToken.IsCancellationRequested))
                {
                    Report(e);
                    await RestAsync(stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }
}
