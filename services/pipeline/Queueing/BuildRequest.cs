using Auxo.Pipeline.Definitions.Including;

namespace Auxo.Pipeline.Queueing;

/// <summary>A wish to build a commit, from a push or by hand.</summary>
public sealed record BuildRequest(
    Rid Rid, string RepositoryName, BuildTrigger Trigger, PatchId? PatchId, RevisionId? RevisionId, string Ref,
    CommitId Commit, string Title, Did? Author, RepositoryLocator Source,
    Trust Trust, CommitId? Canonical, string? RequestedBy = null)
{
    /// <summary>When ingest saw what is to be built; null for a wish by hand.</summary>
    public DateTimeOffset? SeenAt { get; init; }

    /// <summary>The head of the branch before this push; null for what is no push, and for the first one.</summary>
    public CommitId? Before { get; init; }

    /// <summary>The name of the schedule that asks; null for every other wish.</summary>
    public string? Schedule { get; init; }

    /// <summary>The slot of the schedule; null when somebody runs it by hand.</summary>
    public DateTimeOffset? Slot { get; init; }

    /// <summary>What an earlier build of the same commit has included: its repository need not be here any more.</summary>
    public IReadOnlyList<IncludedText> Included { get; init; } = [];

    /// <summary>What the patch needs and is built with; empty for nothing.</summary>
    public IReadOnlyList<NeededPatch> Linked { get; init; } = [];

    /// <summary>What it names besides and is built without, in a line each.</summary>
    public IReadOnlyList<string> LinkProblems { get; init; } = [];

    /// <summary>
    /// The build that it comes to: the same wish twice is one build, and with other commits of what it needs it is another one.
    /// </summary>
    public Guid BuildId(int attempt)
        => Slot is { } slot
            ? Contracts.BuildId.ForSlot(Rid, Schedule!, slot)
            : Contracts.BuildId.For(
                Rid, Commit, Trigger, string.Join('+', [SubjectKey, .. Linked.Select(static p => p.Head.Value)]), attempt);

    /// <summary>What the build is of.</summary>
    public BuildSubject Subject(Guid id)
        => new(id, Rid, RepositoryName, Trigger, PatchId, RevisionId, Ref, Commit, Title, Author, Schedule);

    /// <summary>The patch or the ref.</summary>
    public string SubjectKey => PatchId?.Value ?? Ref;
}
