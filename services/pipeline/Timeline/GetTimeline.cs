using Auxo.Pipeline.Builds;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Timeline;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Pipeline.Timeline;

/// <summary>
/// <c>GET /timeline?rid=&amp;patch=&amp;commit=&amp;build=&amp;trace=</c>: what became of the builds of a patch, a commit or a
/// trace, the newest twenty.
/// </summary>
public static class GetTimeline
{
    private const int Most = 20;

    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/timeline", HandleAsync).WithName("GetPipelineTimeline").RequireScope("pipeline:read");

    private static async Task<Ok<TimelineAnswer>> HandleAsync(
        IDocumentStore store, NpgsqlDataSource database, TimeProvider time, CancellationToken ct, Rid? rid = null,
        PatchId? patch = null, CommitId? commit = null,
        Guid[]? build = null, string[]? trace = null)
    {
        await using var command = database.CreateCommand(
            """
            select build_id from pipeline.builds
            where build_id = any ($1) or trace_id <> '' and trace_id = any ($2) or rid = $3 and (subject = $4 or commit_id = $5)
            order by queued_at desc, build_id desc limit $6
            """).With(build ?? [], trace ?? [], rid?.Value ?? "", patch?.Value ?? "", commit?.Value ?? "", Most);
        var ids = new List<Guid>();
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct)) ids.Add(reader.GetGuid(0));
        }

        await using var session = store.QuerySession();
        var entries = new List<TimelineEntry>();
        foreach (var id in ids)
        {
            var events = await session.Events.FetchStreamAsync(Build.StreamKey(id), token: ct);
            if (await session.LoadAsync<Build>(Build.StreamKey(id), ct) is { } found) entries.AddRange(
                TimelineBuild.Entries(found, events, time.GetUtcNow()));
        }

        return TypedResults.Ok(TimelineAnswer.Of(entries));
    }
}
