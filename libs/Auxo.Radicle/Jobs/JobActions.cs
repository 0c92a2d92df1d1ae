using System.Text.Json.Nodes;

using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>What an operation on a job says, as <c>rad-job</c> reads and writes it.</summary>
public static class JobActions
{
    /// <summary>The first one: which commit the job is of.</summary>
    public static JsonObject Request(CommitId commit) => new() { ["Request"] = new JsonObject { ["oid"] = commit.Value } };

    /// <summary>A run has begun.</summary>
    public static JsonObject Run(string id, Uri log)
        => new() { ["Run"] = new JsonObject { ["uuid"] = id, ["log"] = log.AbsoluteUri } };

    /// <summary>A run has ended.</summary>
    public static JsonObject Finished(string id, bool passed)
        => new() { ["Finished"] = new JsonObject { ["uuid"] = id, ["reason"] = passed ? "Succeeded" : "Failed" } };
}
