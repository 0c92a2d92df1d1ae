using System.Text.Json;

using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>What an operation does to a patch.</summary>
internal abstract record PatchAction
{
    private PatchAction()
    {
    }

    public sealed record EditTitle(string Title, string Target) : PatchAction;

    public sealed record Label(IReadOnlyList<string> Labels) : PatchAction;

    public sealed record Lifecycle(PatchStatus Status) : PatchAction;

    public sealed record Assign(IReadOnlyList<Did> Assignees) : PatchAction;

    public sealed record Merge(CommitId Revision, CommitId Commit) : PatchAction;

    public sealed record Revise(string Description, CommitId Base, CommitId Head, IReadOnlyList<(CommitId, CommitId)> Resolves)
        : PatchAction;

    public sealed record RevisionEdit(CommitId Revision, string Description, IReadOnlyList<Embed> Embeds) : PatchAction;

    public sealed record RevisionRedact(CommitId Revision) : PatchAction;

    public sealed record RevisionReact(CommitId Revision, CodeLocation? Location, string Emoji, bool Active) : PatchAction;

    public sealed record Review(CommitId Revision, string? Summary, ReviewVerdict? Verdict, IReadOnlyList<string> Labels) : PatchAction;

    public sealed record ReviewEdit(CommitId Id, string? Summary, ReviewVerdict? Verdict, IReadOnlyList<string> Labels) : PatchAction;

    public sealed record ReviewRedact(CommitId Id) : PatchAction;

    /// <summary>A change of a thread: the revision's when <paramref name="OfReview"/> is false, else the review's.</summary>
    public sealed record Thread(bool OfReview, CommitId Of, ThreadAction Action) : PatchAction;

    /// <summary>An action of a newer Radicle: it has no effect here.</summary>
    public sealed record Unknown(string Type) : PatchAction;

    /// <exception cref="CobFormatException">A member is missing or of a wrong type.</exception>
    public static PatchAction Parse(JsonElement action)
    {
        var type = CobJson.Text(action, "type");
        return type switch
        {
            "edit" => new EditTitle(CobJson.Text(action, "title"), CobJson.Text(action, "target")),
            "label" => new Label(CobJson.List(CobJson.Member(action, "labels"), CobJson.Text)),
            "lifecycle" => new Lifecycle(CobJson.Text(CobJson.Member(action, "state"), "status") switch
            {
                "open" => PatchStatus.Open,
                "draft" => PatchStatus.Draft,
                "archived" => PatchStatus.Archived,
                _ => throw new CobFormatException("The patch's new status is unknown."),
            }),
            "assign" => new Assign(CobJson.List(CobJson.Member(action, "assignees"), CobJson.Did)),
            "merge" => new Merge(CobJson.Oid(action, "revision"), CobJson.Oid(action, "commit")),
            "revision" => new Revise(
                CobJson.Text(action, "description"), CobJson.Oid(action, "base"), CobJson.Oid(action, "oid"),
                CobJson.OptionalList(action, "resolves", Pair)),
            "revision.edit" => new RevisionEdit(CobJson.Oid(action, "revision"), CobJson.Text(action, "description"), ReadEmbeds(action)),
            "revision.redact" => new RevisionRedact(CobJson.Oid(action, "revision")),
            "revision.react" => new RevisionReact(
                CobJson.Oid(action, "revision"), ReadLocation(action), CobJson.Text(action, "reaction"), CobJson.Flag(action, "active")),
            "review"
                => new Review(CobJson.Oid(action, "revision"), CobJson.OptionalText(action, "summary"),
                    ReadVerdict(action), ReadLabels(action)),
            "review.edit" => new ReviewEdit(
                CobJson.Oid(action, "review"), CobJson.OptionalText(action, "summary"), ReadVerdict(action), ReadLabels(action)),
            "review.redact" => new ReviewRedact(CobJson.Oid(action, "review")),
            _ when type.StartsWith("revision.comment", StringComparison.Ordinal)
                && ThreadAction.Parse(action, type["revision.".Length..], "replyTo") is { } t
                => new Thread(OfReview: false, CobJson.Oid(action, "revision"), t),
            _ when type.StartsWith("review.comment", StringComparison.Ordinal)
                && ThreadAction.Parse(action, type["review.".Length..], "reply_to") is { } t
                => new Thread(OfReview: true, CobJson.Oid(action, "review"), t),
            _ => new Unknown(type),
        };
    }

