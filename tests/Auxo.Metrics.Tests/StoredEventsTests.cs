using System.Text.Json.Serialization.Metadata;

using Auxo.Metrics.Alerts;
using Auxo.Metrics.Builds;
using Auxo.Metrics.Changes;
using Auxo.Metrics.Coverage;
using Auxo.Metrics.Deployments;
using Auxo.Metrics.Failures;
using Auxo.Metrics.Health;
using Auxo.Metrics.Mirrors;
using Auxo.Metrics.Promises.Commands;
using Auxo.Metrics.Promises.Known;
using Auxo.Metrics.Reporting;
using Auxo.Metrics.Repositories;
using Auxo.Metrics.Security;
using Auxo.Metrics.Troubles;
using Auxo.Testing;

namespace Auxo.Metrics.Tests;

/// <summary>What was stored once must load forever; the samples are never edited, only added to.</summary>
public sealed class StoredEventsTests
{
    private static readonly Dictionary<string, JsonTypeInfo> Stored = new(StringComparer.Ordinal)
    {
        ["change_proposed"] = StoredJson.Default.ChangeProposed,
        ["change_merged"] = StoredJson.Default.ChangeMerged,
        ["change_archived"] = StoredJson.Default.ChangeArchived,
        ["change_landed"] = StoredJson.Default.ChangeBranchAdvanced,
        ["build_queued"] = StoredJson.Default.BuildQueued,
        ["build_started"] = StoredJson.Default.BuildStarted,
        ["build_finished"] = StoredJson.Default.BuildFinished,
        ["deployed"] = StoredJson.Default.Deployed,
        ["failure_detected"] = StoredJson.Default.FailureDetected,
        ["failure_recovered"] = StoredJson.Default.FailureRecovered,
        ["failure_reopened"] = StoredJson.Default.FailureReopened,
        ["failure_dismissed"] = StoredJson.Default.FailureDismissed,
        ["repository_tracked"] = StoredJson.Default.RepositoryTracked,
        ["repository_untracked"] = StoredJson.Default.RepositoryUntracked,
        ["policy_changed"] = StoredJson.Default.PolicyChanged,
        ["merged_unchecked"] = StoredJson.Default.MergedUnchecked,
        ["slots_missed"] = StoredJson.Default.SlotsMissed,
        ["alert_began"] = StoredJson.Default.AlertBegan,
        ["alert_calmed"] = StoredJson.Default.AlertCalmed,
        ["alert_raised"] = StoredJson.Default.AlertRaised,
        ["alert_cleared"] = StoredJson.Default.AlertCleared,
        ["alert_held_back"] = StoredJson.Default.AlertHeldBack,
        ["alert_released"] = StoredJson.Default.AlertReleased,
        ["findings_counted"] = StoredJson.Default.FindingsCounted,
        ["coverage_measured"] = StoredJson.Default.CoverageMeasured,
        ["health_surveyed"] = StoredJson.Default.Surveyed,
        ["health_stood"] = StoredJson.Default.Stood,
        ["health_compared"] = StoredJson.Default.Compared,
        ["health_scored"] = StoredJson.Default.Scored,
        ["mirrors_observed"] = StoredJson.Default.MirrorsSeen,
        ["report_published"] = StoredJson.Default.ReportMade,
        ["report_skipped"] = StoredJson.Default.ReportSkipped,
        ["command_ran"] = StoredJson.Default.CommandRan,
        ["uptime_told"] = StoredJson.Default.UptimeTold,
        ["uptime_lost"] = StoredJson.Default.UptimeLost,
    };

    [Fact]
    public void every_event_that_was_ever_stored_loads() => Samples.AllLoad("Events", Stored);

    [Fact]
    public void the_stored_names_are_those_and_every_event_has_one()
    {
        var options = new Marten.StoreOptions();
        Configuration.Model.Store(options);
        var known = ((Marten.Events.IReadOnlyEventStoreOptions)options.Events).AllKnownEventTypes()
            .Where(static e => e.EventType.Assembly == typeof(Configuration).Assembly).Select(static e => e.EventTypeName);
        Samples.AreAll(Stored, known, typeof(ChangeEvent), typeof(BuildEvent), typeof(DeploymentEvent),
            typeof(FailureEvent), typeof(RepositoryEvent), typeof(SecurityEvent), typeof(CoverageEvent),
            typeof(TroubleEvent), typeof(AlertEvent), typeof(HealthEvent), typeof(ReportEvent),
            typeof(MirrorEvent), typeof(CommandEvent), typeof(UptimeEvent));
    }
}
