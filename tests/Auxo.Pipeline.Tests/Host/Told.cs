using Auxo.Contracts;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>What ingest tells of one repository.</summary>
internal sealed class Told(GitRepository repository, Rid? rid = null)
{
    public static readonly Did Alice = Did.Parse("did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp");
    private static readonly DateTimeOffset Before = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A patch that nobody else uses.</summary>
    public PatchId Patch { get; } = PatchId.Parse(Convert.ToHexStringLower(Guid.NewGuid().ToByteArray()) + "00000000");

    public Rid Rid { get; } = rid ?? Rid.Parse("rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5");

    public RepositoryTracked Tracked()
        => new(Rid, "demo", "main", RepositoryLocator.OfFolder(repository.Path), [Alice], DateTimeOffset.UnixEpoch);

    public PatchOpened Opened(CommitId head, Trust trust = Trust.Trusted, CommitId? canonical = null)
        => new(Rid, "demo", Revision(head, trust, canonical), RepositoryLocator.OfFolder(repository.Path), Before, Before, Before);

    public PatchRevised Revised(CommitId head, Trust trust = Trust.Trusted, CommitId? canonical = null)
        => new(Rid, "demo", Revision(head, trust, canonical), RepositoryLocator.OfFolder(repository.Path), Before, Before, Before);

    public PatchMerged Merged(CommitId head) => new(Rid, Patch, null, head, Alice, Before, Before);

    public PatchArchived Archived() => new(Rid, Patch, Before, Before);

    public DefaultBranchAdvanced Advanced(CommitId head, CommitId? old = null)
        => new(Rid, "demo", "main", old, head, Alice, "Main", [], RepositoryLocator.OfFolder(repository.Path), Before, Before);

    public TrustChanged Changed(Trust trust, int day) => new(Rid, Alice, trust, Before.AddDays(day));

    public RepositoryUntracked Untracked() => new(Rid, "asked for", Before.AddDays(1));

    /// <summary>The first build of a commit of the patch.</summary>
    public Guid BuildOf(CommitId head, int attempt = 1) => BuildId.For(Rid, head, BuildTrigger.Patch, Patch.Value, attempt);

    private PatchRevision Revision(CommitId head, Trust trust, CommitId? canonical)
        => new(Patch, RevisionId.Parse(head.Value), Alice, "alice", trust, "Tidy up", head, head, canonical, Draft: false);
}
