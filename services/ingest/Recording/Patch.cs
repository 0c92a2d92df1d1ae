using Auxo.Contracts;
using Auxo.Radicle;

namespace Auxo.Ingest.Recording;

/// <summary>What Auxo knows of a patch: the fold of its stream.</summary>
public sealed record Patch
{
    /// <summary>The key of its stream.</summary>
    public string Id { get; init; } = "";

    /// <summary>The repository.</summary>
    public Rid Rid { get; init; }

    /// <summary>The patch.</summary>
    public PatchId PatchId { get; init; }

    /// <summary>Who opened it.</summary>
    public Did Author { get; init; }

    /// <summary>Its title.</summary>
    public string Title { get; init; } = "";

    /// <summary>Where it stands by its signed operations.</summary>
    public PatchStatus Status { get; init; }

    /// <summary>The commit that contains it; null unless merged.</summary>
    public CommitId? MergedAs { get; init; }

    /// <summary>Radicle's time.</summary>
    public DateTimeOffset OpenedAt { get; init; }

    /// <summary>In the order in which they were seen.</summary>
    public IReadOnlyList<SeenRevision> Revisions { get; init; } = [];

    /// <summary>What it needs, as it was last told; null where it has never needed anything.</summary>
    public PatchLinks? Links { get; init; }

    /// <summary>The key of a patch's stream.</summary>
    public static string StreamKey(Rid rid, PatchId patch) => $"patch/{rid}/{patch}";

    /// <summary>A revision by its id; null when it was never seen.</summary>
    public SeenRevision? Find(RevisionId id) => Revisions.FirstOrDefault(r => r.Id == id);

    /// <summary>The state after one more event.</summary>
    public Patch Apply(PatchEvent e) => e switch
    {
        PatchEvent.Opened x
            => this with { Rid = x.Rid, PatchId = x.PatchId, Author = x.Author, Title = x.Title, Status = x.Status, OpenedAt = x.OpenedAt },
        PatchEvent.Revised x => this with { Revisions = [.. Revisions.Where(r => r.Id != x.Revision.Id), x.Revision] },
        PatchEvent.Retitled x => this with { Title = x.Title },
        PatchEvent.StatusChanged x => this with { Status = x.Status, MergedAs = Status == PatchStatus.Merged ? null : MergedAs },
        PatchEvent.Linked x => this with { Links = new PatchLinks(x.Patches, x.Problems) },
        PatchEvent.Merged x => this with { MergedAs = x.Commit, Status = x.Signed ? PatchStatus.Merged : Status },
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
