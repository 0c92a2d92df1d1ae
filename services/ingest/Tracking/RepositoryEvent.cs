using System.Text.Json.Serialization;

using Auxo.Contracts;
using Auxo.Ingest.Scanning;

namespace Auxo.Ingest.Tracking;

/// <summary>What a repository is kept in.</summary>
public enum RepositoryKind
{
    /// <summary>Radicle's storage: identity, patches, signed refs.</summary>
    Radicle,

    /// <summary>Any git repository on this machine: branches only.</summary>
    Git,
}

/// <summary>What happened to one repository. Stored in stream <c>repo/{rid}</c>.</summary>
public abstract record RepositoryEvent
{
    private RepositoryEvent()
    {
    }

    /// <summary>It is followed from now on (again, perhaps).</summary>
    /// <param name="Rid">The repository.</param>
    /// <param name="Name">For people.</param>
    /// <param name="Kind">What it is kept in.</param>
    /// <param name="Source">Where its objects are.</param>
    /// <param name="DefaultBranch">Short name.</param>
    /// <param name="Branches">Further branches to build; plain git only.</param>
    /// <param name="Delegates">Who decides; empty for plain git.</param>
    /// <param name="Trusted">Others whose own steps run.</param>
    /// <param name="At">When.</param>
    public sealed record Tracked(
        Rid Rid, string Name, RepositoryKind Kind, RepositoryLocator Source, string DefaultBranch, IReadOnlyList<string> Branches,
        IReadOnlyList<Did> Delegates,
        IReadOnlyList<Did> Trusted, DateTimeOffset At) : RepositoryEvent;

    /// <summary>Its identity document says something else than before.</summary>
    public sealed record Redefined(string Name, string DefaultBranch, IReadOnlyList<Did> Delegates, DateTimeOffset SeenAt)
        : RepositoryEvent;

    /// <summary>A followed branch is at another commit.</summary>
    public sealed record BranchAdvanced(
        string Branch, CommitId? Old, CommitId New, string Title, Did? Author, IReadOnlyList<PatchId> Patches,
        [property: JsonPropertyName("via")] DetectedBy DetectedBy, DateTimeOffset At, DateTimeOffset SeenAt)
        : RepositoryEvent;

    /// <summary>Somebody's own steps run from now on.</summary>
    public sealed record TrustGranted(Did Did, DateTimeOffset At) : RepositoryEvent;

    /// <summary>Somebody's own steps run no longer.</summary>
    public sealed record TrustRevoked(Did Did, DateTimeOffset At) : RepositoryEvent;

    /// <summary>It is followed no longer; what was stored about it stays.</summary>
    public sealed record Untracked(string Reason, DateTimeOffset At) : RepositoryEvent;
}
