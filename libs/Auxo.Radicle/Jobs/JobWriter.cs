namespace Auxo.Radicle;

/// <summary>What came of writing a run.</summary>
public abstract record JobWrite
{
    private JobWrite()
    {
    }

    /// <summary>The run stands there with its end, and the node was told, if it runs.</summary>
    public sealed record Done : JobWrite;

    /// <summary>Only a program of Radicle can sign here, and it is not wanted.</summary>
    public sealed record NotWanted : JobWrite;

    /// <summary>It does not stand there yet; call again later.</summary>
    public sealed record NotYet(string Reason) : JobWrite;
}

/// <summary>
/// Writes the end of a run as a job of Radicle (<c>xyz.radworks.job</c>) with the profile's key; by <c>rad-job</c> where only a program of
/// Radicle can sign. It may be called again with the same request at any time, after a crash, too: it looks into the storage first and
/// writes only what is missing. A run that has begun and not ended is never left behind for good: nothing is written before the end is
/// known.
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
    /// <param name="byProgram">Whether <c>rad-job</c> may be called where the key cannot be read.</param>
    /// <param name="cancellationToken">A write that has begun is finished.</param>
    public async Task<JobWrite> WriteAsync(
        RadicleHome home, RadicleRepository storage, JobRequest request, bool byProgram, CancellationToken cancellationToken)
    {
        if (!byProgram && !PrivateKeyFile.IsOpen(home.Key)) return new JobWrite.NotWanted();
        switch (await turns.TakeAsync(Program, home, storage.Rid, cancellationToken))
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
            var refs = held.Key is null ? null : await CobWriter.ReadOwnAsync(storage, held.Own, cancellationToken);
            var jobs = await storage.ReadJobsOfAsync(request.Commit, cancellationToken);
            var plan = JobPlan.Of(request, held.Own, jobs);
            if (plan is JobPlan.Nothing)
            {
                // A node that does not run tells its peers what is new when it starts.
                await turns.AnnounceAsync(home, storage.Rid, held.Own, cancellationToken);
                return new JobWrite.Done();
            }

            if (write == MostWrites) return new JobWrite.NotYet(last);
            var answer = held.Key is { } key
                ? await ByGitAsync(key, refs!, plan, home, storage, request, cancellationToken)
                : await held.Rad!.RunAsync(["-r", storage.Rid.Value, "--no-sync", .. plan.Arguments(request)]);
            switch (answer)
            {
                case RadAnswer.Wrote:
                    last = "It was written, but is not in the storage: another program wrote at the same time.";
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

    /// <summary>What a plan adds to its job, or the new job that it makes.</summary>
    internal static async Task<CobChange> ChangeAsync(
        RadicleRepository storage, OwnRefs refs, JobPlan plan, JobRequest request, CancellationToken cancellationToken)
    {
        var job = plan switch { JobPlan.Run run => run.Job, JobPlan.Finish finish => finish.Job, _ => null };
        var after = job is null
            ? []
            : await storage.ReadNewestAsync(CobTypes.Job, job.Id, refs.Tip(CobTypes.Job, job.Id), job.Dropped, cancellationToken);
        return new CobChange(CobTypes.Job, job?.Id, after, [.. plan.Operations(request).Select(static o => (PlannedOperation)(_ => o))]);
    }

    private async Task<RadAnswer> ByGitAsync(
        SigningKey key, OwnRefs refs, JobPlan plan, RadicleHome home, RadicleRepository storage, JobRequest request,
        CancellationToken cancellationToken)
    {
        var change = await ChangeAsync(storage, refs, plan, request, cancellationToken);
        await PushesUnderWay.WaitAsync(storage, key.Owner, time, cancellationToken);
        var written = await CobWriter.WriteAsync(storage, home, key, refs, [change], time.GetUtcNow(), cancellationToken);
        return written is CobWrite.Overtaken overtaken ? new RadAnswer.Collided(overtaken.Reason) : new RadAnswer.Wrote();
    }
}
