using System.Collections.Immutable;

using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>A revision while operations are applied.</summary>
internal sealed class RevisionDraft(CobOperation by, PatchAction.Revise action)
{
    public Did Author => by.Author;

    public ImmutableList<TextEdit> Descriptions { get; set; } = [new TextEdit(by.Author, by.At, action.Description, [])];

    public bool Redacted { get; set; }

    public DiscussionFold Discussion { get; } = new();

    public SortedDictionary<string, ReviewDraft> Reviews { get; } = new(StringComparer.Ordinal);

    public ImmutableHashSet<Reaction> Reactions { get; set; } = [];

    public RadicleRevision ToRevision()
        => new(
            RevisionId.Parse(by.Id.Value), by.Author, by.Alias, action.Base, action.Head, by.At, Descriptions, Redacted,
            Redacted
                ? new DiscussionFold().ToDiscussion()
                : Discussion.ToDiscussion(), Redacted ? [] : [.. Reviews.Values.Select(r => r.ToReview())], action.Resolves,
            [.. Reactions.OrderBy(r => r.Emoji, StringComparer.Ordinal).ThenBy(r => r.Author.Nid, StringComparer.Ordinal)]);
}

/// <summary>A review while operations are applied.</summary>
internal sealed class ReviewDraft(CobOperation by, PatchAction.Review action)
{
    public Did Author => by.Author;

    public ImmutableList<TextEdit> Summaries { get; set; } = action.Summary is null
        ? []
        : [new TextEdit(by.Author, by.At, action.Summary, [])];

    public ReviewVerdict? Verdict { get; set; } = action.Verdict;

    public IReadOnlyList<string> Labels { get; set; } = action.Labels;

    public DiscussionFold Discussion { get; } = new();

    public RadicleReview ToReview() => new(by.Id, by.Author, Verdict, Summaries, Labels, Discussion.ToDiscussion(), by.At);
}
