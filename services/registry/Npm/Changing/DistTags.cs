using System.Text.Json;

using Auxo.Registry.Access;
using Auxo.Registry.Npm.Names;
using Auxo.Registry.Npm.Reading;
using Auxo.Registry.Packages;
using Auxo.Registry.Repositories;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Mvc;

using Npgsql;

namespace Auxo.Registry.Npm.Changing;

/// <summary>
/// <c>GET /npm/{repository}/-/package/NAME/dist-tags</c>, <c>PUT</c> and <c>DELETE …/dist-tags/TAG</c>: which version a tag means. And
/// <c>collaborators</c>, <c>visibility</c> of a package, which tokens and the repository decide here.
/// </summary>
public static class DistTags
{
    private const string Below = "-/package/";

    internal static void Map(IEndpointRouteBuilder routes)
    {
        const string Route = "/npm/{repository}/-/package/{**path}";
        routes.MapGet(Route, GetAsync).WithName("GetNpmDistTags").WithTags("npm")
            .RequireRepositoryScope(RegistryScopes.Read, NpmRequest.PackageBelow(Below));
        routes.MapPut(Route, ChangeAsync).WithName("PutNpmDistTag").WithTags("npm").WithMetadata(new RequestSizeLimitAttribute(4096))
            .RequireRepositoryScope(RegistryScopes.Write, NpmRequest.PackageBelow(Below));
        routes.MapDelete(Route, ChangeAsync).WithName("DeleteNpmDistTag").WithTags("npm")
            .RequireRepositoryScope(RegistryScopes.Write, NpmRequest.PackageBelow(Below));
    }

    private static async Task<IResult> GetAsync(
        HttpContext http, RepositoryRows rows, NpgsqlDataSource source, NpmPackages packages, CancellationToken ct)
    {
        var at = NpmRequest.At(http);
        if (await NpmRequest.FindAsync(rows, at, ct) is not { } repository)
            return NpmProblems.NoRepository($"{http.Request.RouteValues["repository"]}");
        if (NpmRequest.PathOf(http, Below, out var refusal) is not { } path) return NpmProblems.Path(refusal!);
        if (path.Rest is ["dist-tags"])
        {
            if (await packages.PackumentAsync(http, repository, at!, path.Package, full: false, ct) is not { } packument)
                return NpmProblems.NoPackage(repository, path.Package);
            using var json = JsonDocument.Parse(packument.Bytes);
            return TypedResults.Text(json.RootElement.GetProperty("dist-tags").GetRawText(), "application/json");
        }

        if (await PackageTable.FindAsync(source, at!.Name, path.Package.Value, ct) is not { Versions.Count: > 0 } package)
            return NpmProblems.NoPackage(repository, path.Package);
        return path.Rest switch
        {
            ["collaborators"] => TypedResults.Json(
                package.Versions.Select(static v => v.PublishedBy).Distinct(StringComparer.Ordinal)
                    .ToDictionary(static by => by, static _ => "write", StringComparer.Ordinal), HttpJson.Default.NpmTags),
            ["visibility"] => TypedResults.Json(new Dictionary<string, bool> { ["public"] = false }, HttpJson.Default.NpmFlags),
            _ => NpmProblems.NoRoute,
        };
    }

    private static async Task<IResult> ChangeAsync(
        HttpContext http, RepositoryRows rows, NpgsqlDataSource source, ChangePackage change, CancellationToken ct)
    {
        var at = NpmRequest.At(http);
        if (await NpmRequest.FindAsync(rows, at, ct) is null) return NpmProblems.NoRepository($"{http.Request.RouteValues["repository"]}");
        if (at!.AsOf is not null) return AuxoProblem.Conflict("npm/past", "The past cannot be changed: leave '@' and the date away.");
        if (NpmRequest.PathOf(http, Below, out var refusal) is not { } path) return NpmProblems.Path(refusal!);
        if (path.Rest is not ["dist-tags", var tag]) return NpmProblems.NoRoute;
        if (DistTag.Refuse(tag) is { } wrong) return AuxoProblem.BadRequest("npm/invalid-tag", $"'{NpmProblems.Shown(tag)}' {wrong}.");
        if (await PackageTable.FindAsync(source, at.Name, path.Package.Value, ct) is not { Versions.Count: > 0 } package)
            return NpmProblems.NoPackage(at.Name, path.Package);
        if (HttpMethods.IsPut(http.Request.Method))
            return await PutAsync(http, change, package, path.Package, tag, ct);
        if (tag == DistTag.Latest) return AuxoProblem.Conflict("npm/latest-stays",
            "A package always has 'latest'. Point it to another version: npm dist-tag add NAME@VERSION latest");
        return await change.RunAsync(at.Name, package.Name, [new PackageChange.Untag(tag)], http.Caller())
            ? Answers.Done
            : AuxoProblem.NotFound("npm/no-such-tag", $"'{path.Package}' has no tag '{tag}'.");
    }

    private static async Task<IResult> PutAsync(
        HttpContext http, ChangePackage change, StoredPackage package, NpmName name, string tag, CancellationToken ct)
    {
        string? version;
        try
        {
            version = await JsonSerializer.DeserializeAsync(http.Request.Body, HttpJson.Default.String, ct);
        }
        catch (JsonException)
        {
            version = null;
        }

        if (version is null) return AuxoProblem.BadRequest("npm/invalid-tag", "The body is the version as a JSON text, such as \"1.0.0\".");
        return await change.RunAsync(package.Repository, package.Name, [new PackageChange.Tag(tag, version)], http.Caller())
            ? Answers.Created
            : NpmProblems.NoVersion(name, version);
    }
}
