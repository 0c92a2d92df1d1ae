using System.Text.Json;
using System.Text.Json.Serialization;

namespace Auxo.Contracts;

/// <summary>The one way messages are written and read: camel case, enums as strings, unknown members ignored, nulls left out.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RepositoryTracked))]
[JsonSerializable(typeof(RepositoryUntracked))]
[JsonSerializable(typeof(TrustChanged))]
[JsonSerializable(typeof(PatchOpened))]
[JsonSerializable(typeof(PatchRevised))]
[JsonSerializable(typeof(PatchRelinked))]
[JsonSerializable(typeof(PatchMerged))]
[JsonSerializable(typeof(PatchArchived))]
[JsonSerializable(typeof(DefaultBranchAdvanced))]
[JsonSerializable(typeof(BranchAdvanced))]
[JsonSerializable(typeof(PostPatchComment))]
[JsonSerializable(typeof(BuildQueued))]
[JsonSerializable(typeof(BuildStarted))]
[JsonSerializable(typeof(BuildFinished))]
[JsonSerializable(typeof(ScheduleMissed))]
[JsonSerializable(typeof(MergedWithoutPass))]
[JsonSerializable(typeof(ReviewWanted))]
[JsonSerializable(typeof(SevereFindingsFound))]
[JsonSerializable(typeof(FindingsCounted))]
[JsonSerializable(typeof(CoverageMeasured))]
[JsonSerializable(typeof(RepositorySurveyed))]
[JsonSerializable(typeof(StandingObserved))]
[JsonSerializable(typeof(ArtifactPublished))]
[JsonSerializable(typeof(DeploymentReported))]
[JsonSerializable(typeof(FailureDetected))]
[JsonSerializable(typeof(FailureRecovered))]
[JsonSerializable(typeof(FailureReopened))]
[JsonSerializable(typeof(FailureDismissed))]
[JsonSerializable(typeof(PrivacyViolated))]
[JsonSerializable(typeof(PrivacyRestored))]
[JsonSerializable(typeof(HealthChanged))]
[JsonSerializable(typeof(ReportPublished))]
[JsonSerializable(typeof(AlertRaised))]
[JsonSerializable(typeof(AlertCleared))]
[JsonSerializable(typeof(NotificationAbandoned))]
public sealed partial class ContractsJson : JsonSerializerContext;
