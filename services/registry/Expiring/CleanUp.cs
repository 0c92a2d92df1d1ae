using Auxo.Registry.Blobs;
using Auxo.Registry.Files;
using Auxo.Registry.Publishing;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.Expiring;

/// <summary>
/// <c>GET /artifacts/cleanup</c> says which versions would go, <c>POST /artifacts/cleanup</c> lets them go and frees what
/// nobody else uses; a worker does the latter every hour.
/// </summary>
public sealed partial class CleanUp(NpgsqlDataSource source, IDocumentStore store, BlobSweep sweep,
    RetentionPolicy policy, TimeProvider time, ILogger<CleanUp> logger) : PeriodicJob(Pause, time, logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/artifacts/cleanup", PreviewAsync)
            .WithName("PreviewCleanUp").WithTags("Artifacts").RequireScope(RegistryScopes.Read);
        routes.MapPost("/artifacts/cleanup", HandleAsync).WithName("CleanUp").WithTags("Artifacts").RequireScope(RegistryScopes.Manage);
    }

    /// <summary>Lets go what the policy does not keep.</summary>
    /// <param name="by">Who asked; null for the hourly one.</param>
    /// <param name="ct">Stops between two versions.</param>
    public async Task<IReadOnlyList<ExpiredVersion>> RunAsync(string? by, CancellationToken ct)
    {
        var expired = await DecideAsync(source, policy, Time.GetUtcNow(), ct);
        foreach (var version in expired)
        {
            await using var session = store.TracedSession();
            var stream = await session.Events.FetchForWriting<Publication>(Publication.StreamKey(version.BuildId), ct);
            if (stream.Aggregate is not { State: PublicationState.Published }) continue;
            stream.AppendOne(new PublicationEvent.Expired(version.Reason, by, Time.GetUtcNow()));
            foreach (var row in PublicationTable.Expired(version.BuildId, version.Reason)) session.QueueSqlCommand(row);
            await session.SaveChangesAsync(ct);
        }

        if (expired.Count > 0) await sweep.RunAsync(orphans: false, ct);
        return expired;
    }

    /// <inheritdoc/>
    protected override async Task DoAsync(CancellationToken ct)
    {
        var expired = await RunAsync(by: null, ct);
        if (expired.Count > 0) Log.Cleaned(logger, expired.Count);
    }

    /// <inheritdoc/>
    protected override void Report(Exception e) => Log.Failed(logger, e);

    private static async Task<Ok<ListAnswer<ExpiredVersion>>> PreviewAsync(
        NpgsqlDataSource source, RetentionPolicy policy, TimeProvider time, CancellationToken ct)
        => TypedResults.Ok(new ListAnswer<ExpiredVersion>(await DecideAsync(source, policy, time.GetUtcNow(), ct), null));

    private static async Task<Ok<ListAnswer<ExpiredVersion>>> HandleAsync(HttpContext http, CleanUp cleanUp, CancellationToken ct)
        => TypedResults.Ok(new ListAnswer<ExpiredVersion>(await cleanUp.RunAsync(http.Caller(), ct), null));

    private static async Task<IReadOnlyList<ExpiredVersion>> DecideAsync(
        NpgsqlDataSource source, RetentionPolicy policy, DateTimeOffset now, CancellationToken ct)
    {
        var versions = await source.ReadAsync(
            static r => new KeptVersion(
                r.GetGuid(0), Rid.Parse(r.GetString(1)), r.GetString(2), r.GetFieldValue<DateTimeOffset>(3),
                r.IsDBNull(4) ? null : r.GetFieldValue<DateTimeOffset>(4), Latest: false), ct,
            "select build_id, rid, ref, published_at, downloaded_at from registry.publications where state = 'published'");
        var latest = new HashSet<Guid?>();
        foreach (var rid in versions.Select(static v => v.Rid).Distinct()) latest.Add(await PublicationTable.LatestAsync(source, rid, ct));
        return Retention.Decide([.. versions.Select(v => v with { Latest = latest.Contains(v.BuildId) })], policy, now);
    }

    private static partial class Log
    {
        [LoggerMessage(520, LogLevel.Information, "The files of {Count} old builds were cleaned up")]
        public static partial void Cleaned(ILogger logger, int count);

        [LoggerMessage(521, LogLevel.Warning, "Cleaning up old builds' files failed; it is repeated in an hour")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
