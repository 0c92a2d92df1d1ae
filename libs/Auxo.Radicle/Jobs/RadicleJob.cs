using System.Text.Json;

using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>What became of a run.</summary>
public enum JobRunStatus
{
    /// <summary>Running, or nobody said how it ended.</summary>
    Started,

    /// <summary>Passed.</summary>
    Succeeded,

    /// <summary>Did not pass.</summary>
    Failed,
}

/// <summary>A CI run that a node reports.</summary>
/// <param name="Node">Who says so; decide by this whom to believe.</param>
/// <param name="Id">The run's id as written, usually a UUID.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Log">Where its log is, as written: not safe to fetch.</param>
/// <param name="At">When it got this status; whole seconds, the node's clock.</param>
public sealed record JobRun(Did Node, string Id, JobRunStatus Status, string Log, DateTimeOffset At);

/// <summary>A CI job: the runs of one commit.</summary>
/// <param name="Id">The job.</param>
/// <param name="Commit">What was run.</param>
/// <param name="Runs">Sorted by node and run.</param>
/// <param name="Dropped">Operations that do not count, and why.</param>
public sealed record RadicleJob(CommitId Id, CommitId Commit, IReadOnlyList<JobRun> Runs, IReadOnlyList<DroppedOperation> Dropped)
{
    /// <summary>The job that the operations make.</summary>
    /// <exception cref="CobFormatException">The first operation is not that of a job.</exception>
    public static RadicleJob Fold(CommitId id, IEnumerable<CobOperation> operations)
    {
        var graph = new CobGraph(id, operations);
        if (graph.Root.TypeName != CobTypes.Job
            || graph.Root.Problem is not null || CobJson.Optional(graph.Root.Actions[0], "Request") is not { } request)
            throw new CobFormatException("The first operation of a job must be a request.");
        var commit = CobJson.Oid(request, "oid");
        var runs = new SortedDictionary<(string Nid, string Run), JobRun>();
        var dropped = graph.Fold(operation =>
        {
            try
            {
                foreach (var action in operation.Actions) Act(operation, action, runs);
                return operation.Problem;
            }
            catch (CobFormatException e)
            {
                return e.Message;
            }
        });
        return new RadicleJob(id, commit, [.. runs.Values], dropped);
    }

    private static void Act(CobOperation by, JsonElement action, SortedDictionary<(string Nid, string Run), JobRun> runs)
    {
        if (CobJson.Optional(action, "Run") is { } run)
        {
            var id = CobJson.Text(run, "uuid");
            runs[(by.Author.Nid, id)] = new JobRun(by.Author, id, JobRunStatus.Started, CobJson.Text(run, "log"), by.At);
        }
        else if (CobJson.Optional(action, "Finished") is { } finished)
        {
            // Only the node that started a run can finish it.
            var key = (by.Author.Nid, CobJson.Text(finished, "uuid"));
            if (!runs.TryGetValue(key, out var started)) return;
            runs[key] = started with
            {
                Status = CobJson.Text(finished, "reason") == "Succeeded" ? JobRunStatus.Succeeded : JobRunStatus.Failed, At = by.At,
            };
        }
    }
}
