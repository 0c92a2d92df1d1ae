using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>What to do so that a comment stands as requested.</summary>
public abstract record CommentPlan
{
    /// <summary>With this the last line of every verdict begins.</summary>
    public const string Footer = "auxo · build ";

    /// <summary>So long the one who spoke before comes first.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

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

    /// <summary>The Auxo of another delegate speaks on this revision; one is enough.</summary>
    /// <param name="By">Whose.</param>
    /// <param name="Ours">Our comment, which came later and has to go; null when there is none.</param>
    public sealed record Elsewhere(Did By, CommitId? Ours) : CommentPlan;

    /// <summary>The Auxo of another delegate has spoken on earlier revisions, and has a little time to do so on this one.</summary>
    /// <param name="By">Whose.</param>
    public sealed record StandBy(Did By) : CommentPlan;

    /// <summary>There is nothing to comment on.</summary>
    public sealed record Impossible(string Reason, bool Retry) : CommentPlan;

    /// <summary>Decides.</summary>
    /// <param name="request">What shall stand.</param>
    /// <param name="own">Our key: only its comments are ours, whatever others quote.</param>
    /// <param name="all">The patch with what our key has written but not signed yet; null when there is none.</param>
    /// <param name="signed">The patch as everybody sees it; null when there is none.</param>
    /// <param name="delegates">Whose Auxo is believed: anybody may write a text that looks like a verdict.</param>
    public static CommentPlan Of(
        CommentRequest request, Did own, RadiclePatch? all, RadiclePatch? signed, IReadOnlyCollection<Did> delegates)
    {
        if (all?.Find(request.Revision) is not { } revision)
            return new Impossible(
                $"The revision {request.Revision.Short} of patch {request.Patch.Short} is not in the storage.", Retry: true);
        if (revision.Redacted) return new Impossible($"The revision {request.Revision.Short} was redacted.", Retry: false);
        var ours = FindOurs(revision, request, own);
        if (First(revision, own, delegates) is { } other && (ours is null || IsBefore(other, ours)))
            return new Elsewhere(other.Author, ours?.Id);
        if (ours is not { } comment)
            return request.Age < Patience && Reporter(all, own, delegates) is { } reporter ? new StandBy(reporter) : new Post();

        if (comment.Body != request.Body) return new Edit(comment.Id);
        return signed?.Find(request.Revision)?.Discussion.Comments.GetValueOrDefault(comment.Id)?.Body == request.Body
            ? new Nothing(comment.Id)
            : new Sign(comment.Id);
    }

    /// <summary>Our comment, once the plan is carried out; null when there is to be none.</summary>
    /// <param name="posted">The id of the new one.</param>
    public CommitId? Standing(CommitId? posted) => this switch
    {
        Post => posted,
        Edit edit => edit.Comment,
        Sign sign => sign.Comment,
        Nothing nothing => nothing.Comment,
        _ => null,
    };

    /// <summary>The first verdict of another delegate's Auxo.</summary>
    private static Comment? First(RadicleRevision revision, Did own, IReadOnlyCollection<Did> delegates)
        => revision.Discussion.Standing.Where(c
            => c.Author != own && c.Location is null && delegates.Contains(c.Author) && IsVerdict(c.Body))
            .OrderBy(static c => c.At).ThenBy(static c => c.Id.Value, StringComparer.Ordinal).FirstOrDefault();

    /// <summary>The same on every node: who has written what is read there, too.</summary>
    private static bool IsBefore(Comment one, Comment other)
        => one.At != other.At ? one.At < other.At : string.CompareOrdinal(one.Id.Value, other.Id.Value) < 0;

    /// <summary>Who speaks on this patch so far; null when we do, or nobody.</summary>
    private static Did? Reporter(RadiclePatch patch, Did own, IReadOnlyCollection<Did> delegates)
    {
        var earlier = patch.Revisions.Where(static r => !r.Redacted).Reverse().ToList();
        return earlier.Exists(r => r.Discussion.Standing.Any(c => c.Author == own && c.Location is null && IsVerdict(c.Body)))
            ? null
            : earlier.Select(r => First(r, own, delegates)?.Author).FirstOrDefault(static by => by is not null);
    }

    /// <summary>Its last line is the footer; who quotes one has something before it.</summary>
    private static bool IsVerdict(string body)
        => body.AsSpan().TrimEnd() is var text && text[(text.LastIndexOf('\n') + 1)..].StartsWith(Footer, StringComparison.Ordinal);

    private static Comment? FindOurs(RadicleRevision revision, CommentRequest request, Did own)
    {
        var ours = revision.Discussion.Standing.Where(c => c.Author == own).ToList();
        return ours.FirstOrDefault(c => c.Id == request.Previous)
            ?? ours.FirstOrDefault(c => c.Body.Contains(request.FooterKey, StringComparison.Ordinal));
    }
}
