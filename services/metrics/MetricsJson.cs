using System.Text.Json;
using System.Text.Json.Serialization;

using Auxo.Contracts.Mesh;
using Auxo.Metrics.Alerts;
using Auxo.Metrics.Asking;
using Auxo.Metrics.Builds;
using Auxo.Metrics.Changes;
using Auxo.Metrics.Ci;
using Auxo.Metrics.Coverage;
using Auxo.Metrics.Deployments;
using Auxo.Metrics.Dora;
using Auxo.Metrics.Failures;
using Auxo.Metrics.Health;
using Auxo.Metrics.Mesh;
using Auxo.Metrics.Mirrors;
using Auxo.Metrics.Packing;
using Auxo.Metrics.Promises;
using Auxo.Metrics.Promises.Commands;
using Auxo.Metrics.Promises.Known;
using Auxo.Metrics.Reporting;
using Auxo.Metrics.Repositories;
using Auxo.Metrics.Security;
using Auxo.Metrics.Troubles;

namespace Auxo.Metrics;

/// <summary>How events and the documents of projections are stored.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ChangeEvent.Proposed), TypeInfoPropertyName = "ChangeProposed")]
[JsonSerializable(typeof(ChangeEvent.Merged), TypeInfoPropertyName = "ChangeMerged")]
[JsonSerializable(typeof(ChangeEvent.Archived), TypeInfoPropertyName = "ChangeArchived")]
[JsonSerializable(typeof(ChangeEvent.BranchAdvanced), TypeInfoPropertyName = "ChangeBranchAdvanced")]
[JsonSerializable(typeof(BuildEvent.Queued), TypeInfoPropertyName = "BuildQueued")]
[JsonSerializable(typeof(BuildEvent.Started), TypeInfoPropertyName = "BuildStarted")]
[JsonSerializable(typeof(BuildEvent.Finished), TypeInfoPropertyName = "BuildFinished")]
[JsonSerializable(typeof(DeploymentEvent.Deployed), TypeInfoPropertyName = "Deployed")]
[JsonSerializable(typeof(FailureEvent.Detected), TypeInfoPropertyName = "FailureDetected")]
[JsonSerializable(typeof(FailureEvent.Recovered), TypeInfoPropertyName = "FailureRecovered")]
[JsonSerializable(typeof(FailureEvent.Reopened), TypeInfoPropertyName = "FailureReopened")]
[JsonSerializable(typeof(FailureEvent.Dismissed), TypeInfoPropertyName = "FailureDismissed")]
[JsonSerializable(typeof(RepositoryEvent.Tracked), TypeInfoPropertyName = "RepositoryTracked")]
[JsonSerializable(typeof(RepositoryEvent.Untracked), TypeInfoPropertyName = "RepositoryUntracked")]
[JsonSerializable(typeof(RepositoryEvent.PolicyChanged), TypeInfoPropertyName = "PolicyChanged")]
[JsonSerializable(typeof(SecurityEvent.Counted), TypeInfoPropertyName = "FindingsCounted")]
[JsonSerializable(typeof(CoverageEvent.Measured), TypeInfoPropertyName = "CoverageMeasured")]
[JsonSerializable(typeof(TroubleEvent.MergedUnchecked))]
[JsonSerializable(typeof(TroubleEvent.SlotsMissed))]
[JsonSerializable(typeof(AlertEvent.Began), TypeInfoPropertyName = "AlertBegan")]
[JsonSerializable(typeof(AlertEvent.Calmed), TypeInfoPropertyName = "AlertCalmed")]
[JsonSerializable(typeof(AlertEvent.Raised), TypeInfoPropertyName = "AlertRaised")]
[JsonSerializable(typeof(AlertEvent.Cleared), TypeInfoPropertyName = "AlertCleared")]
[JsonSerializable(typeof(AlertEvent.HeldBack), TypeInfoPropertyName = "AlertHeldBack")]
[JsonSerializable(typeof(AlertEvent.Released), TypeInfoPropertyName = "AlertReleased")]
[JsonSerializable(typeof(RepositoryTroubles))]
[JsonSerializable(typeof(Alert))]
[JsonSerializable(typeof(SecurityFacts))]
[JsonSerializable(typeof(CoverageFacts))]
[JsonSerializable(typeof(HealthEvent.Surveyed))]
[JsonSerializable(typeof(HealthEvent.Stood))]
[JsonSerializable(typeof(HealthEvent.Compared))]
[JsonSerializable(typeof(HealthEvent.Scored))]
[JsonSerializable(typeof(RepositoryHealth))]
[JsonSerializable(typeof(ReportEvent.Published), TypeInfoPropertyName = "ReportMade")]
[JsonSerializable(typeof(ReportEvent.Skipped), TypeInfoPropertyName = "ReportSkipped")]
[JsonSerializable(typeof(MirrorEvent.Observed), TypeInfoPropertyName = "MirrorsSeen")]
[JsonSerializable(typeof(MirrorFacts))]
[JsonSerializable(typeof(KeptReport))]
[JsonSerializable(typeof(CommandEvent.Ran), TypeInfoPropertyName = "CommandRan")]
[JsonSerializable(typeof(UptimeEvent.Told), TypeInfoPropertyName = "UptimeTold")]
[JsonSerializable(typeof(UptimeEvent.Lost), TypeInfoPropertyName = "UptimeLost")]
[JsonSerializable(typeof(CommandDay))]
[JsonSerializable(typeof(NodeUptime))]
[JsonSerializable(typeof(DayPack))]
[JsonSerializable(typeof(NodeReport))]
public sealed partial class StoredJson : JsonSerializerContext;

/// <summary>How requests and answers are written; the naming of enums is the service defaults'.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(DoraReport))]
[JsonSerializable(typeof(ListAnswer<DoraReport>), TypeInfoPropertyName = "DoraReports")]
[JsonSerializable(typeof(Evidence))]
[JsonSerializable(typeof(CiReport))]
[JsonSerializable(typeof(ListAnswer<CiReport>), TypeInfoPropertyName = "CiReports")]
[JsonSerializable(typeof(CoverageReport))]
[JsonSerializable(typeof(ListAnswer<AlertResponse>), TypeInfoPropertyName = "AlertResponses")]
[JsonSerializable(typeof(ListAnswer<RuleResponse>), TypeInfoPropertyName = "RuleResponses")]
[JsonSerializable(typeof(ListAnswer<CoverageReport>), TypeInfoPropertyName = "CoverageReports")]
[JsonSerializable(typeof(HealthReport))]
[JsonSerializable(typeof(ListAnswer<HealthReport>), TypeInfoPropertyName = "HealthReports")]
[JsonSerializable(typeof(ReportDocument))]
[JsonSerializable(typeof(ListAnswer<ReportLine>), TypeInfoPropertyName = "ReportLines")]
[JsonSerializable(typeof(PromisesReport))]
[JsonSerializable(typeof(CommandBody))]
[JsonSerializable(typeof(CountingPolicy))]
[JsonSerializable(typeof(DeploymentBody))]
[JsonSerializable(typeof(DeploymentReported))]
[JsonSerializable(typeof(FailureBody))]
[JsonSerializable(typeof(FailureDetected))]
[JsonSerializable(typeof(TransitionBody))]
[JsonSerializable(typeof(NodeReport))]
[JsonSerializable(typeof(ReportTaken))]
[JsonSerializable(typeof(MeshMatrix))]
public sealed partial class HttpJson : JsonSerializerContext;
