namespace Auxo.Contracts;

/// <summary>
/// How far the author of a commit is trusted, decided by ingest from signed refs and the delegate set, never from a webhook's
/// words.
/// </summary>
public enum Trust
{
    /// <summary>Everybody else: built-in checks only, and the pipeline file of the canonical branch.</summary>
    Stranger,

    /// <summary>A delegate, or a DID on the repository's <c>trusted</c> list.</summary>
    Trusted,
}

/// <summary>A repository is followed from now on.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="Name">Its name, for people.</param>
/// <param name="DefaultBranch">Short name, such as <c>main</c>.</param>
/// <param name="Source">Where its objects are; readers fetch objects from it, never refs of COBs or
/// keys.</param>
/// <param name="Delegates">Who may decide; empty for a plain git repository.</param>
/// <param name="At">When it was tracked.</param>
public sealed record RepositoryTracked(
    Rid Rid, string Name, string DefaultBranch, RepositoryLocator Source, IReadOnlyList<Did> Delegates, DateTimeOffset At);

/// <summary>A repository is no longer followed; what was stored about it stays.</summary>
public sealed record RepositoryUntracked(Rid Rid, string Reason, DateTimeOffset At);

/// <summary>Somebody is trusted in a repository from now on, or no longer: by the list, or as a delegate.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="Did">Who.</param>
/// <param name="Trust">How far from now on.</param>
/// <param name="At">When that was decided, or seen.</param>
public sealed record TrustChanged(Rid Rid, Did Did, Trust Trust, DateTimeOffset At);

/// <summary>What a patch's revision is, as Radicle's storage gives it; signatures verified.</summary>
/// <param name="PatchId">The patch.</param>
/// <param name="RevisionId">The revision that <paramref name="Head"/> belongs to.</param>
/// <param name="Author">Who signed the revision (not necessarily the patch's author).</param>
/// <param name="AuthorAlias">The author's self-chosen name, for display only.</param>
/// <param name="Trust">Whether the author's own pipeline file and steps may run.</param>
/// <param name="Title">The patch's title.</param>
/// <param name="Base">The commit that the revision starts from.</param>
/// <param name="Head">The commit to validate.</param>
/// <param name="Canonical">The default branch's head when the fact was read; a stranger's pipeline file is taken from it. Null
/// when the branch has none.</param>
/// <param name="Draft">True while the patch is a draft; drafts build too.</param>
/// <param name="Linked">
/// The patches of the same repository that it needs (<c>Depends-On:</c>) and that are not merged, those first that others of them need; at
/// most 10. Null for none, and in messages of earlier versions.
/// </param>
/// <param name="LinkProblems">What else it names there, and why that is left out, in a line each; null for nothing.</param>
public sealed record PatchRevision(
    PatchId PatchId, RevisionId RevisionId, Did Author, string? AuthorAlias, Trust Trust, string Title, CommitId Base,
    CommitId Head, CommitId? Canonical,
    bool Draft, IReadOnlyList<NeededPatch>? Linked = null, IReadOnlyList<string>? LinkProblems = null);

/// <summary>A patch that another one needs.</summary>
/// <param name="PatchId">The patch.</param>
/// <param name="Head">Its author's newest commit.</param>
/// <param name="Author">Who signed that.</param>
/// <param name="Trust">Whether this one's code may run with the rights of the repository.</param>
public sealed record NeededPatch(PatchId PatchId, CommitId Head, Did Author, Trust Trust);

/// <summary>A patch was opened.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="RepositoryName">Its name, for people.</param>
/// <param name="Revision">The revision to validate: the first one, or the author's newest when several were seen at once (after
/// a downtime).</param>
/// <param name="Source">Where the objects are.</param>
/// <param name="EarliestAuthoredAt">The earliest author time among the commits of all revisions, for lead time.</param>
/// <param name="At">Radicle's time (seconds), never later than <paramref name="SeenAt"/>.</param>
/// <param name="SeenAt">When Auxo saw it.</param>
public sealed record PatchOpened(
    Rid Rid, string RepositoryName, PatchRevision Revision, RepositoryLocator Source, DateTimeOffset EarliestAuthoredAt,
    DateTimeOffset At, DateTimeOffset SeenAt);

