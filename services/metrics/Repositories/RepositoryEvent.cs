using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Repositories;

/// <summary>
/// What is known of a repository itself, and how its numbers are to be counted. Stored in stream <c>repository/{rid}</c>.
/// </summary>
public abstract record RepositoryEvent
{
    private RepositoryEvent()
    {
    }

    /// <summary>It is followed.</summary>
    /// <param name="Rid">The repository.</param>
    /// <param name="Name">For people.</param>
    /// <param name="DefaultBranch">Short name.</param>
    /// <param name="At">Since when.</param>
    public sealed record Tracked(Rid Rid, string Name, string DefaultBranch, DateTimeOffset At) : RepositoryEvent, IRecordedFact;

    /// <summary>It is no longer followed; its past stays.</summary>
    /// <param name="Rid">The repository.</param>
    /// <param name="At">Since when.</param>
    public sealed record Untracked(Rid Rid, DateTimeOffset At) : RepositoryEvent, IRecordedFact;

    /// <summary>Its numbers are counted by these rules from now on, the past included.</summary>
    /// <param name="Rid">The repository.</param>
    /// <param name="Policy">The rules.</param>
    /// <param name="At">Since when.</param>
    public sealed record PolicyChanged(Rid Rid, CountingPolicy Policy, DateTimeOffset At) : RepositoryEvent, IRecordedFact;
}

/// <summary>What counts as a deployment where nobody reports one.</summary>
public enum DeploymentRule
{
    /// <summary>A passed build of the default branch is a deployment to production; reported ones count as well.</summary>
    PassedBuild,

    /// <summary>Only what is reported.</summary>
    Reported,
}

/// <summary>How a repository's numbers are counted. Applied when they are asked for, so the past is redrawn by it.</summary>
/// <param name="Zone">IANA name of the zone in which days and weeks are counted.</param>
/// <param name="Deployments">What counts as a deployment.</param>
/// <param name="RedMainIsFailure">A failed build of the default branch is a failure of the deployment before it, until the next
/// passed one.</param>
/// <param name="RevertIsFailure">A revert that lands is a failure of the deployment that brought what it takes back.</param>
/// <param name="Production">The environments that count.</param>
/// <param name="Seeds">On how many other nodes the repository is to be kept, for its health.</param>
/// <param name="BuildMinutes">In how many minutes 95 of 100 builds are to end, for its health.</param>
public sealed record CountingPolicy(
    string Zone = "UTC", DeploymentRule Deployments = DeploymentRule.PassedBuild, bool RedMainIsFailure = false,
    bool RevertIsFailure = true,
    IReadOnlyList<string>? Production = null, int Seeds = 2, int BuildMinutes = 10)
{
    /// <summary>What holds where nobody said otherwise.</summary>
    public static CountingPolicy Default { get; } = new();

    /// <summary>True for an environment that counts.</summary>
    public bool Counts(string environment) => (Production ?? ["production"]).Contains(environment, StringComparer.OrdinalIgnoreCase);
}

/// <summary>What is recorded of one repository.</summary>
public sealed record Repository
{
    /// <summary>The key of its stream.</summary>
    public string Id { get; init; } = "";

    /// <summary>For people; null until it is known.</summary>
    public string? Name { get; init; }

    /// <summary>Short name; null until it is known.</summary>
    public string? DefaultBranch { get; init; }

    /// <summary>When that was said.</summary>
    public DateTimeOffset NamedAt { get; init; }

    /// <summary>When it was last untracked; null unless it was.</summary>
    public DateTimeOffset? UntrackedAt { get; init; }

    /// <summary>The rules.</summary>
    public CountingPolicy Policy { get; init; } = CountingPolicy.Default;

    /// <summary>Its stream.</summary>
    public static string StreamKey(Rid rid) => $"repository/{rid}";

    /// <summary>The state after one more event; of two names the younger one counts, whichever comes first.</summary>
    public Repository Apply(RepositoryEvent e) => e switch
    {
        RepositoryEvent.Tracked x when x.At >= NamedAt => this with { Name = x.Name, DefaultBranch = x.DefaultBranch, NamedAt = x.At },
        RepositoryEvent.Untracked x when UntrackedAt is null || x.At > UntrackedAt => this with { UntrackedAt = x.At },
        RepositoryEvent.PolicyChanged x => this with { Policy = x.Policy },
        _ => this,
    };
}
