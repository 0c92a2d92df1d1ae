using System.Text.Json;
using System.Text.Json.Serialization;

using Auxo.Pipeline.Baselines;
using Auxo.Pipeline.Findings;
using Auxo.Pipeline.Findings.Listing;
using Auxo.Pipeline.Logs.Lines;
using Auxo.Pipeline.Merging;
using Auxo.Pipeline.Reading;
using Auxo.Pipeline.Requesting;
using Auxo.Pipeline.Runners;
using Auxo.Pipeline.Runners.Queue;
using Auxo.Pipeline.Schedules;
using Auxo.Pipeline.Security;
using Auxo.Pipeline.StepSecrets;
using Auxo.Pipeline.StepSecrets.Keys;

namespace Auxo.Pipeline.Builds;

/// <summary>How events and the document of a build are stored.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BuildEvent.Queued))]
[JsonSerializable(typeof(BuildEvent.Started))]
[JsonSerializable(typeof(BuildEvent.StepStarted))]
[JsonSerializable(typeof(BuildEvent.Announced))]
[JsonSerializable(typeof(BuildEvent.StepFinished))]
[JsonSerializable(typeof(BuildEvent.FindingsReported))]
[JsonSerializable(typeof(BuildEvent.FixesFound))]
[JsonSerializable(typeof(BuildEvent.ArtifactProduced))]
[JsonSerializable(typeof(BuildEvent.TestsReported))]
[JsonSerializable(typeof(BuildEvent.CoverageReported))]
[JsonSerializable(typeof(BuildEvent.ScanCompared))]
[JsonSerializable(typeof(BuildEvent.ApprovalRequested))]
[JsonSerializable(typeof(BuildEvent.ApprovalGranted))]
[JsonSerializable(typeof(BuildEvent.Finished))]
[JsonSerializable(typeof(Build))]
[JsonSerializable(typeof(BaselineEvent.Taken))]
[JsonSerializable(typeof(BaselineEvent.Followed))]
[JsonSerializable(typeof(BaselineEvent.Accepted))]
[JsonSerializable(typeof(BaselineEvent.Reset))]
[JsonSerializable(typeof(Baseline))]
[JsonSerializable(typeof(FindingsEvent.Moved))]
[JsonSerializable(typeof(FindingsRecord))]
[JsonSerializable(typeof(ScheduleEvent.Enabled))]
[JsonSerializable(typeof(ScheduleEvent.Disabled))]
[JsonSerializable(typeof(MergeEvent.GateOverridden))]
[JsonSerializable(typeof(SecretEvent.Set))]
[JsonSerializable(typeof(SecretEvent.Removed))]
[JsonSerializable(typeof(SecretEvent.Rotated))]
[JsonSerializable(typeof(ObjectSurvey))]
internal sealed partial class BuildJson : JsonSerializerContext;

/// <summary>How builds are answered over HTTP; the service's options say how enums are written.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(RequestBuildBody))]
[JsonSerializable(typeof(BuildResponse))]
[JsonSerializable(typeof(BuildDetails))]
[JsonSerializable(typeof(BuildPage))]
[JsonSerializable(typeof(ExecutorPage))]
[JsonSerializable(typeof(SchedulePage))]
[JsonSerializable(typeof(GateResponse))]
[JsonSerializable(typeof(MergePage))]
[JsonSerializable(typeof(OverrideBody))]
[JsonSerializable(typeof(OverrideResponse))]
[JsonSerializable(typeof(SetSecretBody))]
[JsonSerializable(typeof(SecretPage))]
[JsonSerializable(typeof(RotationResponse))]
[JsonSerializable(typeof(RunnerBody))]
[JsonSerializable(typeof(RunnerPage))]
[JsonSerializable(typeof(QueuePage))]
[JsonSerializable(typeof(BaselineResponse))]
[JsonSerializable(typeof(FindingPage))]
[JsonSerializable(typeof(SecurityReport))]
[JsonSerializable(typeof(SecurityList))]
[JsonSerializable(typeof(AcceptBody))]
[JsonSerializable(typeof(AcceptResponse))]
[JsonSerializable(typeof(LogLinesResponse))]
[JsonSerializable(typeof(LogSearchResponse))]
[JsonSerializable(typeof(LogOutline))]
internal sealed partial class BuildHttpJson : JsonSerializerContext;
