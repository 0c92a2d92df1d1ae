using Auxo.Registry.Expiring;
using Auxo.Registry.Files;
using Auxo.Registry.Oci.Retention;
using Auxo.Registry.Repositories;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.Packages;

/// <summary>
/// <c>GET /repositories/{name}/cleanup</c> says which versions of packages (or tags and manifests of images) would go, <c>POST</c> lets
/// them go. Nothing does so by itself: a version that is gone never comes back, so a person says when.
/// </summary>
public static class CleanUpPackages
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/repositories/{name}/cleanup", PreviewAsync)
            .WithName("PreviewPackageCleanUp").WithTags("Repositories").RequireScopeFor(RegistryScopes.Read, "name");
        routes.MapPost("/repositories/{name}/cleanup", HandleAsync)
            .WithName("CleanUpPackages").WithTags("Repositories").RequireScope(RegistryScopes.Manage);
    }

    private static async Task<Results<Ok<ListAnswer<ExpiredPackageVersion>>, ProblemHttpResult>> PreviewAsync(
        string name, NpgsqlDataSource source, RetentionPolicy policy, CleanUpImages images, TimeProvider time, CancellationToken ct)
        => await RepositoryTable.FindAsync(source, name, ct) is not { } repository
            ? FileProblems.NoRepositoryOfAny(name)
            : TypedResults.Ok(new ListAnswer<ExpiredPackageVersion>(
                repository.Format == RepositoryFormats.Oci ? await images.PreviewAsync(name, repository.CleanupTags, ct)
                    : await DecideAsync(source, name, policy, time.GetUtcNow(), ct), null));

    private static async Task<Results<Ok<ListAnswer<ExpiredPackageVersion>>, ProblemHttpResult>> HandleAsync(
        string name, HttpContext http, NpgsqlDataSource source, ChangePackage change, RetentionPolicy policy,
        CleanUpImages images, TimeProvider time, CancellationToken ct)
    {
        if (await RepositoryTable.FindAsync(source, name, ct) is not { } repository) return FileProblems.NoRepositoryOfAny(name);
        if (repository.Format == RepositoryFormats.Oci)
            return TypedResults.Ok(new ListAnswer<ExpiredPackageVersion>(
                await images.RunAsync(name, repository.CleanupTags, http.Caller(), ct), null));
        var gone = new List<ExpiredPackageVersion>();
        foreach (var version in await DecideAsync(source, name, policy, time.GetUtcNow(), ct))
        {
            ct.ThrowIfCancellationRequested();
            if (await change.RunAsync(name, version.Name, [new PackageChange.RemoveUntagged(version.Version)],
                http.Caller())) gone.Add(version);
        }

        return TypedResults.Ok(new ListAnswer<ExpiredPackageVersion>(gone, null));
    }

    private static async Task<IReadOnlyList<ExpiredPackageVersion>> DecideAsync(
        NpgsqlDataSource source, string repository, RetentionPolicy policy, DateTimeOffset now, CancellationToken ct)
        => PackageRetention.Decide(await source.ReadAsync(
            static r => new KeptPackageVersion(r.GetString(0), r.GetString(1), r.GetFieldValue<DateTimeOffset>(2),
                r.IsDBNull(3) ? null : r.GetFieldValue<DateTimeOffset>(3), r.GetBoolean(4), r.GetInt64(5)), ct,
            """
            select v.name, v.version, v.published_at,
                (select max(f.fetched_at) from registry.fetches f
                    where f.package = v.name and f.repository = v.repository and f.version = v.version),
                exists (select from registry.package_tags t
                    where t.repository = v.repository and t.name = v.name and t.version = v.version),
                coalesce((select sum(p.size_bytes) from registry.package_files p
                    where p.repository = v.repository and p.name = v.name and p.version = v.version), 0)::bigint
            from registry.package_versions v where v.repository = $1
            """, repository), policy, now);
}
