using Auxo.Contracts;

namespace Auxo.Notify.Notifications;

/// <summary>What is sent about a patch.</summary>
public static class PatchNotification
{
    /// <summary>It was opened.</summary>
    public static Notification Of(PatchOpened m, Guid id)
        => Of(id, "patch.opened", m.Revision.Draft ? "new draft" : "new patch", m.Rid, m.RepositoryName, m.Revision, m.At);

    /// <summary>It has a new revision.</summary>
    public static Notification Of(PatchRevised m, Guid id)
        => Of(id, "patch.revised", "patch revised", m.Rid, m.RepositoryName, m.Revision, m.At);

    /// <summary>It was merged.</summary>
    public static Notification Of(PatchMerged m, Guid id, KnownNames names)
        => Of(id, "patch.merged", "merged", m.Rid, names,
            new PatchFacts(m.PatchId.Value, m.RevisionId?.Value, names.Patch, m.By?.Value, m.Commit.Value), m.PatchId, m.At);

    /// <summary>It was closed without a merge.</summary>
    public static Notification Of(PatchArchived m, Guid id, KnownNames names)
        => Of(id, "patch.archived", "archived", m.Rid, names,
            new PatchFacts(m.PatchId.Value, null, names.Patch, null, null), m.PatchId, m.At);

    /// <summary>It was merged, and exactly its result had not passed, or its owners had not accepted it.</summary>
    public static Notification Of(MergedWithoutPass m, Guid id, KnownNames names)
        => new(
            id, NotificationTypes.MergedWithoutPass, NotificationTypes.UsualLevel(NotificationTypes.MergedWithoutPass),
            Notification.Line(
                $"{m.RepositoryName}: merged without {(m.Owners is null ? "a pass" : "its owners' accept")}: "
                    + (names.Patch ?? $"patch {m.PatchId.Short}")),
            Notification.Lines($"{Notification.Line(m.Reason)}; the branch is at {m.Commit.Short} now\nauxo gate list"), m.At,
            new RepositoryFacts(m.Rid.Value, Notification.Line(m.RepositoryName, 100)), m.LogUrl,
            Patch: new PatchFacts(m.PatchId.Value, null, names.Patch, m.By?.Value, m.Commit.Value));

    /// <summary>Its files have owners, who are asked to look at it.</summary>
    public static Notification Of(ReviewWanted m, Guid id)
        => new(
            id, NotificationTypes.ReviewWanted, Level.Info, Notification.Line($"{m.RepositoryName}: review wanted: {m.Title}"),
            Notification.Lines(
                $"patch {m.PatchId.Short} by {m.Author}, at {m.Head.Short}\nowners of what changed: "
                    + string.Join(", ", m.Owners.Take(5).Select(static o => Notification.Line($"{o.Owner} ({o.Files})", 80)))
                    + (m.OwnerCount > 5 ? $" and {m.OwnerCount - 5} more" : "")),
            m.At, new RepositoryFacts(m.Rid.Value, Notification.Line(m.RepositoryName, 100)),
            Patch: new PatchFacts(m.PatchId.Value, m.RevisionId.Value, Notification.Line(m.Title), m.Author.Value, m.Head.Value),
            Owners: [.. m.Owners.Select(static o => Notification.Line(o.Owner, 100))]);

    private static Notification Of(Guid id, string type, string word, Rid rid, string repository, PatchRevision r, DateTimeOffset at)
        => new(
            id, type, Level.Info, Notification.Line($"{repository}: {word}: {r.Title}"),
            Notification.Lines(
                $"patch {r.PatchId.Short} by {Notification.Line(r.AuthorAlias, 60)} {r.Author}, revision "
                    + $"{r.RevisionId.Short} at {r.Head.Short}".Replace("by  did", "by did", StringComparison.Ordinal)),
            at, new RepositoryFacts(rid.Value, Notification.Line(repository, 100)),
            Patch: new PatchFacts(r.PatchId.Value, r.RevisionId.Value, Notification.Line(r.Title), r.Author.Value, r.Head.Value));

    private static Notification Of(
        Guid id, string type, string word, Rid rid, KnownNames names, PatchFacts patch, PatchId patchId, DateTimeOffset at)
        => new(
            id, type, Level.Info, Notification.Line($"{names.Repository ?? rid.Value}: {word}: {names.Patch ?? $"patch {patchId.Short}"}"),
            $"patch {patchId.Short}", at,
            new RepositoryFacts(rid.Value, names.Repository ?? rid.Value), Patch: patch);
}
