using Auxo.Contracts;
using Auxo.Radicle;

namespace Auxo.Ingest.Reviewing;

/// <summary>What somebody contributed to a patch's discussion.</summary>
public enum DiscussionKind
{
    /// <summary>A revision, with its description.</summary>
    Revision,

    /// <summary>A comment on a revision, or on a place in its code.</summary>
    Comment,

    /// <summary>A review of a revision.</summary>
    Review,
}

/// <summary>A line that a comment is about.</summary>
/// <param name="Commit">In this commit.</param>
/// <param name="Path">As its author wrote it.</param>
/// <param name="OldLine">Its number before the change; null when it is about the new file only.</param>
/// <param name="NewLine">Its number afterwards; null when it is about the old file only.</param>
public sealed record DiscussionPlace(CommitId Commit, string Path, int? OldLine, int? NewLine);

/// <summary>One thing that was said of a patch, signed by whom it names.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">The operation that made it.</param>
/// <param name="Revision">What it is about.</param>
/// <param name="Author">Who signed it.</param>
/// <param name="At">When, by its author's clock.</param>
/// <param name="Body">Its present text, as its author wrote it.</param>
/// <param name="IsCut">The text goes on.</param>
/// <param name="IsEdited">It was another text before.</param>
/// <param name="Verdict">Of a review; null where it has none.</param>
/// <param name="ReplyTo">The comment that it answers.</param>
/// <param name="Place">The line that it is about; null when it is about the whole.</param>
/// <param name="IsResolved">Marked as settled.</param>
/// <param name="ByAuxo">This instance wrote it: the verdict of a build.</param>
public sealed record DiscussionEntry(
    DiscussionKind Kind, string Id, RevisionId Revision, Did Author, DateTimeOffset At, string Body, bool IsCut, bool IsEdited,
    ReviewVerdict? Verdict, string? ReplyTo, DiscussionPlace? Place, bool IsResolved, bool ByAuxo)
{
    private const int MostText = 32 << 10;

    /// <summary>All that stands, the oldest first; what was taken back is left out.</summary>
    /// <param name="patch">As its signed operations say.</param>
    /// <param name="own">The ids of the comments that this instance wrote.</param>
    public static IReadOnlyList<DiscussionEntry> Of(RadiclePatch patch, IReadOnlySet<string> own)
        => [.. patch.Revisions.Where(static r => !r.Redacted).SelectMany(r => Of(r, own)).OrderBy(static e => e.At)];

    private static IEnumerable<DiscussionEntry> Of(RadicleRevision revision, IReadOnlySet<string> own)
    {
        yield return Entry(
            DiscussionKind.Revision, revision.Id.Value, revision.Id, revision.Author, revision.At, revision.Description,
            revision.Descriptions.Count);
        foreach (var comment in revision.Discussion.Standing.Distinct())
            yield return Of(comment, revision.Id, own.Contains(comment.Id.Value));
        foreach (var review in revision.Reviews)
        {
            var summary = review.Summaries.Count == 0 ? "" : review.Summaries[^1].Body;
            if (review.Verdict is not null || summary.Length > 0) yield return Entry(
                DiscussionKind.Review, review.Id.Value, revision.Id, review.Author, review.At, summary, review.Summaries.Count) with
            {
                Verdict = review.Verdict,
            };
            foreach (var comment in review.Discussion.Standing.Distinct()) yield return Of(comment, revision.Id, byAuxo: false);
        }
    }

    private static DiscussionEntry Of(Comment comment, RevisionId revision, bool byAuxo)
        => Entry(DiscussionKind.Comment, comment.Id.Value, revision, comment.Author, comment.At, comment.Body, comment.Edits.Count) with
        {
            ReplyTo = comment.ReplyTo?.Value, IsResolved = comment.Resolved, ByAuxo = byAuxo,
            Place = comment.Location is { } at
                ? new DiscussionPlace(at.Commit, at.Path, Line(at.Old), Line(at.New))
                : null,
        };

    private static DiscussionEntry Entry(
        DiscussionKind kind, string id, RevisionId revision, Did author, DateTimeOffset at, string body, int versions)
        => new(kind, id, revision, author, at, body.Length > MostText ? body[..MostText] : body, body.Length > MostText, versions > 1,
            null, null, null, IsResolved: false, ByAuxo: false);

    private static int? Line(CodeRange? range) => range?.Line ?? range?.Start;
}
