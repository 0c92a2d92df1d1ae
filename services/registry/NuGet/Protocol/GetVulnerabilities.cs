using System.Text.Json;
using System.Text.Json.Serialization;

using Auxo.Registry.Access;
using Auxo.Registry.Packages;
using Auxo.Registry.Repositories;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Registry.NuGet.Protocol;

/// <summary>Where a part of the known vulnerabilities is.</summary>
/// <param name="Name">Clients keep it under this name.</param>
/// <param name="Id">Its address.</param>
/// <param name="Updated">When it last changed.</param>
/// <param name="Comment">For people.</param>
public sealed record VulnerabilityPage(
    [property: JsonPropertyName("@name")] string Name, [property: JsonPropertyName("@id")] string Id,
    [property: JsonPropertyName("@updated")] DateTimeOffset Updated, string Comment);

/// <summary>
/// <c>GET /nuget/{repository}/v3/vulnerabilities/index.json</c> and <c>…/base.json</c>: of packages that were published here none is known.
/// A feed without the resource would make every audit warn of it.
/// </summary>
internal static class GetVulnerabilities
{
    private static readonly byte[] Empty = "{}"u8.ToArray();

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet($"{NuGetRoutes.Root}/vulnerabilities/index.json", IndexAsync)
            .WithName("GetNuGetVulnerabilities").WithTags(NuGetRoutes.Tag)
            .RequireRepositoryScope(RegistryScopes.Read, UploadAccess.AnyPackage);
        routes.MapGet($"{NuGetRoutes.Root}/vulnerabilities/base.json", PageAsync)
            .WithName("GetNuGetVulnerabilityPage").WithTags(NuGetRoutes.Tag)
            .RequireRepositoryScope(RegistryScopes.Read, UploadAccess.AnyPackage);
    }

    private static async Task<Results<DocumentResult, ProblemHttpResult>> IndexAsync(
        string repository, HttpContext http, RepositoryRows rows, CancellationToken ct)
    {
        if (await NuGetRepository.FindAsync(rows, repository, ct) is not { } there) return NuGetRepository.None(repository);
        IReadOnlyList<VulnerabilityPage> pages = [new("base", $"{there.AddressFor(http)}/vulnerabilities/base.json",
            there.Settings.CreatedAt, "The packages that were published here")];
        return new DocumentResult(PackageDocument.Of(
            JsonSerializer.SerializeToUtf8Bytes(pages, NuGetJson.Default.IReadOnlyListVulnerabilityPage), "application/json"));
    }

    private static async Task<Results<DocumentResult, ProblemHttpResult>> PageAsync(
        string repository, RepositoryRows rows, CancellationToken ct)
        => await NuGetRepository.FindAsync(rows, repository, ct) is null
            ? NuGetRepository.None(repository)
            : new DocumentResult(PackageDocument.Of(Empty, "application/json"));
}
