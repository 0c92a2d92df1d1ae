using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>The end of a run, as it shall stand in Radicle.</summary>
/// <param name="Commit">What was run.</param>
/// <param name="Log">Where its log is; contains <paramref name="Run"/>.</param>
/// <param name="Run">
/// The run's id. <c>rad-job</c> makes up an id of its own; then the run is found again by this one in its log's address.
/// </param>
/// <param name="Passed">How it ended.</param>
public sealed record JobRequest(CommitId Commit, Uri Log, Guid Run, bool Passed)
{
    /// <summary>Whether a run is this one.</summary>
    public bool IsOf(JobRun run) => run.Id == Run.ToString() || run.Log.Contains(Run.ToString(), StringComparison.Ordinal);
}

/// <summary>What has to be written next. A plan is made anew after each write, from what the storage then has.</summary>
public abstract record JobPlan
{
    private JobPlan()
    {
    }

    /// <summary>Nothing: the run stands there with its end.</summary>
    public sealed record Nothing : JobPlan;

    /// <summary>The commit has no job yet.</summary>
    public sealed record Begin : JobPlan;

    /// <summary>It has one, without this run.</summary>
    /// <param name="Job">The job.</param>
    public sealed record Run(RadicleJob Job) : JobPlan;

    /// <summary>The run stands there without its end.</summary>
    /// <param name="Job">The job.</param>
    /// <param name="Id">The run.</param>
    public sealed record Finish(RadicleJob Job, string Id) : JobPlan;

    /// <summary>Decides it.</summary>
    /// <param name="request">What shall stand.</param>
    /// <param name="own">Whose runs are ours.</param>
    /// <param name="jobs">The jobs of the commit; more than one where two nodes made one at the same time.</param>
    public static JobPlan Of(JobRequest request, Did own, IReadOnlyList<RadicleJob> jobs)
    {
        var ours = jobs.SelectMany(job => job.Runs.Select(run => (Job: job, Run: run)))
            .FirstOrDefault(pair => pair.Run.Node == own && request.IsOf(pair.Run));
        return ours.Job is { } job
            ? ours.Run.Status == JobRunStatus.Started ? new Finish(job, ours.Run.Id) : new Nothing()
            : jobs.Count == 0 ? new Begin() : new Run(jobs[0]);
    }

    /// <summary>What <c>rad-job</c> is to be called with; it writes one operation at a time.</summary>
    public IReadOnlyList<string> Arguments(JobRequest request) => this switch
    {
        Begin => ["new", request.Commit.Value],
        Run => ["run", request.Commit.Value, request.Log.AbsoluteUri],
        Finish finish => [request.Passed ? "succeeded" : "failed", request.Commit.Value, finish.Id],
        _ => [],
    };

    /// <summary>The operations that lead to the end at once.</summary>
    /// <param name="request">What shall stand.</param>
    public IReadOnlyList<NewOperation> Operations(JobRequest request)
    {
        var begin = new NewOperation([JobActions.Request(request.Commit)], "Request job", [request.Commit]);
        var run = new NewOperation([JobActions.Run(request.Run.ToString(), request.Log)], "Run job", []);
        var known = this is Finish finish ? finish.Id : request.Run.ToString();
        var end = new NewOperation([JobActions.Finished(known, request.Passed)], "Finish job", []);
        return this switch { Begin => [begin, run, end], Run => [run, end], Finish => [end], _ => [] };
    }
}