    internal static IReadOnlyList<Embed> ReadEmbeds(JsonElement action)
        => CobJson.OptionalList(action, "embeds", static e => new Embed(CobJson.Text(e, "name"), CobJson.Text(e, "content")));

    internal static CodeLocation? ReadLocation(JsonElement action)
        => CobJson.Optional(action, "location") is { } location
            ? new CodeLocation(CobJson.Oid(location, "commit"), CobJson.Text(location, "path"), Range(location, "old"),
                Range(location, "new"))
            : null;

    private static CodeRange? Range(JsonElement location, string name)
    {
        if (CobJson.Optional(location, name) is not { } range) return null;
        var type = CobJson.Text(range, "type");
        var bounds = CobJson.Member(range, "range");
        return type is "lines" or "chars"
            ? new CodeRange(type, type == "chars"
                ? CobJson.Number(range, "line")
                : null, CobJson.Number(bounds, "start"), CobJson.Number(bounds, "end"))
            : throw new CobFormatException("A range of code is neither lines nor chars.");
    }

    private static (CommitId, CommitId) Pair(JsonElement value)
        => CobJson.List(value, CobJson.Oid) is [var review, var comment]
            ? (review, comment)
            : throw new CobFormatException("A pair of review and comment was expected.");

    private static IReadOnlyList<string> ReadLabels(JsonElement action) => CobJson.OptionalList(action, "labels", CobJson.Text);

    private static ReviewVerdict? ReadVerdict(JsonElement action)
        => CobJson.OptionalText(action, "verdict") switch
        {
            null => null,
            "accept" => ReviewVerdict.Accept,
            "reject" => ReviewVerdict.Reject,
            _ => throw new CobFormatException("The verdict is unknown."),
        };
}

/// <summary>What an action does to a thread.</summary>
internal abstract record ThreadAction
{
    private ThreadAction()
    {
    }

    public sealed record Comment(string Body, CommitId? ReplyTo, CodeLocation? Location, IReadOnlyList<Embed> Embeds) : ThreadAction;

    public sealed record Edit(CommitId Id, string Body, IReadOnlyList<Embed> Embeds) : ThreadAction;

    public sealed record Redact(CommitId Id) : ThreadAction;

    public sealed record React(CommitId Id, string Emoji, bool Active) : ThreadAction;

    public sealed record Resolve(CommitId Id, bool Resolved) : ThreadAction;

    /// <summary>Null for an action that is unknown. <paramref name="replyTo"/>: patches write the member in two ways.</summary>
    public static ThreadAction? Parse(JsonElement action, string type, string replyTo)
        => type switch
        {
            "comment" => new Comment(
                CobJson.Text(action, "body"), CobJson.OptionalOid(action, replyTo), PatchAction.ReadLocation(action),
                PatchAction.ReadEmbeds(action)),
            "comment.edit" => new Edit(CobJson.Oid(action, "comment"), CobJson.Text(action, "body"), PatchAction.ReadEmbeds(action)),
            "comment.redact" => new Redact(CobJson.Oid(action, "comment")),
            "comment.react" => new React(CobJson.Oid(action, "comment"), CobJson.Text(action, "reaction"), CobJson.Flag(action, "active")),
            "comment.resolve" => new Resolve(CobJson.Oid(action, "comment"), Resolved: true),
            "comment.unresolve" => new Resolve(CobJson.Oid(action, "comment"), Resolved: false),
            _ => null,
        };
}
