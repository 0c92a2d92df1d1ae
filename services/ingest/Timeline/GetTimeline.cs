using Auxo.Contracts;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Timeline;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Ingest.Timeline;

/// <summary>
/// <c>GET /timeline?rid=&amp;patch=&amp;commit=&amp;build=&amp;trace=</c>: how a push was seen, what was made of it, and where its
/// comments are. A patch or commit needs its repository.
/// </summary>
public static class GetTimeline
{
    /// <summary>Maps the route.</summary>
    public static void MapGetTimeline(this IEndpointRouteBuilder app)
        => app.MapGet("/timeline", HandleAsync).WithName("GetIngestTimeline").RequireScope(IngestScopes.Read);

    private static async Task<Ok<TimelineAnswer>> HandleAsync(
        NpgsqlDataSource source, TimeProvider time, CancellationToken ct, Rid? rid = null, PatchId? patch = null,
        CommitId? commit = null, Guid[]? build = null,
        string[]? trace = null)
    {
        var facts = await TimelineFacts.ReadAsync(source, rid, patch, commit, trace ?? [], ct);
        var webhooks = rid is { } of ? await TimelineWebhooks.ReadAsync(source, of, patch, facts, ct) : [];
        var comments = await TimelineComments.ReadAsync(source, rid, patch, build ?? [], trace ?? [], time.GetUtcNow(), ct);
        return TypedResults.Ok(TimelineAnswer.Of([.. facts.Select(static f => f.Entry), .. webhooks, .. comments]));
    }
}
