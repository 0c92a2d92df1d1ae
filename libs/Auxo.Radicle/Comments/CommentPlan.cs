using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>What to do so that a comment stands as requested.</summary>
public abstract record CommentPlan
{
    private CommentPlan()
    {
    }

    /// <summary>Write a new comment.</summary>
    public sealed record Post : CommentPlan;

    /// <summary>Give our earlier comment this text.</summary>
    public sealed record Edit(CommitId Comment) : CommentPlan;

    /// <summary>It stands there as it shall, but its writer has not signed it, as an interrupted program leaves it.</summary>
    public sealed record Sign(CommitId Comment) : CommentPlan;

    /// <summary>It stands there, signed.</summary>
    public sealed record Nothing(CommitId Comment) : CommentPlan;

    /// <summary>There is nothing to comment on.</summary>
    public sealed record Impossible(string Reason, bool Retry) : CommentPlan;

    /// <summary>Decides.</summary>
    /// <param name="request">What shall stand.</param>
    /// <param name="own">Our key: only its comments are ours, whatever others quote.</param>
    /// <param name="all">The patch with what our key has written but not signed yet; null when there is none.</param>
    /// <param name="signed">The patch as everybody sees it; null when there is none.</param>
    public static CommentPlan Of(CommentRequest request, Did own, RadiclePatch? all, RadiclePatch? signed)
    {
        if (all?.Find(request.Revision) is not { } revision)
            return new Impossible(
                $"The revision {request.Revision.Short} of patch {request.Patch.Short} is not in the storage.", Retry: true);
        if (revision.Redacted) return new Impossible($"The revision {request.Revision.Short} was redacted.", Retry: false);
        if (Ours(revision, request, own) is not { } comment) return new Post();

        if (comment.Body != request.Body) return new Edit(comment.Id);
        return signed?.Find(request.Revision)?.Discussion.Comments.GetValueOrDefault(comment.Id)?.Body == request.Body
            ? new Nothing(comment.Id)
            : new Sign(comment.Id);
    }

    private static Comment? Ours(RadicleRevision revision, CommentRequest request, Did own)
    {
        var ours = revision.Discussion.Standing.Where(c => c.Author == own).ToList();
        return ours.FirstOrDefault(c => c.Id == request.Previous)
            ?? ours.FirstOrDefault(c => c.Body.Contains(request.FooterKey, StringComparison.Ordinal));
    }
}
