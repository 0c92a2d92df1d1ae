using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Running.Steps;

namespace Auxo.Pipeline.Runners.Leases;

/// <summary>A second machine was lost with the same build: it is not tried a third time.</summary>
internal sealed class RunnersLostException(string message) : Exception(message);

/// <summary>The steps of a build that a runner runs: waits for it, and decides what becomes of the build when it is lost.</summary>
internal sealed class RemoteSteps(Handovers handovers, HandoverTable table, ILogger<RemoteSteps> logger)
{
    /// <summary>A machine may be lost so often with a build; at the next loss the build ends.</summary>
    private const int MostLosses = 1;

    /// <summary>Listens to the runner until it is done or the build has to go elsewhere.</summary>
    /// <param name="build">The build.</param>
    /// <param name="handover">The runner's hold of it.</param>
    /// <param name="record">Records what it sends.</param>
    /// <param name="started">The record of the start, which comes before that of a result.</param>
    /// <param name="run">The build is stopped.</param>
    /// <param name="ct">This process stops, or its own lease is lost: the runner goes on, and the next process listens to it.</param>
    /// <returns>False when the build waits for another machine.</returns>
    /// <exception cref="RunnersLostException">It was lost before.</exception>
    public async Task<bool> RunAsync(
        Build build, Handover handover, RecordSteps record, Task started, CancellationToken run, CancellationToken ct)
    {
        try
        {
            await started;
            handover.TakeUp(build, [.. StepReplay.Of(build).Select(static step => step.Name)], record);
            if (!build.HasStepsLeft()) await handover.EndAsync(HandoverEnd.Done);
            var end = await handover.EndedAsync(run);
            return end == HandoverEnd.Done || await TakeBackAsync(build, handover, end, ct);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            await handover.EndAsync(HandoverEnd.Stopped);
            throw;
        }
        finally
        {
            await handovers.CloseAsync(handover);
        }
    }

    private async Task<bool> TakeBackAsync(Build build, Handover handover, HandoverEnd end, CancellationToken ct)
    {
        var (row, lost) = (handover.Row, end == HandoverEnd.Lost);
        if (lost && row.Losses >= MostLosses)
            throw new RunnersLostException(
                $"two machines were lost with this build, the last was runner {row.Runner}"
                + $"{(handover.Fault is { } fault ? $" ({fault})" : "")}; it is not tried a third time");
        logger.LogWarning(
            "Runner {Runner} {What} build {BuildId}; its steps go on with another machine.", row.Runner,
            end switch
            {
                HandoverEnd.Lost => "was lost with", HandoverEnd.GivenBack => "gave back", _ => "did not take",
            },
            build.BuildId);
        CrashPoint.Hit("pipeline.runner.lost");
        await table.TakeBackAsync(row, lost, had: end != HandoverEnd.NotTaken, ct);
        return false;
    }
}
