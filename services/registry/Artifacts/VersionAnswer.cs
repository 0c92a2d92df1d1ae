using Auxo.Registry.Publishing;
using Npgsql;

namespace Auxo.Registry.Artifacts;

/// <summary>
/// The files of a build as clients see them. <c>BuildId</c> is the version: never another content under this id. <c>Latest</c>
/// is true when <c>latest</c> means this one now; <c>Provenance</c> and the files' <c>Url</c> are relative to this service.
/// </summary>
public sealed record VersionAnswer(
    Guid BuildId, string ShortId, Rid Rid, string RepositoryName, BuildTrigger Trigger, string Ref, CommitId Commit,
    PatchId? PatchId, string Title, Did? Author,
    PublicationState State, string? Reason, bool Latest, DateTimeOffset? PublishedAt, IReadOnlyList<PublishedFile> Files, string Provenance)
{
    internal static VersionAnswer Of(Publication p, bool latest)
    {
        var (s, url) = (p.Subject, $"/artifacts/{p.Subject.Rid}/{p.Subject.BuildId}");
        return new VersionAnswer(
            s.BuildId, Contracts.BuildId.Short(s.BuildId), s.Rid, s.RepositoryName, s.Trigger, s.Ref, s.Commit,
            s.PatchId, s.Title, s.Author, p.State, p.Reason, latest, p.PublishedAt,
            [.. p.Files.Select(f
                => new PublishedFile(f.Name, f.MediaType, f.Digest, f.SizeBytes,
                    $"{url}/files/{Registry.Files.FileName.Encode(f.Name)}"))], url + "/provenance");
    }

    /// <summary>
    /// Finds the version that a URL names: a build's id, a commit's 40 digits (the first build of it that was published), or
    /// <c>latest</c>.
    /// </summary>
    internal static async Task<Publication?> FindAsync(
        NpgsqlDataSource source, IQuerySession session, Rid rid, string version, CancellationToken ct)
    {
        var build = version == "latest" ? await PublicationTable.LatestAsync(source, rid, ct)
            : Guid.TryParseExact(version, "D", out var id) ? id
            : CommitId.TryParse(version, null, out var commit) ? await PublicationTable.OfCommitAsync(source, rid, commit, ct)
            : null;
        return build is { } found
            && await session.LoadAsync<Publication>(Publication.StreamKey(found), ct) is { } p && p.Subject.Rid == rid ? p : null;
    }
}

/// <summary>A file of a build, and where it is, relative to this service.</summary>
public sealed record PublishedFile(string Name, string MediaType, string Digest, long SizeBytes, string Url);
