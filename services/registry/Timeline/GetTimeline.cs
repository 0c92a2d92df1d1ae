using Auxo.Registry.Publishing;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Timeline;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.Timeline;

/// <summary>
/// <c>GET /timeline?build=&amp;trace=</c>: what became of the files of builds. A client that asks by a trace id also names
/// its builds, by which they are found.
/// </summary>
public static class GetTimeline
{
    private const int MostNamed = 3;

    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/timeline", HandleAsync).WithName("GetRegistryTimeline").WithTags("Artifacts").RequireScope(RegistryScopes.Read);

    private static async Task<Ok<TimelineAnswer>> HandleAsync(
        NpgsqlDataSource source, IDocumentStore store, TimeProvider time, CancellationToken ct, Guid[]? build = null)
    {
        await using var session = store.QuerySession();
        var entries = new List<TimelineEntry>();
        foreach (var id in (build ?? []).Distinct().Take(50))
        {
            var events = await session.Events.FetchStreamAsync(Publication.StreamKey(id), token: ct);
            if (events.Count == 0) continue;
            var files = ((PublicationEvent.Requested)events[0].Data).Files;
            entries.AddRange(events.Select(
                e => Entry(e.Data, files) with { Build = id, Trace = e.CorrelationId ?? events[0].CorrelationId }));
            if (await session.LoadAsync<Publication>(Publication.StreamKey(id), ct) is { State: PublicationState.Waiting })
                entries.Add(await WaitingAsync(source, id, time.GetUtcNow(), ct) with { Build = id, Trace = events[0].CorrelationId });
        }

        return TypedResults.Ok(TimelineAnswer.Of(entries));
    }

    private static TimelineEntry Entry(object e, IReadOnlyList<BuildArtifact> files) => e switch
    {
        PublicationEvent.Requested x
            => new TimelineEntry(x.At, "publication_requested", TimelineState.Done,
                $"{Count(files)} of a trusted, passed build to publish"),
        PublicationEvent.Published x => new TimelineEntry(
            x.At, "artifacts_published", TimelineState.Done,
            $"{Count(files)} published{(x.Channel is { } channel ? $" as {channel}" : "")}: {Named(files)}") { Next =
            "auxo artifacts list" },
        PublicationEvent.Failed x
            => new TimelineEntry(x.At, "publication_failed", TimelineState.Failed,
                $"{Count(files)} cannot be published: {x.Reason}"),
        PublicationEvent.Expired x
            => new TimelineEntry(x.At, "artifacts_expired", TimelineState.Note,
                $"{Count(files)} cleaned up: {x.Reason}"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static async Task<TimelineEntry> WaitingAsync(NpgsqlDataSource source, Guid build, DateTimeOffset now, CancellationToken ct)
    {
        var row = (await source.ReadAsync(
            static r => (Reason: r.IsDBNull(0) ? null : r.GetString(0), Attempts: r.GetInt32(1)), ct,
            "select reason, attempts from registry.publications where build_id = $1", build)).FirstOrDefault();
        return new TimelineEntry(
            now, "publication_waiting", TimelineState.Open, row.Reason is null
                ? "the files are being fetched from the pipeline"
                : $"the files are not here yet (tried {row.Attempts} times): {row.Reason}");
    }

    private static string Named(IReadOnlyList<BuildArtifact> files)
        => string.Join(", ", files.Take(MostNamed).Select(static f => $"{f.Name} {f.Digest[..Math.Min(19, f.Digest.Length)]}…"))
            + (files.Count > MostNamed ? $" and {files.Count - MostNamed} more" : "");

    private static string Count(IReadOnlyList<BuildArtifact> files) => files.Count == 1 ? "1 file" : $"{files.Count} files";
}
