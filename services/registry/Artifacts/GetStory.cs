using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Stories;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.Artifacts;

/// <summary>
/// <c>GET /story?build=&amp;trace=</c>: what became of the files of builds. Who asks by a trace id names its builds too: that
/// is how they are found.
/// </summary>
public static class GetStory
{
    private const int MostNamed = 3;

    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/story", HandleAsync).WithName("GetRegistryStory").WithTags("Artifacts").RequireScope(RegistryScopes.Read);

    private static async Task<Ok<StoryAnswer>> HandleAsync(
        NpgsqlDataSource source, IDocumentStore store, TimeProvider time, CancellationToken ct, Guid[]? build = null)
    {
        await using var session = store.QuerySession();
        var lines = new List<StoryLine>();
        foreach (var id in (build ?? []).Distinct().Take(50))
        {
            var events = await session.Events.FetchStreamAsync(Publication.StreamKey(id), token: ct);
            if (events.Count == 0) continue;
            var files = ((PublicationEvent.Requested)events[0].Data).Files;
            lines.AddRange(events.Select(e => Tell(e.Data, files) with { Build = id, Trace = e.CorrelationId ?? events[0].CorrelationId }));
            if (await session.LoadAsync<Publication>(Publication.StreamKey(id), ct) is { State: PublicationState.Waiting })
                lines.Add(await WaitingAsync(source, id, time.GetUtcNow(), ct) with { Build = id, Trace = events[0].CorrelationId });
        }

        return TypedResults.Ok(StoryAnswer.Of(lines));
    }

    private static StoryLine Tell(object e, IReadOnlyList<BuildArtifact> files) => e switch
    {
        PublicationEvent.Requested x
            => new StoryLine(x.At, "publication_requested", StoryState.Done, $"{Count(files)} of a trusted, passed build to publish"),
        PublicationEvent.Published x => new StoryLine(
            x.At, "artifacts_published", StoryState.Done,
            $"{Count(files)} published{(x.Channel is { } channel ? $" as {channel}" : "")}: {Named(files)}") { Next =
            "auxo artifacts list" },
        PublicationEvent.Failed x
            => new StoryLine(x.At, "publication_failed", StoryState.Failed, $"{Count(files)} cannot be published: {x.Reason}"),
        PublicationEvent.Expired x => new StoryLine(x.At, "artifacts_expired", StoryState.Note, $"{Count(files)} cleaned up: {x.Reason}"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static async Task<StoryLine> WaitingAsync(NpgsqlDataSource source, Guid build, DateTimeOffset now, CancellationToken ct)
    {
        var row = (await source.ReadAsync(
            static r => (Reason: r.IsDBNull(0) ? null : r.GetString(0), Attempts: r.GetInt32(1)), ct,
            "select reason, attempts from registry.publications where build_id = $1", build)).FirstOrDefault();
        return new StoryLine(
            now, "publication_waiting", StoryState.Open, row.Reason is null
                ? "the files are being fetched from the pipeline"
                : $"the files are not here yet (tried {row.Attempts} times): {row.Reason}");
    }

    private static string Named(IReadOnlyList<BuildArtifact> files)
        => string.Join(", ", files.Take(MostNamed).Select(static f => $"{f.Name} {f.Digest[..Math.Min(19, f.Digest.Length)]}…"))
            + (files.Count > MostNamed ? $" and {files.Count - MostNamed} more" : "");

    private static string Count(IReadOnlyList<BuildArtifact> files) => files.Count == 1 ? "1 file" : $"{files.Count} files";
}
