using System.Text.Json.Serialization.Metadata;

using Auxo.Pipeline.Baselines;
using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Findings;
using Auxo.Pipeline.Merging;
using Auxo.Pipeline.Schedules;
using Auxo.Pipeline.StepSecrets;
using Auxo.Testing;

namespace Auxo.Pipeline.Tests;

/// <summary>What was stored once must load forever; the samples are never edited, only added to.</summary>
public sealed class StoredEventsTests
{
    private static readonly Dictionary<string, JsonTypeInfo> Stored = new(StringComparer.Ordinal)
    {
        ["build_queued"] = BuildJson.Default.Queued,
        ["build_started"] = BuildJson.Default.Started,
        ["build_step_started"] = BuildJson.Default.StepStarted,
        ["build_announced"] = BuildJson.Default.Announced,
        ["build_step_finished"] = BuildJson.Default.StepFinished,
        ["build_findings_reported"] = BuildJson.Default.FindingsReported,
        ["build_fixes_found"] = BuildJson.Default.FixesFound,
        ["build_artifact_produced"] = BuildJson.Default.ArtifactProduced,
        ["build_tests_reported"] = BuildJson.Default.TestsReported,
        ["build_coverage_reported"] = BuildJson.Default.CoverageReported,
        ["build_scan_compared"] = BuildJson.Default.ScanCompared,
        ["build_approval_requested"] = BuildJson.Default.ApprovalRequested,
        ["build_approval_granted"] = BuildJson.Default.ApprovalGranted,
        ["build_finished"] = BuildJson.Default.Finished,
        ["baseline_taken"] = BuildJson.Default.Taken,
        ["baseline_followed"] = BuildJson.Default.Followed,
        ["baseline_accepted"] = BuildJson.Default.Accepted,
        ["baseline_reset"] = BuildJson.Default.Reset,
        ["findings_moved"] = BuildJson.Default.Moved,
        ["schedule_enabled"] = BuildJson.Default.Enabled,
        ["schedule_disabled"] = BuildJson.Default.Disabled,
        ["merge_gate_overridden"] = BuildJson.Default.GateOverridden,
        ["secret_set"] = BuildJson.Default.Set,
        ["secret_removed"] = BuildJson.Default.Removed,
        ["secret_key_rotated"] = BuildJson.Default.Rotated,
    };

    [Fact]
    public void every_event_that_was_ever_stored_loads() => Samples.AllLoad("StoredEvents", Stored);

    [Fact]
    public void the_stored_names_are_those_and_every_event_has_one()
    {
        var options = new Marten.StoreOptions();
        Configuration.Model.Store(options);
        var names = ((Marten.Events.IReadOnlyEventStoreOptions)options.Events).AllKnownEventTypes().Select(static e => e.EventTypeName)
            .Intersect(Stored.Keys, StringComparer.Ordinal);
        Samples.AreAll(
            Stored, names, typeof(BuildEvent), typeof(BaselineEvent), typeof(FindingsEvent), typeof(ScheduleEvent), typeof(SecretEvent),
            typeof(MergeEvent));
    }
}
