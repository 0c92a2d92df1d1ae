using System.Text.Json;

using Auxo.Registry.Access;
using Auxo.Registry.Packages;
using Auxo.Registry.Repositories;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.NuGet.Searching;

/// <summary>
/// <c>GET /nuget/{repository}/v3/autocomplete?q=</c>: names of packages; with <c>?id=</c> the versions of one.
/// </summary>
internal static class CompleteNames
{
    private const int MostTaken = 1000;

    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet($"{NuGetRoutes.Root}/autocomplete", HandleAsync)
            .WithName("CompleteNuGetNames").WithTags(NuGetRoutes.Tag).RequireRepositoryScope(RegistryScopes.Read);

    private static async Task<Results<DocumentResult, ProblemHttpResult>> HandleAsync(
        string repository, RepositoryRows rows, NpgsqlDataSource source, CancellationToken ct,
        string? q = null, string? id = null, int skip = 0, int take = 20, bool prerelease = false, string? semVerLevel = null,
        string? packageType = null)
    {
        if (await NuGetRepository.FindAsync(rows, repository, ct) is not { } there) return NuGetRepository.None(repository);
        var terms = new SearchTerms(
            id ?? q ?? "", prerelease, PackageId.ParseVersion(semVerLevel) is { Major: >= 2 },
                packageType is { Length: > 0 } ? packageType : null);
        var found = await PackageSearch.FindAsync(source, there, terms, ct);
        List<string> names = id is null
            ? [.. found.Select(static p => p.Versions[^1].Nuspec.Id)]
            : [.. found.Where(p => p.Id == PackageId.Normalize(id)).SelectMany(static p => p.Versions)
                .Select(static v => v.Stored.Version)];
        var answer = new NamesAnswer(names.Count,
            id is null ? [.. names.Skip(Math.Max(skip, 0)).Take(Math.Clamp(take, 0, MostTaken))] : names);
        return new DocumentResult(PackageDocument.Of(
            JsonSerializer.SerializeToUtf8Bytes(answer, NuGetJson.Default.NamesAnswer), "application/json"));
    }
}
