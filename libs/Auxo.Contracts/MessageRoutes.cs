namespace Auxo.Contracts;

/// <summary>Where one kind of message goes.</summary>
/// <param name="Message">The message.</param>
/// <param name="Name">
/// What it is called on the wire. Written out, so that renaming a record cannot strand a message that lies in a queue; a change that
/// an old reader cannot read is a new record with a new name (<c>build_finished.v2</c>).
/// </param>
/// <param name="From">The only service that sends it.</param>
/// <param name="To">The services that get it, each through its own queue.</param>
/// <param name="Group">The stream that a message tells of: messages of one group are handled one after the other.</param>
public sealed record MessageRoute(Type Message, string Name, string From, IReadOnlyList<string> To, Func<object, string> Group);

/// <summary>Which message goes to which service: the one table that senders, receivers and <c>docs/messages.md</c> use.</summary>
public static class MessageRoutes
{
    private const string Ingest = "ingest", Pipeline = "pipeline", Notify = "notify", Metrics = "metrics", Registry = "registry";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<MessageRoute> All { get; } =
    [
        Route<RepositoryTracked>("repository_tracked", Ingest, [Pipeline, Notify, Metrics], m => Repository(m.Rid)),
        Route<RepositoryUntracked>("repository_untracked", Ingest, [Pipeline, Metrics], m => Repository(m.Rid)),
        Route<TrustChanged>("trust_changed", Ingest, [Pipeline], m => Repository(m.Rid)),
        Route<PatchOpened>("patch_opened", Ingest, [Pipeline, Notify, Metrics], m => Patch(m.Rid, m.Revision.PatchId)),
        Route<PatchRevised>("patch_revised", Ingest, [Pipeline, Notify, Metrics], m => Patch(m.Rid, m.Revision.PatchId)),
        Route<PatchRelinked>("patch_relinked", Ingest, [Pipeline], m => Patch(m.Rid, m.Revision.PatchId)),
        Route<PatchMerged>("patch_merged", Ingest, [Pipeline, Notify, Metrics], m => Patch(m.Rid, m.PatchId)),
        Route<PatchArchived>("patch_archived", Ingest, [Pipeline, Notify, Metrics], m => Patch(m.Rid, m.PatchId)),
        Route<DefaultBranchAdvanced>("default_branch_advanced", Ingest, [Pipeline, Metrics, Registry], m => Repository(m.Rid)),
        Route<HistoryFound>("history_found", Ingest, [Metrics], m => Repository(m.Rid)),
        Route<BranchAdvanced>("branch_advanced", Ingest, [Pipeline], m => Repository(m.Rid)),
        Route<PostPatchComment>("post_patch_comment", Pipeline, [Ingest], m => Build(m.BuildId)),
        Route<BuildQueued>("build_queued", Pipeline, [Metrics], m => Build(m.Subject.BuildId)),
        Route<BuildStarted>("build_started", Pipeline, [Metrics], m => Build(m.Subject.BuildId)),
        Route<BuildFinished>("build_finished", Pipeline, [Ingest, Notify, Metrics, Registry], m => Build(m.Subject.BuildId)),
        Route<ScheduleMissed>("schedule_missed", Pipeline, [Notify, Metrics], m => $"schedule/{m.Rid}/{m.Schedule}"),
        Route<MergedWithoutPass>("merged_without_pass", Pipeline, [Notify, Metrics], m => Patch(m.Rid, m.PatchId)),
        Route<ReviewWanted>("review_wanted", Pipeline, [Notify], m => Patch(m.Rid, m.PatchId)),
        Route<SevereFindingsFound>("severe_findings_found", Pipeline, [Notify], m => Repository(m.Rid)),
        Route<FindingsCounted>("findings_counted", Pipeline, [Metrics], m => Repository(m.Rid)),
        Route<CoverageMeasured>("coverage_measured", Pipeline, [Metrics], m => Repository(m.Rid)),
        Route<RepositorySurveyed>("repository_surveyed", Pipeline, [Metrics], m => Repository(m.Rid)),
        Route<DependenciesFound>("dependencies_found", Pipeline, [Registry], m => Repository(m.Rid)),
        Route<DependenciesCompared>("dependencies_compared", Registry, [Metrics], m => Repository(m.Rid)),
        Route<StandingObserved>("standing_observed", Ingest, [Metrics], m => Repository(m.Rid)),
        Route<ArtifactPublished>("artifact_published", Registry, [], m => $"artifact/{m.Name}"),
        Route<MirrorsObserved>("mirrors_observed", Registry, [Metrics], _ => "mirrors"),
        Route<DeploymentReported>("deployment_reported", Metrics, [Metrics], m => Repository(m.Rid)),
        Route<FailureDetected>("failure_detected", Metrics, [Metrics, Notify], m => Failure(m.Rid, m.FailureId)),
        Route<FailureRecovered>("failure_recovered", Metrics, [Metrics, Notify], m => Failure(m.Rid, m.FailureId)),
        Route<FailureReopened>("failure_reopened", Metrics, [Metrics], m => Failure(m.Rid, m.FailureId)),
        Route<FailureDismissed>("failure_dismissed", Metrics, [Metrics], m => Failure(m.Rid, m.FailureId)),
        Route<PrivacyViolated>("privacy_violated", Metrics, [Notify], m => Privacy(m.Rid)),
        Route<PrivacyRestored>("privacy_restored", Metrics, [Notify], m => Privacy(m.Rid)),
        Route<HealthChanged>("health_changed", Metrics, [Notify], m => Repository(m.Rid)),
        Route<ReportPublished>("report_published", Metrics, [Notify], m => $"report/{m.Kind}"),
        Route<AlertRaised>("alert_raised", Metrics, [Notify], m => Alert(m.AlertId)),
        Route<AlertCleared>("alert_cleared", Metrics, [Notify], m => Alert(m.AlertId)),
        Route<NotificationAbandoned>("notification_abandoned", Notify, [], m => $"delivery/{m.DeliveryId}"),
    ];

    /// <summary>The route of a type of message.</summary>
    public static IReadOnlyDictionary<Type, MessageRoute> ByType { get; } = All.ToDictionary(static route => route.Message);

    private static MessageRoute Route<T>(string name, string from, IReadOnlyList<string> to, Func<T, string> group)
        => new(typeof(T), name, from, to, message => group((T)message));

    private static string Repository(Rid rid) => $"repository/{rid}";

    private static string Patch(Rid rid, PatchId patch) => $"patch/{rid}/{patch}";

    private static string Build(Guid build) => $"build/{build}";

    private static string Privacy(Rid rid) => $"privacy/{rid}";

    private static string Alert(string alert) => $"alert/{alert}";

    private static string Failure(Rid rid, string failure) => $"failure/{rid}/{failure}";
}
