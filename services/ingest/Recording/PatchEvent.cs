using System.Text.Json.Serialization;

using Auxo.Contracts;
using Auxo.Ingest.Scanning;
using Auxo.Radicle;

namespace Auxo.Ingest.Recording;

/// <summary>What happened to one patch, as Auxo saw it. Stored in stream <c>patch/{rid}/{patchId}</c>.</summary>
public abstract record PatchEvent
{
    private PatchEvent()
    {
    }

    /// <summary>The patch was seen for the first time; its revisions follow as events of their own.</summary>
    /// <param name="Rid">The repository.</param>
    /// <param name="PatchId">The patch.</param>
    /// <param name="Author">Who opened it.</param>
    /// <param name="Title">Its title.</param>
    /// <param name="Status">Where it stood, as its signed operations say.</param>
    /// <param name="OpenedAt">Radicle's time, never later than <paramref name="SeenAt"/>.</param>
    /// <param name="SeenAt">When Auxo saw it.</param>
    public sealed record Opened(Rid Rid, PatchId PatchId, Did Author, string Title, PatchStatus Status,
        DateTimeOffset OpenedAt, DateTimeOffset SeenAt) : PatchEvent;

    /// <summary>
    /// A revision was seen, or what becomes of it changed: one that was replaced is the tip again when its successor is
    /// redacted.
    /// </summary>
    public sealed record Revised(SeenRevision Revision) : PatchEvent;

    /// <summary>It has another title.</summary>
    public sealed record Retitled(string Title) : PatchEvent;

    /// <summary>Draft, open or archived; or merged, when that was known before from the commits alone.</summary>
    public sealed record StatusChanged(PatchStatus Status, DateTimeOffset SeenAt) : PatchEvent;

    /// <summary>What it needs was told to the pipeline, with the commits of then.</summary>
    /// <param name="Patches">The patches that are built with it.</param>
    /// <param name="Problems">What is left out, and why.</param>
    /// <param name="SeenAt">When Auxo saw it.</param>
    public sealed record Linked(IReadOnlyList<NeededPatch> Patches, IReadOnlyList<string> Problems, DateTimeOffset SeenAt) : PatchEvent;

    /// <summary>It is in the default branch.</summary>
    /// <param name="RevisionId">The merged revision.</param>
    /// <param name="Commit">The commit that contains it.</param>
    /// <param name="By">The delegate; null when unknown.</param>
    /// <param name="Signed">True when enough delegates signed the merge; false when only the commits say so.</param>
    /// <param name="At">When, never later than <paramref name="SeenAt"/>.</param>
    /// <param name="SeenAt">When Auxo saw it.</param>
    public sealed record Merged(RevisionId? RevisionId, CommitId Commit, Did? By, bool Signed, DateTimeOffset At, DateTimeOffset SeenAt)
        : PatchEvent;
}

/// <summary>
/// What Auxo did with a revision. Stored events keep the words of earlier versions, which the attributes give.
/// </summary>
public enum RevisionDisposition
{
    /// <summary>The pipeline got a message about it, and decides what is built.</summary>
    [JsonStringEnumMemberName("Sent")]
    Announced,

    /// <summary>It was there when the repository was tracked: recorded, without a message.</summary>
    [JsonStringEnumMemberName("Known")]
    PreExisting,

    /// <summary>Its author had replaced it before Auxo saw it.</summary>
    Superseded,

    /// <summary>The patch was archived; it is announced when the patch is opened again.</summary>
    [JsonStringEnumMemberName("Withheld")]
    Deferred,
}

/// <summary>A revision as Auxo saw it.</summary>
/// <param name="Id">The revision.</param>
/// <param name="Author">Who signed it.</param>
/// <param name="Base">The commit it starts from.</param>
/// <param name="Head">The commit it proposes.</param>
/// <param name="Trust">The author's, at that moment.</param>
/// <param name="Disposition">What was done.</param>
/// <param name="DetectedBy">What started the scan that found it.</param>
/// <param name="SeenAt">When.</param>
/// <param name="AuthorAlias">The author's self-chosen name, for display only; null where it was not kept yet.</param>
public sealed record SeenRevision(
    RevisionId Id, Did Author, CommitId Base, CommitId Head, Trust Trust,
    [property: JsonPropertyName("fate")] RevisionDisposition Disposition,
    [property: JsonPropertyName("via")] DetectedBy DetectedBy, DateTimeOffset SeenAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? AuthorAlias = null)
{
    /// <summary>True when nothing is left to do: it was announced, or it was there from the start.</summary>
    [JsonIgnore]
    public bool IsSettled => Disposition is RevisionDisposition.Announced or RevisionDisposition.PreExisting;
}
