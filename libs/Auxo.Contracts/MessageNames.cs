namespace Auxo.Contracts;

/// <summary>
/// What each message is called on the wire. Written out, so that renaming a record here cannot strand a message that lies in a
/// queue; a change that an old reader cannot read is a new record with a new name (<c>build_finished.v2</c>).
/// </summary>
public static class MessageNames
{
    /// <summary>All of them: <c>o.MapMessages(ContractsJson.Default, MessageNames.All)</c>.</summary>
    public static IReadOnlyDictionary<Type, string> All { get; } = new Dictionary<Type, string>
    {
        [typeof(RepositoryTracked)] = "repository_tracked",
        [typeof(RepositoryUntracked)] = "repository_untracked",
        [typeof(PatchOpened)] = "patch_opened",
        [typeof(PatchRevised)] = "patch_revised",
        [typeof(PatchMerged)] = "patch_merged",
        [typeof(PatchArchived)] = "patch_archived",
        [typeof(DefaultBranchAdvanced)] = "default_branch_advanced",
        [typeof(BranchAdvanced)] = "branch_advanced",
        [typeof(PostPatchComment)] = "post_patch_comment",
        [typeof(BuildQueued)] = "build_queued",
        [typeof(BuildStarted)] = "build_started",
        [typeof(BuildFinished)] = "build_finished",
        [typeof(ArtifactPublished)] = "artifact_published",
        [typeof(DeploymentReported)] = "deployment_reported",
        [typeof(FailureDetected)] = "failure_detected",
        [typeof(FailureRecovered)] = "failure_recovered",
        [typeof(FailureReopened)] = "failure_reopened",
        [typeof(FailureDismissed)] = "failure_dismissed",
        [typeof(NotificationAbandoned)] = "notification_abandoned",
    };
}
