using Auxo.Api;
using Auxo.Cli.Output;
using Auxo.Cli.Patches.Owning;
using Auxo.Contracts;
using Auxo.Radicle;

namespace Auxo.Cli.Patches.Listing;

/// <summary>A patch in a list, with the newest build of its head.</summary>
/// <param name="Rid">Its repository.</param>
/// <param name="Repository">The repository's name.</param>
/// <param name="PatchId">The patch.</param>
/// <param name="Status"><c>open</c>, <c>draft</c>, <c>merged</c> or <c>archived</c>.</param>
/// <param name="Title">By whoever wrote it.</param>
/// <param name="Author">His key.</param>
/// <param name="AuthorAlias">What he calls himself; null where it is not known.</param>
/// <param name="Head">The commit that it proposes; null where none is known.</param>
/// <param name="OpenedAt">By the author's clock.</param>
/// <param name="Build">Null where there is none, or where nobody could be asked.</param>
/// <param name="Owners">
/// Whose accept a merge needs; null where none is required, for closed patches, and where the repository is not in the storage here.
/// </param>
internal sealed record ListedPatch(
    string Rid, string Repository, string PatchId, string Status, string Title, string? Author, string? AuthorAlias, string? Head,
    DateTimeOffset? OpenedAt, Build? Build = null, OwnersNeed? Owners = null)
{
    /// <summary>As Auxo knows it. Its head is its author's newest revision.</summary>
    public static ListedPatch Of(PatchInfo patch, string repository)
    {
        var latest = patch.Revisions?.LastOrDefault(r => r.Author is null || r.Author == patch.Author)
            ?? (patch.Revisions is [.., var last] ? last : null);
        return new ListedPatch(
            patch.Rid, repository, patch.PatchId, patch.Status, patch.Title, patch.Author, latest?.AuthorAlias, latest?.Head,
            patch.OpenedAt);
    }

    /// <summary>As it stands in the storage.</summary>
    public static ListedPatch Of(RadiclePatch patch, Rid rid, string repository)
        => new(
            rid.Value, repository, patch.Id.Value, patch.State.Status.ToString().ToLowerInvariant(), patch.Title, patch.Author.Value,
            patch.AuthorAlias.Length > 0 ? patch.AuthorAlias : null, patch.Latest.Head.Value, patch.OpenedAt);

    /// <summary>Where it stands, never by colour alone.</summary>
    public static Cell State(string status) => status switch
    {
        "open" => new("open", "green"),
        "draft" => new("draft", "dim"),
        "merged" => new("merged", "magenta"),
        "archived" => new("archived", "yellow"),
        _ => new(status),
    };
}

/// <summary>Patches, and what is missing of them.</summary>
/// <param name="Items">The newest first.</param>
/// <param name="Missing">Why results are missing; null when they are not.</param>
internal sealed record PatchList(IReadOnlyList<ListedPatch> Items, string? Missing);
