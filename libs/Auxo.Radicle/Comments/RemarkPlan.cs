using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>What is written so that exactly the wanted remarks stand.</summary>
public static class RemarkPlan
{
    /// <summary>More in one revision are not written: every one lives for ever in everybody's storage.</summary>
    public const int Most = 10;

    /// <summary>By this a remark is known as Auxo's: the user may write comments at lines with the same key.</summary>
    private const string Mark = CommentPlan.Footer;

    /// <summary>Decides.</summary>
    /// <param name="request">What is wanted; its remarks are only those at lines that the revision changes.</param>
    /// <param name="own">Our key.</param>
    /// <param name="patch">As it stands.</param>
    /// <returns>The operations, in order; none when all is as it shall be.</returns>
    public static IReadOnlyList<PlannedOperation> Of(CommentRequest request, Did own, RadiclePatch patch)
    {
        if (request.Remarks is not { } remarks || patch.Find(request.Revision) is not { Redacted: false } revision) return [];
        var wanted = remarks.Take(Most).ToList();
        return request.AsReview ? Reviewed(request, own, patch, revision, wanted) : Commented(request, own, patch, revision, wanted);
    }

    private static List<PlannedOperation> Commented(
        CommentRequest request, Did own, RadiclePatch patch, RadicleRevision revision, List<Remark> wanted)
    {
        var operations = new List<PlannedOperation>();
        foreach (var old in patch.Revisions.Where(static r => !r.Redacted))
        {
            foreach (var comment in old.Discussion.Standing.Where(comment
                => comment.Author == own && comment.Location is not null && comment.Body.Contains(Mark, StringComparison.Ordinal)))
            {
                // What is said again stands already.
                if (old == revision && wanted.Find(remark => Says(comment, remark, revision)) is { } again) wanted.Remove(again);
                else operations.Add(Always(new([PatchActions.RedactComment(old.Id, comment.Id)], "Redact comment", [])));
            }
        }

        operations.AddRange(wanted.Select(remark => Always(new(
            [PatchActions.Comment(revision.Id, Signed(remark, request), Place(remark, revision))], "Comment", []))));
        return operations;
    }

    private static List<PlannedOperation> Reviewed(
        CommentRequest request, Did own, RadiclePatch patch, RadicleRevision revision, List<Remark> wanted)
    {
        var operations = patch.Revisions.Where(old => !old.Redacted && old != revision)
            .SelectMany(static old => old.Reviews).Where(review => review.Author == own)
            .Select(static review => Always(new([PatchActions.RedactReview(review.Id)], "Redact review", []))).ToList();
        if (revision.Reviews.FirstOrDefault(review => review.Author == own) is { } standing)
        {
            var said = standing.Discussion.Standing.ToList();
            if (said.Count == wanted.Count && wanted.TrueForAll(remark => said.Exists(comment => Says(comment, remark, revision))))
                return operations;
            if (wanted.Count == 0) operations.Add(Always(new([PatchActions.RedactReview(standing.Id)], "Redact review", [])));
        }

        if (wanted.Count == 0) return operations;
        var at = operations.Count;
        var summary = $"{wanted.Count} {(wanted.Count == 1 ? "finding" : "findings")} in what this revision changes\n\n{request.FooterKey}";
        operations.Add(Always(new([PatchActions.Review(revision.Id, summary)], "Review", [])));
        operations.AddRange(wanted.Select(remark => new PlannedOperation(written => new(
            [PatchActions.ReviewComment(written[at], Signed(remark, request), Place(remark, revision))], "Comment", []))));
        return operations;
    }

    private static PlannedOperation Always(NewOperation operation) => _ => operation;

    private static string Signed(Remark remark, CommentRequest request) => $"{remark.Body.Trim()}\n\n{request.FooterKey}";

    private static LinePlace Place(Remark remark, RadicleRevision revision) => new(revision.Head, remark.Path, remark.Line);

    private static bool Says(Comment comment, Remark remark, RadicleRevision revision)
        => comment.Location is { New: { Type: "lines", Start: var line } } location && line == remark.Line && location.Path == remark.Path
            && location.Commit == revision.Head
            && comment.Body.LastIndexOf("\n\n" + Mark, StringComparison.Ordinal) is >= 0 and var end
            && comment.Body[..end] == remark.Body.Trim();
}
