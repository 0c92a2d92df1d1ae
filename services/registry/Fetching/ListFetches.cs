using Auxo.Registry.Files;
using Auxo.Registry.NuGet;
using Auxo.Registry.PyPi;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.Fetching;

/// <summary>
/// <c>GET /fetches?build=&amp;package=&amp;digest=&amp;caller=</c>: which content went to whom, newest first; a build
/// may be named by its first digits, and a package in any spelling that its format takes for the same.
/// </summary>
public static class ListFetches
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/fetches", HandleAsync).WithName("ListFetches").WithTags("Fetches").RequireScope(RegistryScopes.Read);

    private static async Task<Results<Ok<ListAnswer<Fetch>>, ProblemHttpResult>> HandleAsync(
        NpgsqlDataSource source, CancellationToken ct, string? build = null, string? package = null, string? digest = null,
        string? caller = null, int limit = 200)
    {
        if (limit is < 1 or > 5000) return AuxoProblem.BadRequest("request/invalid-limit", "'limit' must be between 1 and 5000.");
        if (digest is not null && !Blobs.Digest.TryParse(digest, out _)) return AuxoProblem.BadRequest(
            "fetch/invalid-digest", "'digest' is sha256: and 64 hex digits.");
        if (build is { Length: < 4 }) return AuxoProblem.BadRequest("fetch/invalid-build", "'build' has at least 4 digits.");
        var rows = await source.ReadAsync(
            static r => new Fetch(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5),
                r.GetString(6), r.GetFieldValue<DateTimeOffset>(7), r.GetInt64(8)), ct,
            """
            select caller, repository, package, version, file, digest, source, fetched_at, times from registry.fetches
            where ($1::text is null or starts_with(caller, 'build ' || $1::text))
                and ($2::text is null or package = $2::text
                    or package = $6::text
                        and repository in (select name from registry.repositories where format = 'nuget')
                    or package = $7::text
                        and repository in (select name from registry.repositories where format = 'pypi'))
                and ($3::text is null or digest = $3::text) and ($4::text is null or caller = $4::text)
            order by fetched_at desc, package, file limit $5
            """, Clean(build), Clean(package), digest, Clean(caller), limit,
            Clean(package) is { } id ? PackageId.Normalize(id) : null,
            Clean(package) is { } name ? ProjectName.Normalize(name) : null);
        return TypedResults.Ok(new ListAnswer<Fetch>(rows, null));
    }

    private static string? Clean(string? text) => text?.Replace("\0", "", StringComparison.Ordinal);
}
