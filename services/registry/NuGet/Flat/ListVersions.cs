using System.Text.Json;

using Auxo.Registry.Access;
using Auxo.Registry.NuGet.Protocol;
using Auxo.Registry.Packages;
using Auxo.Registry.Repositories;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Registry.NuGet.Flat;

/// <summary>The versions of a package, in normal form and order; those that are not listed too, for who names one.</summary>
public sealed record VersionList(IReadOnlyList<string> Versions);

/// <summary><c>GET /nuget/{repository}/v3/flat/{id}/index.json</c>: the versions, which is all that a restore asks for.</summary>
internal static class ListVersions
{
    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapMethods($"{NuGetRoutes.Root}/flat/{{id}}/index.json", [HttpMethods.Get, HttpMethods.Head], HandleAsync)
            .WithName("ListNuGetVersions").WithTags(NuGetRoutes.Tag)
            .RequireRepositoryScope(RegistryScopes.Read, NuGetRoutes.PackageOf);

    private static Task<Results<DocumentResult, ProblemHttpResult>> HandleAsync(
        string repository, string id, HttpContext http, RepositoryRows rows, NuGetDocuments documents, CancellationToken ct)
        => documents.AnswerAsync(repository, id, "flat", http, rows,
            static p => JsonSerializer.SerializeToUtf8Bytes(
                new VersionList([.. p.Versions.Select(static v => v.Stored.Version)]), NuGetJson.Default.VersionList), ct);
}
