using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>A comment as it shall stand on a patch.</summary>
/// <param name="Patch">The patch.</param>
/// <param name="Revision">The revision to comment on.</param>
/// <param name="FooterKey">A text that only comments of this build contain, such as <c>auxo · build 3f2a1c</c>: how a lost
/// answer is found again.</param>
/// <param name="Body">Markdown; contains <paramref name="FooterKey"/>.</param>
/// <param name="Previous">The comment that an earlier call reported; null when there is none.</param>
public sealed record CommentRequest(PatchId Patch, RevisionId Revision, string FooterKey, string Body, CommitId? Previous)
{
    /// <summary>What is said at lines of the code; what was said before at others is taken back. Null: nothing of it is touched.</summary>
    public IReadOnlyList<Remark>? Remarks { get; init; }

    /// <summary>How long it is wanted already.</summary>
    public TimeSpan Age { get; init; } = TimeSpan.MaxValue;

    /// <summary>
    /// Whether the remarks are a review. Only for a key that nobody else reviews with: a reviewer has one review of a revision, and
    /// a second one replaces the first.
    /// </summary>
    public bool AsReview { get; init; }

    /// <summary>
    /// The end of the build, to be written as a job together with the comment, where git alone writes: then there is one signature, and
    /// the other nodes fetch once. Null, or where a program of Radicle has to sign: <see cref="JobWriter"/> does it.
    /// </summary>
    public JobRequest? Job { get; init; }
}

/// <summary>A text about one line.</summary>
/// <param name="Path">The file.</param>
/// <param name="Line">From 1, in the revision's head.</param>
/// <param name="Body">Markdown, without a footer.</param>
public sealed record Remark(string Path, int Line, string Body);

/// <summary>What came of writing a comment.</summary>
public abstract record CommentWrite
{
    private CommentWrite()
    {
    }

    /// <summary>The comment is in the storage, signed.</summary>
    /// <param name="Comment">Its id.</param>
    /// <param name="Change">What was done to get there.</param>
    /// <param name="AnnouncePending">Why the peers do not know yet; null when they do. Call again, it costs nothing.</param>
    public sealed record Done(CommitId Comment, CommentChange Change, string? AnnouncePending) : CommentWrite;

    /// <summary>Nothing can be written until somebody does something; the reason says what. Try again later, without counting.</summary>
    public sealed record Waiting(string Reason) : CommentWrite;

    /// <summary>The Auxo of another delegate speaks here; ours is silent.</summary>
    /// <param name="By">Whose.</param>
    public sealed record Elsewhere(Did By) : CommentWrite;

    /// <summary>It did not work.</summary>
    /// <param name="Reason">What was said.</param>
    /// <param name="Retry">False when it will never work.</param>
    public sealed record Failed(string Reason, bool Retry) : CommentWrite;
}

/// <summary>How a comment came to stand as requested.</summary>
public enum CommentChange
{
    /// <summary>A new comment.</summary>
    Posted,

    /// <summary>Our earlier comment has a new text.</summary>
    Edited,

    /// <summary>It stood there already.</summary>
    None,
}
