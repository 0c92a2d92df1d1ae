namespace Auxo.Metrics.Promises;

/// <summary>What the value of a promise is.</summary>
public enum PromiseUnit
{
    /// <summary>How long something takes: so many of all are within the bound.</summary>
    Seconds,

    /// <summary>A share, from 0 to 1.</summary>
    Ratio,
}

/// <summary>What Auxo promises those who work with it: data, and nothing else.</summary>
/// <param name="Name">What it is called; it never changes.</param>
/// <param name="Title">The same for people.</param>
/// <param name="Unit">What its bound is.</param>
/// <param name="Bound">No longer than this, in seconds; or no less than this share.</param>
/// <param name="Room">The share of all that may miss it, from 0 to 1: not 1 minus the other, which is no exact number.</param>
/// <param name="Of">What is counted.</param>
public sealed record PromiseRule(string Name, string Title, PromiseUnit Unit, double Bound, double Room, string Of)
{
    /// <summary>From <c>auxo patch create</c> to the patch.</summary>
    public static readonly PromiseRule Create = new("patch_create", "patch create", PromiseUnit.Seconds, 5, 0.05, "commands");

    /// <summary>From a push to the verdict.</summary>
    public static readonly PromiseRule Feedback = new("feedback", "feedback", PromiseUnit.Seconds, 30, 0.05, "builds");

    /// <summary>From <c>auxo patch merge</c> to the merge.</summary>
    public static readonly PromiseRule Merge = new("merge", "merge", PromiseUnit.Seconds, 120, 0.05, "commands");

    /// <summary>How much of the time Radicle nodes run.</summary>
    public static readonly PromiseRule NodeUptime = new("node_uptime", "node uptime", PromiseUnit.Ratio, 0.99, 0.01, "hours");

    /// <summary>How often other nodes have what was signed last.</summary>
    public static readonly PromiseRule Sync = new("mesh_sync", "mesh sync", PromiseUnit.Ratio, 0.95, 0.05, "looks");

    /// <summary>All of them, in the order in which they are shown.</summary>
    public static IReadOnlyList<PromiseRule> All { get; } = [Create, Feedback, Merge, NodeUptime, Sync];
}
