using Auxo.Registry.Files;
using Auxo.Registry.Publishing;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.Artifacts;

/// <summary>
/// <c>GET /artifacts?rid=&amp;ref=&amp;commit=&amp;build=&amp;limit=&amp;after=</c>: what builds published, the newest first. A
/// build's id may be its first digits.
/// </summary>
public static class ListArtifacts
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/artifacts", HandleAsync).WithName("ListArtifacts").WithTags("Artifacts").RequireScope(RegistryScopes.Read);

    private static async Task<Results<Ok<ListAnswer<VersionAnswer>>, ProblemHttpResult>> HandleAsync(
        NpgsqlDataSource source, IDocumentStore store, CancellationToken ct,
        string? rid = null, string? @ref = null, string? commit = null, string? build = null, int limit = 50, Guid? after = null)
    {
        if (limit is < 1 or > 200) return AuxoProblem.BadRequest("request/invalid-limit", "'limit' must be between 1 and 200.");
        if (rid is not null && !Rid.TryParse(rid, null, out _)) return AuxoProblem.BadRequest(
            "request/invalid-rid", "'rid' must be a repository id such as rad:z3Fnc… or git:name-1a2b3c4d.");
        if (commit?.Any(static c => !char.IsAsciiHexDigitLower(c)) is true
            || build?.Any(static c => !char.IsAsciiHexDigitLower(c) && c != '-') is true)
            return AuxoProblem.BadRequest("request/invalid-id", "'commit' and 'build' are (the first) lower-case hex digits of an id.");
        var ids = await source.ReadAsync(
            static r => (Build: r.GetGuid(0), Rid: Rid.Parse(r.GetString(1))), ct,
            """
            select build_id, rid from registry.publications
            where state = 'published' and ($1::text is null or rid = $1) and ($2::text is null or ref = $2)
              and ($3::text is null or starts_with(commit_id, $3))
              and ($4::text is null or starts_with(build_id::text, $4))
              and ($5::uuid is null or (published_at, build_id) < (
                  select published_at, build_id from registry.publications where build_id = $5))
            order by published_at desc, build_id desc limit $6
            """,
            rid is null ? null : Rid.Parse(rid).Value, @ref?.Replace("\0", "", StringComparison.Ordinal), commit, build, after, limit + 1);
        await using var session = store.QuerySession();
        var page = ids.Take(limit).ToList();
        var documents = await session.LoadManyAsync<Publication>(
            ct, page.Select(static p => Publication.StreamKey(p.Build)));
        var byId = documents.ToDictionary(static p => p.Subject.BuildId);
        var latest = new HashSet<Guid?>();
        foreach (var repository in page.Select(static p => p.Rid).Distinct()) latest.Add(
            await PublicationTable.LatestAsync(source, repository, ct));
        return TypedResults.Ok(new ListAnswer<VersionAnswer>(
            [.. page.Where(p => byId.ContainsKey(p.Build)).Select(p => VersionAnswer.Of(byId[p.Build], latest.Contains(p.Build)))],
            ids.Count > limit ? page[^1].Build.ToString() : null));
    }
}
