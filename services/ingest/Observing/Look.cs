using Auxo.Contracts;

namespace Auxo.Ingest.Observing;

/// <summary>Who made Auxo look. It is shown and stored, and decides nothing.</summary>
public enum Via
{
    /// <summary>The repository was tracked at that moment.</summary>
    Track,

    /// <summary>The node told, or the system, of a plain git repository's branches.</summary>
    Event,

    /// <summary>A webhook arrived.</summary>
    Webhook,

    /// <summary>The look that comes at the start, after every reconnect, every minute, and on request.</summary>
    Sweep,
}

/// <summary>One look at a repository: what all its facts have in common.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="RepositoryName">Its name, for people.</param>
/// <param name="Source">Path of the git repository that holds the objects.</param>
/// <param name="Canonical">The default branch's head; null when it has none.</param>
/// <param name="Trusted">Delegates and those on the trusted list.</param>
/// <param name="Via">Who made Auxo look.</param>
/// <param name="SeenAt">When.</param>
public sealed record Look(
    Rid Rid, string RepositoryName, string Source, CommitId? Canonical, IReadOnlySet<Did> Trusted, Via Via, DateTimeOffset SeenAt)
{
    /// <summary>A delegate or somebody on the list; by key, never by name.</summary>
    public Trust TrustOf(Did author) => Trusted.Contains(author) ? Trust.Trusted : Trust.Stranger;

    /// <summary>Other people's clocks: whole seconds, not before 1970, not after this look.</summary>
    public DateTimeOffset Clamp(DateTimeOffset at)
    {
        if (at > SeenAt) return SeenAt;
        return at < DateTimeOffset.UnixEpoch ? DateTimeOffset.UnixEpoch : DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds());
    }
}
