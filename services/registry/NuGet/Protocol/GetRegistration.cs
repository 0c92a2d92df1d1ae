using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

using Auxo.Registry.Access;
using Auxo.Registry.Packages;
using Auxo.Registry.Repositories;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Registry.NuGet.Protocol;

/// <summary>
/// <c>GET /nuget/{repository}/v3/registration/{id}/index.json</c>, <c>…/page/{lower}/{upper}.json</c> and <c>…/{version}.json</c>: what
/// is known of the versions of a package.
/// </summary>
internal static class GetRegistration
{
    private const string Root = $"{NuGetRoutes.Root}/registration/{{id}}";
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods($"{Root}/index.json", Reading, IndexAsync).WithName("GetNuGetRegistration").WithTags(NuGetRoutes.Tag)
            .RequireRepositoryScope(RegistryScopes.Read, NuGetRoutes.PackageOf);
        routes.MapMethods($"{Root}/page/{{lower}}/{{upper}}.json", Reading, PageAsync).WithName("GetNuGetRegistrationPage")
            .WithTags(NuGetRoutes.Tag).RequireRepositoryScope(RegistryScopes.Read, NuGetRoutes.PackageOf);
        routes.MapMethods($"{Root}/{{version}}.json", Reading, LeafAsync).WithName("GetNuGetRegistrationLeaf").WithTags(NuGetRoutes.Tag)
            .RequireRepositoryScope(RegistryScopes.Read, NuGetRoutes.PackageOf);
    }

    private static Task<Results<DocumentResult, ProblemHttpResult>> IndexAsync(
        string repository, string id, HttpContext http, RepositoryRows rows, NuGetDocuments documents, CancellationToken ct)
        => documents.AnswerAsync(repository, id, "registration", http, rows,
            static p => Bytes(
                RegistrationPages.Index(p.Address, p.Id, p.Versions, p.ChangedAt), NuGetJson.Default.RegistrationIndex), ct);

    private static Task<Results<DocumentResult, ProblemHttpResult>> PageAsync(
        string repository, string id, string lower, string upper, HttpContext http, RepositoryRows rows, NuGetDocuments documents,
        CancellationToken ct)
    {
        var (first, last) = (Normal(lower), Normal(upper));
        return documents.AnswerAsync(repository, id, $"registration {first} {last}", http, rows,
            p => Bytes(
                RegistrationPages.Page(p.Address, p.Id, p.Versions, first, last), NuGetJson.Default.RegistrationPage), ct);
    }

    private static Task<Results<DocumentResult, ProblemHttpResult>> LeafAsync(
        string repository, string id, string version, HttpContext http, RepositoryRows rows, NuGetDocuments documents,
        CancellationToken ct)
    {
        var wanted = Normal(version);
        return documents.AnswerAsync(repository, id, $"registration {wanted}", http, rows,
            p => p.Versions.FirstOrDefault(v => v.Stored.Version == wanted) is { } found
                ? Bytes(RegistrationPages.Leaf(p.Address, p.Id, found), NuGetJson.Default.RegistrationLeaf)
                : null, ct);
    }

    /// <summary>What is no version is looked for as it is, and not found.</summary>
    private static string Normal(string version) => PackageId.ParseVersion(version) is { } parsed ? PackageId.Normalize(parsed) : "";

    private static byte[]? Bytes<T>(T? document, JsonTypeInfo<T> type)
        where T : class
        => document is null ? null : JsonSerializer.SerializeToUtf8Bytes(document, type);
}
