using System.Text.Json.Serialization;

using Auxo.Contracts;
using Auxo.Ingest.Scanning;

namespace Auxo.Ingest.Tracking;

/// <summary>What Auxo knows of a repository: the fold of its stream.</summary>
public sealed record Repository
{
    /// <summary>The key of its stream.</summary>
    public string Id { get; init; } = "";

    /// <summary>Its id.</summary>
    public Rid Rid { get; init; }

    /// <summary>For people.</summary>
    public string Name { get; init; } = "";

    /// <summary>What it is kept in.</summary>
    public RepositoryKind Kind { get; init; }

    /// <summary>Where its objects are.</summary>
    public RepositoryLocator Source { get; init; }

    /// <summary>Short name.</summary>
    public string DefaultBranch { get; init; } = "";

    /// <summary>Further branches to build.</summary>
    public IReadOnlyList<string> Branches { get; init; } = [];

    /// <summary>Who decides.</summary>
    public IReadOnlyList<Did> Delegates { get; init; } = [];

    /// <summary>Others whose own steps run.</summary>
    public IReadOnlyList<Did> Trusted { get; init; } = [];

    /// <summary>Where followed branches were last seen.</summary>
    public IReadOnlyList<BranchTip> Tips { get; init; } = [];

    /// <summary>When it was last tracked.</summary>
    public DateTimeOffset TrackedAt { get; init; }

    /// <summary>False when it is followed no longer.</summary>
    public bool IsTracked { get; init; }

    /// <summary>Delegates and the trusted list.</summary>
    public IReadOnlySet<Did> TrustedSet => new HashSet<Did>([.. Delegates, .. Trusted]);

    /// <summary>Who is trusted now and was not before, and who no longer.</summary>
    public IEnumerable<TrustChanged> TrustChangesSince(Repository before, DateTimeOffset at)
        => before.TrustedSet.Except(TrustedSet).Select(did => new TrustChanged(Rid, did, Trust.Stranger, at))
            .Concat(TrustedSet.Except(before.TrustedSet).Select(did => new TrustChanged(Rid, did, Trust.Trusted, at)));

    /// <summary>The key of a repository's stream.</summary>
    public static string StreamKey(Rid rid) => $"repo/{rid}";

    /// <summary>Where a branch was last seen; null when it never was.</summary>
    public BranchTip? Tip(string branch) => Tips.FirstOrDefault(t => t.Branch == branch);

    /// <summary>The state after one more event.</summary>
    public Repository Apply(RepositoryEvent e) => e switch
    {
        RepositoryEvent.Tracked x => this with
        {
            Rid = x.Rid, Name = x.Name, Kind = x.Kind, Source = x.Source, DefaultBranch = x.DefaultBranch,
            Branches = x.Branches, Delegates = x.Delegates,
            Trusted = x.Trusted, TrackedAt = x.At, IsTracked = true,
        },
        RepositoryEvent.Redefined x => this with { Name = x.Name, DefaultBranch = x.DefaultBranch, Delegates = x.Delegates },
        RepositoryEvent.BranchAdvanced x => this with
        {
            Tips = [.. Tips.Where(t => t.Branch != x.Branch), new BranchTip(x.Branch, x.New, x.Title, x.Author, x.DetectedBy, x.SeenAt)],
        },
        RepositoryEvent.TrustGranted x => this with { Trusted = [.. Trusted.Where(d => d != x.Did), x.Did] },
        RepositoryEvent.TrustRevoked x => this with { Trusted = [.. Trusted.Where(d => d != x.Did)] },
        RepositoryEvent.Untracked => this with { IsTracked = false },
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

/// <summary>Where a branch was last seen.</summary>
public sealed record BranchTip(
    string Branch, CommitId Commit, string Title, Did? Author, [property: JsonPropertyName("via")] DetectedBy DetectedBy,
    DateTimeOffset SeenAt);
