using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>Whether somebody may do something to a patch.</summary>
internal enum PatchRights
{
    Allowed,
    Denied,

    /// <summary>What it is about was redacted at the same time: nobody can tell any more, so it is skipped.</summary>
    Unknown,

    /// <summary>What it is about was never there.</summary>
    Missing,
}

/// <summary>Radicle's table of rights for everybody who is no delegate.</summary>
internal static class PatchRules
{
    public static PatchRights RightsOf(this PatchFold patch, CobOperation by, PatchAction action, bool isDelegate)
        => isDelegate ? PatchRights.Allowed : action switch
        {
            PatchAction.EditTitle or PatchAction.Lifecycle => If(by.Author == patch.Author),
            PatchAction.Label label => If(patch.HasLabels(label.Labels)),
            PatchAction.Assign or PatchAction.Merge => PatchRights.Denied,
            PatchAction.RevisionEdit edit => OfRevision(patch, by, edit.Revision),
            PatchAction.RevisionRedact redact => OfRevision(patch, by, redact.Revision),
            PatchAction.ReviewEdit edit => OfReview(patch, by, edit.Id),
            PatchAction.ReviewRedact redact => OfReview(patch, by, redact.Id),
            PatchAction.Thread thread => OfThread(patch, by, thread),
            _ => PatchRights.Allowed,
        };

    private static PatchRights If(bool allowed) => allowed ? PatchRights.Allowed : PatchRights.Denied;

    private static PatchRights OfRevision(PatchFold patch, CobOperation by, CommitId id)
        => patch.FindRevision(id) switch
        {
            null => PatchRights.Missing,
            { Redacted: true } => PatchRights.Unknown,
            var revision => If(revision.Author == by.Author),
        };

    private static PatchRights OfReview(PatchFold patch, CobOperation by, CommitId id)
        => !patch.HasReview(id) ? PatchRights.Missing
            : patch.FindReview(id) is { } found ? If(found.Review.Author == by.Author)
            : PatchRights.Unknown;

    private static PatchRights OfThread(PatchFold patch, CobOperation by, PatchAction.Thread thread)
    {
        var about = thread.Action switch
        {
            ThreadAction.Edit edit => edit.Id,
            ThreadAction.Redact redact => redact.Id,
            ThreadAction.Resolve resolve => resolve.Id,
            _ => default(CommitId?),
        };
        if (about is not { } id) return PatchRights.Allowed;
        if (thread.OfReview ? !patch.HasReview(thread.Of) : patch.FindRevision(thread.Of) is null) return PatchRights.Missing;
        var place = thread.OfReview ? patch.FindReview(thread.Of) : null;
        var discussion = thread.OfReview
            ? place?.Review.Discussion
            : patch.FindRevision(thread.Of) is { Redacted: false } r ? r.Discussion
            : null;
        if (discussion is null || !discussion.TryGet(id, out var comment) || comment is null) return PatchRights.Unknown;
        return If(comment.Author == by.Author
            || (thread.Action is ThreadAction.Resolve
                && place is { } p && (p.Review.Author == by.Author || p.Revision.Author == by.Author)));
    }
}
