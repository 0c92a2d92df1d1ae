using System.Collections.Immutable;

using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>One version of a text.</summary>
public sealed record TextEdit(Did Author, DateTimeOffset At, string Body, IReadOnlyList<Embed> Embeds);

/// <summary>An attachment: its name and the URI of its blob (<c>git:…</c>).</summary>
public sealed record Embed(string Name, string Content);

/// <summary>An emoji by somebody, to the whole or to a place in the code.</summary>
public sealed record Reaction(Did Author, string Emoji, CodeLocation? Location);

/// <summary>Lines (<c>lines</c>: Start inclusive, End exclusive) or characters of one line (<c>chars</c>).</summary>
public sealed record CodeRange(string Type, int? Line, int Start, int End);

/// <summary>A place in the code of a revision.</summary>
/// <param name="Commit">The commit.</param>
/// <param name="Path">The file, as its author wrote it: not safe to open.</param>
/// <param name="Old">In the file before the change; null when it is about the new one only.</param>
/// <param name="New">In the file after the change.</param>
public sealed record CodeLocation(CommitId Commit, string Path, CodeRange? Old, CodeRange? New);

/// <summary>A comment with all its versions.</summary>
/// <param name="Id">The operation that made it.</param>
/// <param name="Author">Who wrote it.</param>
/// <param name="ReplyTo">The comment it answers.</param>
/// <param name="Location">For inline comments.</param>
/// <param name="Resolved">Marked as settled.</param>
/// <param name="Edits">All versions, oldest first; never empty.</param>
/// <param name="Reactions">Sorted by author and emoji.</param>
public sealed record Comment(
    CommitId Id, Did Author, CommitId? ReplyTo, CodeLocation? Location, bool Resolved, ImmutableList<TextEdit> Edits,
    ImmutableSortedSet<(string Nid, string Emoji)> Reactions)
{
    /// <summary>The present text.</summary>
    public string Body => Edits[^1].Body;

    /// <summary>When it was first written.</summary>
    public DateTimeOffset At => Edits[0].At;
}

/// <summary>A thread of comments.</summary>
/// <param name="Comments">By id; null for a redacted one.</param>
/// <param name="Timeline">Every operation on the thread, in order.</param>
public sealed record Discussion(IReadOnlyDictionary<CommitId, Comment?> Comments, IReadOnlyList<CommitId> Timeline)
{
    /// <summary>The comments that still stand, in the order in which they were made.</summary>
    public IEnumerable<Comment> Standing => Timeline.Select(id => Comments.GetValueOrDefault(id)).OfType<Comment>();
}

/// <summary>A thread while its operations are applied. Every method returns null, or the reason why the operation is refused.</summary>
internal sealed class DiscussionFold
{
    private readonly Dictionary<CommitId, Comment?> _comments = [];
    private readonly List<CommitId> _timeline = [];

    public bool TryGet(CommitId id, out Comment? comment) => _comments.TryGetValue(id, out comment);

    public Discussion ToDiscussion() => new(_comments, _timeline);

    public string? Add(CobOperation by, string body, CommitId? replyTo, CodeLocation? location, IReadOnlyList<Embed> embeds)
    {
        if (body.Length == 0) return "The comment is empty.";
        if (replyTo is { } to && !_comments.ContainsKey(to)) return $"It answers {to.Short}, which is not there.";
        _timeline.Add(by.Id);
        _comments[by.Id] = new Comment(
            by.Id, by.Author, replyTo, location, Resolved: false, [new TextEdit(by.Author, by.At, body, embeds)], []);
        return null;
    }

    public string? Edit(CobOperation by, CommitId id, string body, IReadOnlyList<Embed> embeds)
    {
        if (body.Length == 0) return "The edited comment is empty.";

        // Radicle notes an edit before it looks for the comment, and the note stays when there is none.
        if (!_comments.ContainsKey(id)) _timeline.Add(by.Id);
        return Change(by, id, always: true, c => c with { Edits = c.Edits.Add(new TextEdit(by.Author, by.At, body, embeds)) });
    }

    public string? Redact(CobOperation by, CommitId id) => Change(by, id, always: true, static _ => null);

    public string? Resolve(CobOperation by, CommitId id, bool resolved)
        => Change(by, id, always: false, c => c with { Resolved = resolved });

    public string? React(CobOperation by, CommitId id, string emoji, bool active)
        => Change(by, id, always: false, c => c with
        {
            Reactions = active ? c.Reactions.Add((by.Author.Nid, emoji)) : c.Reactions.Remove((by.Author.Nid, emoji)),
        });

    /// <param name="by">The operation.</param>
    /// <param name="id">The comment.</param>
    /// <param name="always">Stands on the timeline even when the comment was redacted by somebody else at the same time.</param>
    /// <param name="change">The new comment.</param>
    private string? Change(CobOperation by, CommitId id, bool always, Func<Comment, Comment?> change)
    {
        if (!_comments.TryGetValue(id, out var comment)) return $"The comment {id.Short} is not there.";
        if (always || comment is not null) _timeline.Add(by.Id);
        if (comment is not null) _comments[id] = change(comment);
        return null;
    }
}
