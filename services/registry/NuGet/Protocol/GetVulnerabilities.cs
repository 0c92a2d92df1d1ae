using System.Text.Json;
using System.Text.Json.Serialization;

using Auxo.Registry.Access;
using Auxo.Registry.NuGet.Mirroring;
using Auxo.Registry.Packages;
using Auxo.Registry.Packages.Uploading;
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
/// <c>GET /nuget/{repository}/v3/vulnerabilities/index.json</c> and <c>…/{part}.json</c>: what upstream knows, in a
/// mirror; of packages that
/// were published here none is known. A feed without the resource would make every audit warn of it.
/// </summary>
internal static class GetVulnerabilities
{
    private const int MaxParts = 16;
    private static readonly byte[] Empty = "{}"u8.ToArray();

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet($"{NuGetRoutes.Root}/vulnerabilities/index.json", IndexAsync)
            .WithName("GetNuGetVulnerabilities").WithTags(NuGetRoutes.Tag)
            .RequireRepositoryScope(RegistryScopes.Read, UploadAccess.AnyPackage(RegistryScopes.Read));
        routes.MapGet($"{NuGetRoutes.Root}/vulnerabilities/{{part}}.json", PartAsync)
            .WithName("GetNuGetVulnerabilityPage").WithTags(NuGetRoutes.Tag)
            .RequireRepositoryScope(RegistryScopes.Read, UploadAccess.AnyPackage(RegistryScopes.Read));
    }

    private static async Task<Results<DocumentResult, ProblemHttpResult>> IndexAsync(
        string repository, HttpContext http, RepositoryRows rows, NuGetMirror mirror, CancellationToken ct)
    {
        if (await NuGetRepository.FindAsync(rows, repository, ct) is not { } there) return NuGetRepository.None(repository);
        var address = $"{there.AddressFor(http)}/vulnerabilities";
        var pages = await mirror.VulnerabilitiesAsync(there, null, ct) is { } upstream ? Of(upstream, address) : [];
        if (pages.Count == 0)
            pages = [new("base", $"{address}/base.json", there.Settings.CreatedAt, "The packages that were published here")];
        return Answer(JsonSerializer.SerializeToUtf8Bytes(pages, NuGetJson.Default.IReadOnlyListVulnerabilityPage));
    }

    private static async Task<Results<DocumentResult, ProblemHttpResult>> PartAsync(
        string repository, string part, RepositoryRows rows, NuGetMirror mirror, CancellationToken ct)
    {
        if (await NuGetRepository.FindAsync(rows, repository, ct) is not { } there) return NuGetRepository.None(repository);
        return await mirror.VulnerabilitiesAsync(there, part, ct) is { } upstream ? Answer(upstream)
            : part == "base" ? Answer(Empty)
            : AuxoProblem.NotFound("file/not-found", $"'{there.Name}' has no such part of the known vulnerabilities.");
    }

    /// <summary>Upstream's parts under our addresses.</summary>
    private static IReadOnlyList<VulnerabilityPage> Of(byte[] upstream, string address)
    {
        try
        {
            return [.. (JsonSerializer.Deserialize(upstream, NuGetJson.Default.IReadOnlyListVulnerabilityPage) ?? [])
                .Where(static p => p is { Name: not null } && PackageId.Refuse(p.Name) is null).Take(MaxParts)
                    .Select(p => p with { Id = $"{address}/{p.Name}.json" })];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static DocumentResult Answer(byte[] document) => new(PackageDocument.Of(document, "application/json"));
}
