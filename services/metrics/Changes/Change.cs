namespace Auxo.Metrics.Changes;

/// <summary>What is recorded of one change: enough to know whether a message says anything new.</summary>
public sealed record Change
{
    /// <summary>The key of its stream.</summary>
    public string Id { get; init; } = "";

    /// <summary>The earliest word on each revision.</summary>
    public IReadOnlyList<ChangeEvent.Proposed> Revisions { get; init; } = [];

    /// <summary>The earliest merge; null unless merged.</summary>
    public ChangeEvent.Merged? Merge { get; init; }

    /// <summary>When it was archived; null unless it was.</summary>
    public DateTimeOffset? ArchivedAt { get; init; }

    /// <summary>When the default branch first had this commit as its head; null for a patch.</summary>
    public ChangeEvent.BranchAdvanced? BranchAdvanced { get; init; }

    /// <summary>The stream of a patch.</summary>
    public static string StreamKey(Rid rid, PatchId patch) => $"change/{rid}/{patch}";

    /// <summary>The stream of a head of the default branch.</summary>
    public static string StreamKey(Rid rid, CommitId head) => $"change/{rid}/{head}";

    /// <summary>
    /// True when the event tells something. Of two words on the same thing the earlier time counts, whichever comes first: so
    /// the order of messages does not matter.
    /// </summary>
    public bool Learns(ChangeEvent e) => e switch
    {
        ChangeEvent.Proposed x => Revisions.FirstOrDefault(r => r.RevisionId == x.RevisionId) is not { } known
            || x.FirstCommitAt < known.FirstCommitAt || x.At < known.At,
        ChangeEvent.Merged x => Merge is null || x.At < Merge.At,
        ChangeEvent.Archived x => ArchivedAt is null || x.At > ArchivedAt,
        ChangeEvent.BranchAdvanced x => BranchAdvanced is null || x.SeenAt < BranchAdvanced.SeenAt,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The state after one more event.</summary>
    public Change Apply(ChangeEvent e) => e switch
    {
        ChangeEvent.Proposed x
            => this with { Revisions = [.. Revisions.Where(r => r.RevisionId != x.RevisionId),
                Earliest(Revisions.FirstOrDefault(r => r.RevisionId == x.RevisionId), x)] },
        ChangeEvent.Merged x => this with { Merge = x },
        ChangeEvent.Archived x => this with { ArchivedAt = x.At },
        ChangeEvent.BranchAdvanced x => this with { BranchAdvanced = x },
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static ChangeEvent.Proposed Earliest(ChangeEvent.Proposed? known, ChangeEvent.Proposed now)
        => known is null ? now : now with { FirstCommitAt = Min(known.FirstCommitAt, now.FirstCommitAt), At = Min(known.At, now.At) };

    private static DateTimeOffset Min(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
