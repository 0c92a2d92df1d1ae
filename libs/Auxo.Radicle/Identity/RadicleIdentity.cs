using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>A repository's identity: the present document and how it came about.</summary>
/// <param name="Rid">The repository's id: the hash of its first document.</param>
/// <param name="Root">The first revision.</param>
/// <param name="Current">The revision that holds now.</param>
/// <param name="Document">The document that holds now.</param>
/// <param name="Revisions">In the order in which they apply, redacted ones left out.</param>
/// <param name="Timeline">Every operation that was accepted, in order.</param>
/// <param name="Dropped">Operations that do not count, and why.</param>
public sealed record RadicleIdentity(
    Rid Rid, CommitId Root, CommitId Current, IdentityDocument Document, IReadOnlyList<IdentityRevision> Revisions,
    IReadOnlyList<CommitId> Timeline,
    IReadOnlyList<DroppedOperation> Dropped)
{
    /// <summary>The project's name; the id for a repository that is no project.</summary>
    public string Name => Document.Project?.Name ?? Rid.Value;

    /// <summary>The project's description.</summary>
    public string Description => Document.Project?.Description ?? "";

    /// <summary>Short name of the default branch; null for a repository that is no project.</summary>
    public string? DefaultBranch => Document.Project?.DefaultBranch;

    /// <summary>Who decides.</summary>
    public IReadOnlyList<Did> Delegates => Document.Delegates;

    /// <summary>How many delegates must agree on the default branch.</summary>
    public int Threshold => Document.Threshold;

    /// <summary>The documents that held at some time, by revision: the ones that operations may refer to.</summary>
    public IReadOnlyDictionary<CommitId, IdentityDocument> Accepted { get; } =
        Revisions.Where(r => r.State == IdentityRevisionState.Accepted).ToDictionary(r => r.Id, r => r.Document);
}

/// <summary>What became of a proposed document.</summary>
public enum IdentityRevisionState
{
    /// <summary>Delegates are voting.</summary>
    Active,

    /// <summary>A majority accepted it.</summary>
    Accepted,

    /// <summary>A majority cannot be reached any more.</summary>
    Rejected,

    /// <summary>Another one was accepted first.</summary>
    Stale,
}

/// <summary>A delegate's vote.</summary>
/// <param name="Delegate">Who voted.</param>
/// <param name="Signature">The signature over the document's blob id, as written; null for a rejection.</param>
public sealed record IdentityVote(Did Delegate, string? Signature);

/// <summary>A proposed document.</summary>
/// <param name="Id">The operation that proposed it.</param>
/// <param name="Author">Who proposed it.</param>
/// <param name="Title">What it is about.</param>
/// <param name="Description">More of it.</param>
/// <param name="Document">The document.</param>
/// <param name="State">What became of it.</param>
/// <param name="Parent">The revision that it replaces; null for the first.</param>
/// <param name="At">Whole seconds, the author's clock.</param>
/// <param name="Votes">One per delegate, sorted.</param>
public sealed record IdentityRevision(
    CommitId Id, Did Author, string Title, string Description, IdentityDocument Document, IdentityRevisionState State,
    CommitId? Parent, DateTimeOffset At,
    IReadOnlyList<IdentityVote> Votes);
