using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>The end of a run, as it shall stand in Radicle.</summary>
/// <param name="Commit">What was run.</param>
/// <param name="Log">Where its log is; contains <paramref name="Run"/>.</param>
/// <param name="Run">A text that the logs of no other run contain: how a run is found again.</param>
/// <param name="Passed">How it ended.</param>
public sealed record JobRequest(CommitId Commit, Uri Log, string Run, bool Passed);

/// <summary>What has to be written next. A plan is made anew after each write, from what the storage then has.</summary>
public abstract record JobPlan
{
    private JobPlan()
    {
    }

    /// <summary>Nothing: the run stands there with its end.</summary>
    public sealed record Nothing : JobPlan;

    /// <summary>Commands of <c>rad-job</c>.</summary>
    /// <param name="Arguments">The command and what it is about.</param>
    public sealed record Write(IReadOnlyList<string> Arguments) : JobPlan;

    /// <summary>Decides it.</summary>
    /// <param name="request">What shall stand.</param>
    /// <param name="own">Whose runs are ours.</param>
    /// <param name="jobs">The jobs of the commit; more than one where two nodes made one at the same time.</param>
    public static JobPlan Of(JobRequest request, Did own, IReadOnlyList<RadicleJob> jobs)
    {
        var commit = request.Commit.Value;
        if (jobs.Count == 0) return new Write(["new", commit]);
        var run = jobs.SelectMany(static job => job.Runs)
            .FirstOrDefault(run => run.Node == own && run.Log.Contains(request.Run, StringComparison.Ordinal));
        return run switch
        {
            null => new Write(["run", commit, request.Log.AbsoluteUri]),
            { Status: JobRunStatus.Started } => new Write([request.Passed ? "succeeded" : "failed", commit, run.Id]),
            _ => new Nothing(),
        };
    }
}
