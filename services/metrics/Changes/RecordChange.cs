using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Changes;

/// <summary>
/// Records patches and what becomes of them. A repeated or late message changes nothing; the order of messages does not matter.
/// </summary>
public static class RecordChangeHandler
{
    /// <summary>A patch was opened.</summary>
    public static Events Handle(
        PatchOpened message, [WriteAggregate(FromMethod = nameof(KeyOfPatchOpened), Required = false)] Change? change)
        => Decide(change, Event(message));

    /// <summary>A revision was pushed.</summary>
    public static Events Handle(
        PatchRevised message, [WriteAggregate(FromMethod = nameof(KeyOfPatchRevised), Required = false)] Change? change)
        => Decide(change, Event(message));

    /// <summary>A patch was merged.</summary>
    public static Events Handle(
        PatchMerged message, [WriteAggregate(FromMethod = nameof(KeyOfPatchMerged), Required = false)] Change? change)
        => Decide(change, Event(message));

    /// <summary>A patch was closed.</summary>
    public static Events Handle(
        PatchArchived message, [WriteAggregate(FromMethod = nameof(KeyOfPatchArchived), Required = false)] Change? change)
        => Decide(change, new ChangeEvent.Archived(message.Rid, message.PatchId, message.At));

    /// <summary>The default branch moved.</summary>
    public static Events Handle(
        DefaultBranchAdvanced message,
        [WriteAggregate(FromMethod = nameof(KeyOfDefaultBranchAdvanced), Required = false)] Change? change)
        => Decide(change, Event(message));

    /// <summary>The stream of a patch.</summary>
    public static string KeyOfPatchOpened(PatchOpened message) => Change.StreamKey(message.Rid, message.Revision.PatchId);

    /// <inheritdoc cref="KeyOfPatchOpened"/>
    public static string KeyOfPatchRevised(PatchRevised message) => Change.StreamKey(message.Rid, message.Revision.PatchId);

    /// <inheritdoc cref="KeyOfPatchOpened"/>
    public static string KeyOfPatchMerged(PatchMerged message) => Change.StreamKey(message.Rid, message.PatchId);

    /// <inheritdoc cref="KeyOfPatchOpened"/>
    public static string KeyOfPatchArchived(PatchArchived message) => Change.StreamKey(message.Rid, message.PatchId);

    /// <summary>The stream of a head.</summary>
    public static string KeyOfDefaultBranchAdvanced(DefaultBranchAdvanced message) => Change.StreamKey(message.Rid, message.New);

    internal static ChangeEvent Event(PatchOpened m) => Proposed(m.Rid, m.Revision, m.EarliestAuthoredAt, m.At);

    internal static ChangeEvent Event(PatchRevised m) => Proposed(m.Rid, m.Revision, m.EarliestAuthoredAt, m.At);

    internal static ChangeEvent Event(PatchMerged m) => new ChangeEvent.Merged(m.Rid, m.PatchId, m.Commit, m.At, m.SeenAt);

    internal static ChangeEvent Event(DefaultBranchAdvanced m) => new ChangeEvent.BranchAdvanced(
        m.Rid, PlainText.Of(m.Branch), m.Old, m.New, PlainText.Of(m.Title), m.Patches, m.At, m.SeenAt, Plain(m.Brought));

    private static ChangeEvent.Proposed Proposed(Rid rid, PatchRevision revision, DateTimeOffset authored, DateTimeOffset at)
        => new(rid, revision.PatchId, revision.RevisionId, revision.Author, PlainText.Of(revision.Title), authored < at
            ? authored
            : at, at);

    private static BroughtCommits? Plain(BroughtCommits? brought)
        => brought is null ? null : brought with
        {
            Reverts = [.. brought.Reverts.Select(static r => r with { Title = PlainText.Of(r.Title) })],
        };

    private static Events Decide(Change? change, ChangeEvent e) => (change ?? new Change()).Learns(e) ? [e] : [];
}
