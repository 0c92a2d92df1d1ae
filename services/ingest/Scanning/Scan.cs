using Auxo.Contracts;

namespace Auxo.Ingest.Scanning;

/// <summary>What started a scan. It is shown and stored, and decides nothing.</summary>
public enum DetectedBy
{
    /// <summary>The repository was tracked at that moment.</summary>
    Track,

    /// <summary>An event of the node, or of the file system where the repository lies.</summary>
    Event,

    /// <summary>A webhook arrived.</summary>
    Webhook,

    /// <summary>The scan that comes at the start, after every reconnect, every minute, and on request.</summary>
    Sweep,
}

/// <summary>One scan of a repository: what all its facts have in common.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="RepositoryName">Its name, for people.</param>
/// <param name="Source">Where the objects are.</param>
/// <param name="Canonical">The default branch's head; null when it has none.</param>
/// <param name="Trusted">Delegates and those on the trusted list.</param>
/// <param name="DetectedBy">What started it.</param>
/// <param name="SeenAt">When.</param>
public sealed record Scan(
    Rid Rid, string RepositoryName, RepositoryLocator Source, CommitId? Canonical, IReadOnlySet<Did> Trusted,
    DetectedBy DetectedBy, DateTimeOffset SeenAt)
{
    /// <summary>A delegate or somebody on the list; by key, never by name.</summary>
    public Trust TrustOf(Did author) => Trusted.Contains(author) ? Trust.Trusted : Trust.Stranger;

    /// <summary>Other people's clocks: whole seconds, not before 1970, not after this scan.</summary>
    public DateTimeOffset Clamp(DateTimeOffset at)
    {
        if (at > SeenAt) return SeenAt;
        return at < DateTimeOffset.UnixEpoch ? DateTimeOffset.UnixEpoch : DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds());
    }
}
