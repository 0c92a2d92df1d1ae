using System.Text.Json.Nodes;

using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>A place in the new code of a revision.</summary>
/// <param name="Commit">The revision's head.</param>
/// <param name="Path">The file.</param>
/// <param name="Line">From 1.</param>
public sealed record LinePlace(CommitId Commit, string Path, int Line);

/// <summary>What an operation on a patch says, in Radicle's words (<c>PatchAction</c> reads them).</summary>
public static class PatchActions
{
    /// <summary>A new comment; its id is that of its operation, so that each one needs its own.</summary>
    public static JsonObject Comment(RevisionId revision, string body, LinePlace? place)
        => With(new JsonObject { ["type"] = "revision.comment", ["revision"] = revision.Value, ["body"] = body }, place);

    /// <summary>Another text of a comment.</summary>
    public static JsonObject EditComment(RevisionId revision, CommitId comment, string body) => new()
    {
        ["type"] = "revision.comment.edit", ["revision"] = revision.Value, ["comment"] = comment.Value, ["body"] = body,
        ["embeds"] = new JsonArray(),
    };

    /// <summary>A comment is taken back.</summary>
    public static JsonObject RedactComment(RevisionId revision, CommitId comment) => new()
    {
        ["type"] = "revision.comment.redact", ["revision"] = revision.Value, ["comment"] = comment.Value,
    };

    /// <summary>A review without a verdict. The same author's earlier one of this revision counts no longer.</summary>
    public static JsonObject Review(RevisionId revision, string summary) => new()
    {
        ["type"] = "review", ["revision"] = revision.Value, ["summary"] = summary,
    };

    /// <summary>A comment of a review.</summary>
    public static JsonObject ReviewComment(CommitId review, string body, LinePlace? place)
        => With(new JsonObject { ["type"] = "review.comment", ["review"] = review.Value, ["body"] = body }, place);

    /// <summary>A review is taken back.</summary>
    public static JsonObject RedactReview(CommitId review) => new() { ["type"] = "review.redact", ["review"] = review.Value };

    private static JsonObject With(JsonObject action, LinePlace? place)
    {
        if (place is null) return action;
        // As `rad patch review` writes it: the lines of git's hunks, from 1, and the end is the line after the last.
        var range = new JsonObject { ["start"] = place.Line, ["end"] = place.Line + 1 };
        action["location"] = new JsonObject
        {
            ["commit"] = place.Commit.Value, ["path"] = place.Path, ["old"] = null,
            ["new"] = new JsonObject { ["type"] = "lines", ["range"] = range },
        };
        return action;
    }
}
