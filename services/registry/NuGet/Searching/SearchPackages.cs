using System.Text.Json;

using Auxo.Registry.Access;
using Auxo.Registry.NuGet.Protocol;
using Auxo.Registry.Packages;
using Auxo.Registry.Repositories;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.NuGet.Searching;

/// <summary>
/// <c>GET /nuget/{repository}/v3/search?q=&amp;skip=&amp;take=&amp;prerelease=&amp;semVerLevel=&amp;packageType=</c>:
/// packages in whose names the
/// words occur.
/// </summary>
internal static class SearchPackages
{
    private const int MostTaken = 1000;

    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet($"{NuGetRoutes.Root}/search", HandleAsync)
            .WithName("SearchNuGetPackages").WithTags(NuGetRoutes.Tag).RequireRepositoryScope(RegistryScopes.Read);

    private static async Task<Results<DocumentResult, ProblemHttpResult>> HandleAsync(
        string repository, HttpContext http, RepositoryRows rows, NpgsqlDataSource source, CancellationToken ct,
        string? q = null, int skip = 0, int take = 20, bool prerelease = false, string? semVerLevel = null, string? packageType = null)
    {
        if (await NuGetRepository.FindAsync(rows, repository, ct) is not { } there) return NuGetRepository.None(repository);
        var terms = new SearchTerms(
            q ?? "", prerelease, PackageId.ParseVersion(semVerLevel) is { Major: >= 2 }, packageType is { Length: > 0 }
                ? packageType : null);
        var found = await PackageSearch.FindAsync(source, there, terms, ct);
        var address = there.AddressFor(http);
        var answer = new SearchAnswer(
            found.Count, [.. found.Skip(Math.Max(skip, 0)).Take(Math.Clamp(take, 0, MostTaken))
                .Select(p => Of(address, p.Id, p.Versions))]);
        return new DocumentResult(PackageDocument.Of(
            JsonSerializer.SerializeToUtf8Bytes(answer, NuGetJson.Default.SearchAnswer), "application/json"));
    }

    private static FoundPackage Of(string address, string id, List<ListedVersion> versions)
    {
        var (newest, index) = (versions[^1].Nuspec, RegistrationPages.IndexAddress(address, id));
        return new FoundPackage(
            index, newest.Id, newest.ParsedVersion.ToFullString(), index, newest.Description, newest.Title, newest.Summary,
            newest.Authors.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
                RegistrationPages.Tags(newest),
            newest.ProjectUrl, newest.IconUrl, newest.LicenseUrl, 0, false,
            [.. PackageSearch.Types(versions[^1]).Select(static t => new FoundType(t))],
            [.. versions.Select(v => new FoundVersion(
                $"{address}/registration/{id}/{v.Stored.Version}.json", v.Nuspec.ParsedVersion.ToFullString(), 0))]);
    }
}
