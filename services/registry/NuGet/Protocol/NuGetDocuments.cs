using Auxo.Registry.Mirrors;
using Auxo.Registry.NuGet.Mirroring;
using Auxo.Registry.Packages;
using Auxo.Registry.Repositories;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.NuGet.Protocol;

/// <summary>What a document is made from.</summary>
/// <param name="Address">Of the feed.</param>
/// <param name="Id">The package, in normal form.</param>
/// <param name="Versions">In their order; at least one.</param>
/// <param name="ChangedAt">When anything of it last changed.</param>
internal sealed record FeedPackage(string Address, string Id, IReadOnlyList<ListedVersion> Versions, DateTimeOffset ChangedAt);

/// <summary>
/// Documents about a package that was published here or, in a mirror, that upstream has; made once and sent often.
/// </summary>
internal sealed class NuGetDocuments(NpgsqlDataSource source, PackageDocuments documents, NuGetMirror mirror)
{
    /// <summary>Answers with the document, or with what is not there.</summary>
    /// <param name="repository">As the address names it.</param>
    /// <param name="id">As the address names it.</param>
    /// <param name="form">Which document.</param>
    /// <param name="http">The request.</param>
    /// <param name="rows">The repositories.</param>
    /// <param name="render">Makes it; null for none.</param>
    /// <param name="ct">Breaks it off.</param>
    public async Task<Results<DocumentResult, ProblemHttpResult>> AnswerAsync(
        string repository, string id, string form, HttpContext http, RepositoryRows rows,
        Func<FeedPackage, byte[]?> render, CancellationToken ct)
    {
        if (await NuGetRepository.FindAsync(rows, repository, ct) is not { } there) return NuGetRepository.None(repository);
        if (PackageId.Refuse(id) is { } wrong) return AuxoProblem.NotFound("package/invalid-name", wrong);
        var name = PackageId.Normalize(id);
        var (key, upstream) = (there.Document(http, name, form), await mirror.FindAsync(there, name, ct));
        var document = await documents.FindAsync(
            key,
            async () => upstream is not null ? mirror.Revision(there, name, upstream)
                : (await PackageTable.RevisionAsync(source, there.Name, name, ct))?.ToString(),
            async () => (upstream is not null ? await ReadAsync(there, name, key.Address, upstream, ct)
                : await ReadAsync(there, name, key.Address, ct)) is { Versions.Count: > 0 } package && render(package) is { } bytes
                ? PackageDocument.Of(bytes, "application/json")
                : null);
        return document is null ? there.NoPackage(name) : new DocumentResult(document);
    }

    private async Task<FeedPackage?> ReadAsync(NuGetRepository repository, string id, string address, CancellationToken ct)
        => await PackageTable.FindAsync(source, repository.Name, id, ct) is { } package
            ? new FeedPackage(address, id, RegistrationPages.Versions(package, repository.At.AsOf), package.ChangedAt)
            : null;

    private async Task<FeedPackage?> ReadAsync(
        NuGetRepository repository, string id, string address, MirroredDocument upstream, CancellationToken ct)
        => new(address, id, [.. (await mirror.ReadAsync(repository, id, upstream, ct)).Select(static v => v.Listed)], upstream.FetchedAt);
}
