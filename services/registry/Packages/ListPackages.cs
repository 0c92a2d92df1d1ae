using Auxo.Registry.Files;
using Auxo.Registry.Repositories;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.Packages;

/// <summary>A package, or an image, in a list.</summary>
/// <param name="Name">In the normal form of its format; of an image what follows the repository's name, empty for that alone.</param>
/// <param name="Latest">The version to which the tag <c>latest</c> points; without it what was published, or tagged, last. Null for an
/// image without a tag.</param>
/// <param name="Versions">How many there are; of an image its tags.</param>
/// <param name="SizeBytes">What its files have together, each content of an image once.</param>
/// <param name="Downloads">How often files of it, or manifests of an image, were handed out, as long as that is known.</param>
/// <param name="ChangedAt">When something of it last changed.</param>
public sealed record PackageSummary(
    string Name, string? Latest, long Versions, long SizeBytes, long Downloads, DateTimeOffset ChangedAt);

/// <summary>
/// <c>GET /repositories/{name}/packages?after=&amp;search=&amp;limit=</c>: what was published in a repository, by name. What a mirror
/// keeps of upstream is not in it.
/// </summary>
public static class ListPackages
{
    private const string OfPackages = """
        select p.name,
            coalesce(
                (select t.version from registry.package_tags t
                    where t.repository = p.repository and t.name = p.name and t.tag = 'latest'),
                (select v.version from registry.package_versions v
                    where v.repository = p.repository and v.name = p.name order by v.position desc limit 1)),
            (select count(*) from registry.package_versions v where v.repository = p.repository and v.name = p.name),
            (select coalesce(sum(f.size_bytes), 0) from registry.package_files f
                where f.repository = p.repository and f.name = p.name)::bigint,
            (select coalesce(sum(d.times), 0) from registry.fetches d
                where d.package = p.name and d.repository = p.repository)::bigint,
            p.changed_at
        from registry.packages p
        where p.repository = $1 and ($2::text is null or p.name > $2::text) and strpos(p.name, lower($3)) > 0
            and exists (select from registry.package_versions v where v.repository = p.repository and v.name = p.name)
        order by p.name limit $4
        """;

    private const string OfImages = """
        select i.name,
            (select t.name from registry.oci_tags t where t.image = i.id order by t.name = 'latest' desc, t.set_at desc, t.name limit 1),
            (select count(*) from registry.oci_tags t where t.image = i.id),
            (select coalesce(sum(c.size_bytes), 0) from (
                select b.content, b.size_bytes from registry.oci_blobs b where b.image = i.id
                union select m.content, m.size_bytes from registry.oci_manifests m where m.image = i.id) c)::bigint,
            (select coalesce(sum(d.times), 0) from registry.fetches d
                where d.package = i.name and d.repository = i.repository and d.version <> '')::bigint,
            (select greatest(max(m.pushed_at), (select max(t.set_at) from registry.oci_tags t where t.image = i.id))
                from registry.oci_manifests m where m.image = i.id)
        from registry.oci_images i
        where i.repository = $1 and ($2::text is null or i.name > $2::text) and strpos(i.name, lower($3)) > 0
            and exists (select from registry.oci_manifests m where m.image = i.id)
        order by i.name limit $4
        """;

    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/repositories/{name}/packages", HandleAsync)
            .WithName("ListPackages").WithTags("Repositories").RequireScopeFor(RegistryScopes.Read, "name");

    private static async Task<Results<Ok<ListAnswer<PackageSummary>>, ProblemHttpResult>> HandleAsync(
        string name, NpgsqlDataSource source, CancellationToken ct, string? after = null, string search = "", int limit = 100)
    {
        if (limit is < 1 or > 1000) return AuxoProblem.BadRequest("request/invalid-limit", "'limit' must be between 1 and 1000.");
        if (await RepositoryTable.FindAsync(source, name, ct) is not { } repository) return FileProblems.NoRepositoryOfAny(name);
        if (repository.Format == RepositoryFormats.Raw) return AuxoProblem.BadRequest(
            "repository/no-packages", $"'{name}' holds files, not packages: auxo raw list {name}");
        var packages = await source.ReadAsync(
            static r => new PackageSummary(r.GetString(0), r.IsDBNull(1) ? null : r.GetString(1), r.GetInt64(2), r.GetInt64(3),
                r.GetInt64(4), r.GetFieldValue<DateTimeOffset>(5)), ct,
            repository.Format == RepositoryFormats.Oci ? OfImages : OfPackages,
            name, after?.Replace("\0", "", StringComparison.Ordinal), search.Replace("\0", "", StringComparison.Ordinal), limit + 1);
        return TypedResults.Ok(new ListAnswer<PackageSummary>(
            [.. packages.Take(limit)], packages.Count > limit ? packages[limit - 1].Name : null));
    }
}
