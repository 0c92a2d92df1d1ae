using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>What came of writing a run.</summary>
public abstract record JobWrite
{
    private JobWrite()
    {
    }

    /// <summary>The run stands there with its end, and the node was told, if it runs.</summary>
    public sealed record Done : JobWrite;

    /// <summary>The program <c>rad-job</c> is not installed: nothing is wanted here.</summary>
    public sealed record NoProgram : JobWrite;

    /// <summary>It does not stand there yet; call again later.</summary>
    public sealed record NotYet(string Reason) : JobWrite;
}

/// <summary>
/// Writes the end of a run as a job of Radicle (<c>xyz.radworks.job</c>), with <c>rad-job</c> and the profile's key. It may be called again
/// with the same request at any time, after a crash, too: it looks into the storage first and writes only what is missing. A run that has
/// begun and not ended is never left behind for good: nothing is written before the end is known.
/// </summary>
public sealed class JobWriter(RadTurns turns, TimeProvider time)
{
    /// <summary>The program.</summary>
    public const string Program = "rad-job";

    /// <summary>A job, a run and its end, and one more for somebody who wrote at the same time.</summary>
    private const int MostWrites = 6;

    /// <summary>Writes what is missing, checks that it is there, and tells the node.</summary>
    /// <param name="home">The profile to write as.</param>
    /// <param name="storage">The repository in the profile's storage.</param>
    /// <param name="request">What shall stand.</param>
    /// <param name="cancellationToken">A write that has begun is finished.</param>
    public async Task<JobWrite> WriteAsync(
        RadicleHome home, RadicleRepository storage, JobRequest request, CancellationToken cancellationToken)
    {
        if (turns.Find(Program) is not { } program) return new JobWrite.NoProgram();
        switch (await turns.TakeAsync(program, home, storage.Rid, cancellationToken))
        {
            case RadTurn.Waits waits:
                return new JobWrite.NotYet(waits.Reason);
            case RadTurn.Busy busy:
                return new JobWrite.NotYet(busy.Reason);
            case RadTurn.Held held:
                using (held) return await WriteAsync(held, home, storage, request, cancellationToken);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task<JobWrite> WriteAsync(
        RadTurn.Held held, RadicleHome home, RadicleRepository storage, JobRequest request, CancellationToken cancellationToken)
    {
        var last = "";
        for (var write = 0; ; write++)
        {
            var jobs = await storage.ReadJobsOfAsync(request.Commit, cancellationToken);
            if (JobPlan.Of(request, held.Own, jobs) is not JobPlan.Write next)
            {
                await AnnounceAsync(home, storage.Rid, held.Own, cancellationToken);
                return new JobWrite.Done();
            }

            if (write == MostWrites) return new JobWrite.NotYet(last);
            switch (await held.Rad.RunAsync(["-r", storage.Rid.Value, "--no-sync", .. next.Arguments]))
            {
                case RadAnswer.Wrote:
                    last = $"{Program} said that it wrote, but it is not in the storage: another program wrote at the same time.";
                    break;
                case RadAnswer.Collided collided:
                    last = collided.Reason;
                    await Task.Delay(TimeSpan.FromMilliseconds(20 << write), time, cancellationToken);
                    break;
                case RadAnswer.Waits waits:
                    return new JobWrite.NotYet(waits.Reason);
                case RadAnswer.NotCached refused:
                    return new JobWrite.NotYet(refused.Reason);
                case RadAnswer.Refused refused:
                    return new JobWrite.NotYet(refused.Reason);
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }
    }

    /// <summary>A node that does not run tells its peers what is new when it starts.</summary>
    private async Task AnnounceAsync(RadicleHome home, Rid rid, Did own, CancellationToken cancellationToken)
    {
        try
        {
            await new NodeControl(home.Socket, time).AnnounceRefsForAsync(rid, [own], cancellationToken);
        }
        catch (NodeException)
        {
            // See above.
        }
    }
}