/// <summary>A further revision of a patch was pushed, by its author or by somebody else.</summary>
/// <inheritdoc cref="PatchOpened"/>
public sealed record PatchRevised(
    Rid Rid, string RepositoryName, PatchRevision Revision, RepositoryLocator Source, DateTimeOffset EarliestAuthoredAt,
    DateTimeOffset At, DateTimeOffset SeenAt);

/// <summary>
/// A revision that was told of before is to be built again: what its patch needs has new commits, or it needs others than then.
/// </summary>
/// <param name="Rid">The repository.</param>
/// <param name="RepositoryName">Its name, for people.</param>
/// <param name="Revision">The revision, with what it needs now.</param>
/// <param name="Source">Where the objects are.</param>
/// <param name="SeenAt">When Auxo saw it.</param>
public sealed record PatchRelinked(
    Rid Rid, string RepositoryName, PatchRevision Revision, RepositoryLocator Source, DateTimeOffset SeenAt);

/// <summary>A patch was merged: enough delegates signed it, or its head is contained in the default branch.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="PatchId">The patch.</param>
/// <param name="RevisionId">Which revision; null when unknown.</param>
/// <param name="Commit">The commit that was merged; after a merge of two lines of work the branch is at another one.</param>
/// <param name="By">Who merged; null when unknown.</param>
/// <param name="At">When, by that one's clock.</param>
/// <param name="SeenAt">When Auxo saw it.</param>
/// <param name="Canonical">The default branch's head at that time; null where it has none, and in messages of earlier versions.</param>
public sealed record PatchMerged(
    Rid Rid, PatchId PatchId, RevisionId? RevisionId, CommitId Commit, Did? By, DateTimeOffset At, DateTimeOffset SeenAt,
    CommitId? Canonical = null);

/// <summary>A patch was closed without a merge.</summary>
public sealed record PatchArchived(Rid Rid, PatchId PatchId, DateTimeOffset At, DateTimeOffset SeenAt);

/// <summary>The canonical default branch moved, or was seen for the first time when the repository was tracked.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="RepositoryName">Its name, for people.</param>
/// <param name="Branch">Short name.</param>
/// <param name="Old">Null the first time.</param>
/// <param name="New">The new head.</param>
/// <param name="Author">The delegate whose push moved it; null when unknown (plain git).</param>
/// <param name="Title">First line of the new head's message.</param>
/// <param name="Patches">The patches whose heads the new head contains and the old one did not.</param>
/// <param name="Source">Where the objects are.</param>
/// <param name="At">Committer time, never later than <paramref name="SeenAt"/>.</param>
/// <param name="SeenAt">When Auxo saw it.</param>
/// <param name="Brought">The commits that came with it; null from a sender that did not look.</param>
public sealed record DefaultBranchAdvanced(
    Rid Rid, string RepositoryName, string Branch, CommitId? Old, CommitId New, Did? Author, string Title,
    IReadOnlyList<PatchId> Patches, RepositoryLocator Source,
    DateTimeOffset At, DateTimeOffset SeenAt, BroughtCommits? Brought = null);

/// <summary>The commits that the new head of a branch contains and the one before did not.</summary>
/// <param name="Commits">Children before their parents; of more than 2000 the first ones.</param>
/// <param name="FirstAuthoredAt">The earliest author time of all of them, as the commits say it; null when it is not known.</param>
/// <param name="Gap">Why it is not known.</param>
/// <param name="Reverts">Those that take something back; of more than 200 the first ones.</param>
/// <param name="Dropped">The commits that only the old head contains, where history was rewritten; of more than 2000 the first
/// ones. Null else.</param>
public sealed record BroughtCommits(
    IReadOnlyList<CommitId> Commits, DateTimeOffset? FirstAuthoredAt, BroughtGap? Gap, IReadOnlyList<CommitRevert> Reverts,
    IReadOnlyList<CommitId>? Dropped = null);

/// <summary>Why it is not known when the commits of a branch were begun.</summary>
public enum BroughtGap
{
    /// <summary>The branch was never seen before: what it contains may be years old.</summary>
    FirstSeen,

