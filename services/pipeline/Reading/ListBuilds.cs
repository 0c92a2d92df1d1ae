using System.Security.Claims;

using Auxo.Pipeline.Builds;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Pipeline.Reading;

/// <summary><c>GET /builds?rid=&amp;patch=&amp;commit=&amp;trace=&amp;scans=&amp;limit=&amp;after=</c>: newest first, by cursor.</summary>
public static class ListBuilds
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/builds", HandleAsync).WithName("ListBuilds").RequireScopeOrPublic("pipeline:read");

    private static async Task<Results<Ok<BuildPage>, ProblemHttpResult>> HandleAsync(
        ClaimsPrincipal user, IDocumentStore store, NpgsqlDataSource database, CancellationToken ct, string? rid = null,
        string? patch = null, string? commit = null, int limit = 50, Guid? after = null, string? trace = null,
        bool scans = true)
    {
        if (limit is < 1 or > 200) return AuxoProblem.BadRequest("request/invalid-limit", "'limit' must be between 1 and 200.");
        if (rid is not null && !Rid.TryParse(rid, null, out _)) return AuxoProblem.BadRequest(
            "request/invalid-rid", "'rid' must be a repository id such as rad:z3Fnc… or git:name-1a2b3c4d.");
        if (commit is not null && !CommitId.TryParse(commit, null, out _)) return AuxoProblem.BadRequest(
            "request/invalid-commit", "'commit' must have 40 hex digits.");

        await using var command = database.CreateCommand(
            """
            select build_id from pipeline.builds
            where ($1::text is null or rid = $1) and ($2::text is null or subject = $2) and ($3::text is null or commit_id = $3)
              and ($4::uuid is null or (queued_at, build_id) <
                (select queued_at, build_id from pipeline.builds where build_id = $4 and ($1::text is null or rid = $1)))
              and ($6::text is null or trace_id = $6) and ($7 or scan is null)
            order by queued_at desc, build_id desc limit $5
            """).With(
            rid is null
                ? DBNull.Value
                : Rid.Parse(rid).Value, (object?)patch ?? DBNull.Value, commit is null ? DBNull.Value : CommitId.Parse(commit).Value,
            (object?)after ?? DBNull.Value, limit + 1, (object?)trace ?? DBNull.Value,
            scans);
        var ids = new List<Guid>();
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct)) ids.Add(reader.GetGuid(0));
        }

        await using var session = store.QuerySession();
        var page = ids.Take(limit).ToList();
        var builds = await session.LoadManyAsync<Build>(ct, page.Select(Build.StreamKey));
        var reads = user.HasScope("pipeline:read");
        var byId = builds.Select(build => reads ? build : build.ForVisitors()).ToDictionary(build => build.BuildId);
        return TypedResults.Ok(new BuildPage(
            [.. page.Where(byId.ContainsKey).Select(id => BuildResponse.Of(byId[id]))], ids.Count > limit ? page[^1].ToString() : null));
    }
}
