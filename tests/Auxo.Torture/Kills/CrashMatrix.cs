using Auxo.Contracts;

namespace Auxo.Torture.Kills;

/// <summary>A named crash point in one service.</summary>
/// <param name="Service">Which process dies there.</param>
/// <param name="Point">As <c>CrashPoint.Hit</c> names it.</param>
internal sealed record CrashRow(string Service, string Point)
{
    /// <summary>True where a service comes by only when it writes to a real Radicle node.</summary>
    public bool NeedsNode => Point.StartsWith("ingest.comment.", StringComparison.Ordinal)
        || Point.StartsWith("ingest.job.", StringComparison.Ordinal);

    /// <summary>
    /// True where only a runner on another machine comes by, or the pipeline that has one; the pipeline's own tests kill both there.
    /// </summary>
    public bool NeedsRunner => Point.StartsWith("pipeline.runner.", StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => $"{Service} {Point}";
}

/// <summary>
/// Every named crash point, in every service that comes by it. A test compares it with the sources: a new point needs its row here.
/// </summary>
internal static class CrashMatrix
{
    /// <summary>Around every commit of every service.</summary>
    private static readonly string[] Commits = ["store.saving", "store.committed"];

    /// <summary>The points of one service's own code.</summary>
    private static readonly string[] Own =
    [
        "ingest.receipt.committed", "ingest.fact.before_commit", "ingest.fact.committed",
        "ingest.comment.before_write", "ingest.comment.written", "ingest.comment.before_ack", "ingest.job.written",
        "pipeline.build.queued", "pipeline.build.before_start", "pipeline.step.finished",
        "pipeline.build.before_finish", "pipeline.build.finished", "pipeline.schedule.decided", "pipeline.cache.written",
        "pipeline.runner.handed_over", "pipeline.runner.before_record", "pipeline.runner.recorded", "pipeline.runner.lost",
        "pipeline.runner.steps_begun", "pipeline.runner.before_report", "pipeline.runner.reported",
        "metrics.report.recorded", "metrics.facts.saving", "metrics.facts.committed",
        "metrics.policy.before_commit", "metrics.policy.committed", "metrics.page.worked_out", "metrics.page.published",
        "notify.delivery.before_send", "notify.delivery.sent", "notify.delivery.before_record", "notify.delivery.recorded",
        "registry.upload.received", "registry.upload.before_commit", "registry.upload.committed",
        "registry.blob.pinned", "registry.blob.moved",
        "registry.oci.chunk_synced", "registry.oci.chunk_kept", "registry.oci.received", "registry.oci.blob_kept",
        "registry.oci.blob_linked",
        "registry.oci.manifest_before_commit", "registry.oci.manifest_committed",
        "registry.package.before_commit", "registry.package.committed", "registry.mirror.kept", "registry.mirror.committed",
        "registry.publish.fetched", "registry.publish.before_commit", "registry.publish.committed",
        "registry.sweep.before_move", "registry.sweep.moved", "registry.sweep.committed",
    ];

    /// <summary>All rows.</summary>
    public static IReadOnlyList<CrashRow> Rows { get; } =
    [
        .. KnownServices.Names.SelectMany(static service => Commits.Select(point => new CrashRow(service, point))),
        .. Own.Select(static point => new CrashRow(point[..point.IndexOf('.', StringComparison.Ordinal)], point)),
    ];
}
