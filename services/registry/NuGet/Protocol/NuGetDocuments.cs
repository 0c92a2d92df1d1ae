using Auxo.Registry.Packages;
using Auxo.Registry.Repositories;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.NuGet.Protocol;

/// <summary>Documents about a package, made once and sent often.</summary>
internal sealed class NuGetDocuments(NpgsqlDataSource source, PackageDocuments documents)
{
    /// <summary>Answers with the document, or with what is not there.</summary>
    /// <param name="repository">As the address names it.</param>
    /// <param name="id">As the address names it.</param>
    /// <param name="form">Which document.</param>
    /// <param name="http">The request.</param>
    /// <param name="rows">The repositories.</param>
    /// <param name="render">Makes it from the feed's address, the package's name, and its versions in order; null for none.</param>
    /// <param name="ct">Breaks it off.</param>
    public async Task<Results<DocumentResult, ProblemHttpResult>> AnswerAsync(
        string repository, string id, string form, HttpContext http, RepositoryRows rows,
        Func<string, string, IReadOnlyList<ListedVersion>, byte[]?> render, CancellationToken ct)
    {
        if (await NuGetRepository.FindAsync(rows, repository, ct) is not { } there) return NuGetRepository.None(repository);
        if (PackageId.Refuse(id) is { } wrong) return AuxoProblem.NotFound("package/invalid-name", wrong);
        var name = PackageId.Normalize(id);
        var document = await documents.FindAsync(
            there.Document(http, name, form),
            async () => (await PackageTable.RevisionAsync(source, there.Name, name, ct))?.ToString(),
            async () => await PackageTable.FindAsync(source, there.Name, name, ct) is { } package
                && RegistrationPages.Versions(package, there.At.AsOf) is { Count: > 0 } versions
                && render(there.AddressFor(http), name, versions) is { } bytes
                ? PackageDocument.Of(bytes, "application/json")
                : null);
        return document is null ? there.NoPackage(name) : new DocumentResult(document);
    }
}
