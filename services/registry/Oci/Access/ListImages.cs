using Auxo.Registry.Access;
using Auxo.Registry.Oci.Manifests;
using Auxo.ServiceDefaults.Access;

using Npgsql;

namespace Auxo.Registry.Oci.Access;

/// <summary>One page of the images.</summary>
/// <param name="Repositories">Whole names, in ASCII order.</param>
internal sealed record CatalogAnswer(IReadOnlyList<string> Repositories);

/// <summary><c>GET /v2/_catalog?n=&amp;last=</c>: the images that the caller may read, at most a thousand at once.</summary>
public static class ListImages
{
    private const int Most = 1000;

    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/v2/_catalog", HandleAsync).WithName("ListImages").WithTags("Images").RequireAnyToken();

    private static async Task<IResult> HandleAsync(HttpContext http, NpgsqlDataSource source, CancellationToken ct)
    {
        if (!Paging.TryRead(http.Request, Most, out var page)) return Paging.Invalid();
        var (names, last, more) = (new List<string>(), page.Last, true);
        while (more && names.Count <= page.Count)
        {
            var found = await source.ReadAsync(static r => (r.GetString(0), r.GetString(1), r.GetString(2), r.GetBoolean(3)), ct,
                """
                select full_name, repository, image, anonymous_read from (
                    select i.repository || case i.name when '' then '' else '/' || i.name end as full_name, i.repository, i.name as image,
                        r.anonymous_read
                    from registry.oci_images i join registry.repositories r on r.name = i.repository
                    where exists (select from registry.oci_manifests m where m.image = i.id)) as images
                where full_name > $1 collate "C" order by full_name collate "C" limit $2
                """,
                last, Most);
            names.AddRange(found.Where(f => f.Item4 || http.User.May(RegistryScopes.Read, f.Item2, f.Item3)).Select(static f => f.Item1));
            more = found.Count == Most;
            if (more) last = found[^1].Item1;
        }

        if (names.Count > page.Count)
        {
            names.RemoveRange(page.Count, names.Count - page.Count);
            if (names.Count > 0) Paging.Link(http, "/v2/_catalog", page.Count, names[^1]);
        }

        return TypedResults.Ok(new CatalogAnswer(names));
    }
}