    /// <summary>The new head does not contain the old one: much of what looks new was there before, under other ids.</summary>
    HistoryRewritten,

    /// <summary>Commits are not here: the repository is shallow or damaged.</summary>
    ObjectsMissing,

    /// <summary>They are too many to be read.</summary>
    TooManyCommits,
}

/// <summary>A commit that takes others back.</summary>
/// <param name="Commit">Itself.</param>
/// <param name="Title">First line of its message.</param>
/// <param name="AuthoredAt">When it was written, by its author's clock.</param>
/// <param name="Takes">What it takes back, as its message says: commits that the branch contains. Empty when they are not found.</param>
public sealed record CommitRevert(CommitId Commit, string Title, DateTimeOffset AuthoredAt, IReadOnlyList<CommitId> Takes);

/// <summary>
/// What happened in a repository before it was followed, as it would have been told then: only for those who count. Nothing is built and
/// nobody is notified. A part of it; the same part may come again.
/// </summary>
/// <param name="Rid">The repository.</param>
/// <param name="Heads">Heads of the default branch, each as if it had been seen when it landed.</param>
/// <param name="Opened">Patches that were opened.</param>
/// <param name="Revised">Further revisions.</param>
/// <param name="Merged">Patches that were merged.</param>
/// <param name="HeadsWereLive">
/// Each head counts as deployed when it landed, where passed builds of the default branch count as deployments: nobody built them then.
/// </param>
public sealed record HistoryFound(
    Rid Rid, IReadOnlyList<DefaultBranchAdvanced> Heads, IReadOnlyList<PatchOpened> Opened, IReadOnlyList<PatchRevised> Revised,
    IReadOnlyList<PatchMerged> Merged, bool HeadsWereLive);

/// <summary>
/// A branch other than the default one, which somebody asked to follow, moved. It is built, but it is no change to what is
/// delivered.
/// </summary>
/// <inheritdoc cref="DefaultBranchAdvanced"/>
public sealed record BranchAdvanced(
    Rid Rid, string RepositoryName, string Branch, CommitId? Old, CommitId New, Did? Author, string Title,
    RepositoryLocator Source, DateTimeOffset At, DateTimeOffset SeenAt);

/// <summary>
/// The body of a patch comment. At most one comment exists per build; the highest <see cref="Seq"/> wins and is edited in
/// place.
/// </summary>
/// <param name="Rid">The repository.</param>
/// <param name="PatchId">The patch.</param>
/// <param name="RevisionId">The revision to comment on.</param>
/// <param name="BuildId">The build that speaks.</param>
/// <param name="Seq">Grows with every new body of this build.</param>
/// <param name="Key">Idempotency key of the comment, the same for all bodies of one build.</param>
/// <param name="Markdown">The body, footer included.</param>
/// <param name="Final">True for the verdict; a body that is not final may be dropped when a later one is already there.</param>
/// <param name="Remarks">
/// What a verdict says at lines of the code; it replaces what the last verdict on this patch said so. Null: what stands there stays.
/// </param>
/// <param name="End">
/// With a verdict, the end of the build; null for a body that is none, for a patch that was built together with others, and in
/// messages from before it was said.
/// </param>
public sealed record PostPatchComment(
    Rid Rid, PatchId PatchId, RevisionId RevisionId, Guid BuildId, int Seq, string Key, string Markdown, bool Final,
    IReadOnlyList<PatchRemark>? Remarks = null, BuildEnd? End = null);

/// <summary>How a build ended, as its commit's job in Radicle says it.</summary>
/// <param name="Commit">What was built.</param>
/// <param name="Outcome">The verdict.</param>
/// <param name="LogUrl">Where the log is read, when <c>publicUrl</c> is configured.</param>
public sealed record BuildEnd(CommitId Commit, Outcome Outcome, string? LogUrl);

/// <summary>A text about one line of a patch.</summary>
/// <param name="Path">The file in the repository.</param>
/// <param name="Line">From 1, in the commit that was built.</param>
/// <param name="Markdown">The text, without a footer.</param>
public sealed record PatchRemark(string Path, int Line, string Markdown);
