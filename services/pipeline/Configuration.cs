using Auxo.Pipeline.Approving;
using Auxo.Pipeline.Artifacts;
using Auxo.Pipeline.Baselines;
using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Cancelling;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Advisories;
using Auxo.Pipeline.Checks.Keeping;
using Auxo.Pipeline.Definitions.Including;
using Auxo.Pipeline.Doctor;
using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Execution.RegistryAccess;
using Auxo.Pipeline.Findings;
using Auxo.Pipeline.Findings.Listing;
using Auxo.Pipeline.Housekeeping;
using Auxo.Pipeline.Joining;
using Auxo.Pipeline.Logs;
using Auxo.Pipeline.Merging;
using Auxo.Pipeline.Queueing;
using Auxo.Pipeline.Reading;
using Auxo.Pipeline.Reports;
using Auxo.Pipeline.Requesting;
using Auxo.Pipeline.Runners;
using Auxo.Pipeline.Running;
using Auxo.Pipeline.Running.Steps;
using Auxo.Pipeline.Schedules;
using Auxo.Pipeline.Schedules.Scans;
using Auxo.Pipeline.Security;
using Auxo.Pipeline.StepSecrets;
using Auxo.Pipeline.StepSecrets.Keys;
using Auxo.Pipeline.Surveying;
using Auxo.Pipeline.Timeline;
using Auxo.Pipeline.Verdict;
using Auxo.Pipeline.Workspaces;
using Auxo.ServiceDefaults.Disk;
using Auxo.ServiceDefaults.Egress;
using Auxo.ServiceDefaults.Settings;

using JasperFx.Events.Projections;

using Npgsql;

namespace Auxo.Pipeline;

/// <summary>The wiring of the pipeline.</summary>
public static class Configuration
{
    /// <summary>What it stores and what it hears.</summary>
    public static ServiceModel Model { get; } =
        new("pipeline", BuildJson.Default, ConfigureStore, ConfigureMessages, typeof(Configuration).Assembly);

    /// <summary>Adds what plans, runs and answers.</summary>
    public static WebApplicationBuilder AddPipeline(this WebApplicationBuilder builder)
    {
        var (services, configuration) = (builder.Services, builder.Configuration);
        services.AddExecution(configuration);
        services.AddSingleton(Links.From(configuration));
        services.AddSingleton(RunnerSettings.From(configuration));
        builder.AddEgress();
        services.AddSingleton(static provider => new VerdictCache
        {
            Advisories = AdvisorySources.From(
                provider.GetRequiredService<IConfiguration>(), provider.GetRequiredService<EgressGuard>(),
                provider.GetRequiredService<InstanceLayout>().Advisories, provider.GetRequiredService<TimeProvider>()),
        });
        services.AddSingleton<KeptVerdicts>();
        services.AddHostedService(static provider => provider.GetRequiredService<KeptVerdicts>());
        services.AddSingleton<GitSources>();
        services.AddSingleton(RepositoryFolders.From(configuration));
        services.AddSingleton<IncludeReader>();
        services.AddSingleton<BuildSignals>();
        services.AddSingleton<CommitJoiner>();
        services.AddSingleton<BuildPlanner>();
        services.AddSingleton<NextAttempt>();
        services.AddSingleton<BuildWriter>();
        services.AddSingleton<BaselineStore>();
        services.AddSingleton(DueDates.From(configuration));
        services.AddSingleton<FindingsStore>();
        services.AddSingleton<FindingCounter>();
        services.AddHostedService(static provider => provider.GetRequiredService<FindingCounter>());
        services.AddSingleton<FollowFindings>();
        services.AddSingleton<FindingJudge>();
        services.AddSingleton<CheckPhase>();
        services.AddSingleton(static provider => new ReportCollector((build, step, ct) => ReportsBefore.ReadAsync(
            provider.GetRequiredService<IDocumentStore>(), provider.GetRequiredService<NpgsqlDataSource>(), build, step, ct)));
        services.AddSingleton<SecretKeys>();
        services.AddSingleton<StoredSecrets>();
        services.AddSingleton<ReadBuildSecrets>(static provider => provider.GetRequiredService<StoredSecrets>().ReadAsync);
        services.AddSingleton<WorkspacesAhead>();
        services.AddHostedService(static provider => provider.GetRequiredService<WorkspacesAhead>());
        services.AddSingleton(static provider => new KeptWorkspaces(
            provider.GetRequiredService<InstanceLayout>(), provider.GetRequiredService<RunnerSettings>().KeepFailed,
            provider.GetRequiredService<DiskGuard>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<BuildRegistry>();
        services.AddSingleton<StepPhase>();
        services.AddRunners(configuration);
        services.AddSingleton<BuildExecution>();
        services.AddSingleton<BuildLeases>();
        services.AddSingleton<OpenLogs>();
        services.AddHostedService<BuildScheduler>();
        services.AddSingleton<MergeMetrics>();
        services.AddSingleton(ScanSettings.From(configuration));
        services.AddSingleton<ScanTargets>();
        services.AddSingleton<ScanEnd>();
        services.AddSingleton<DeclaredSchedules>();
        services.AddSingleton<ScheduleAlarm>();
        services.AddSingleton<BuildSlot>();
        services.AddHostedService<ScheduleWorker>();
        services.AddSingleton<SurveyRepository>();
        services.AddHostedService<SurveyWorker>();
        services.AddKnownSettings(PipelineSettings.Known);
        services.AddDiskGuard(configuration, InstanceLayout.Locate(name => configuration[name]).Home);
        services.AddSingleton(HousekeepingPolicy.From(configuration));
        services.AddSingleton<Housekeeper>();
        services.AddHostedService(static p => p.GetRequiredService<Housekeeper>());
        services.ConfigureHttpJsonOptions(static json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, BuildHttpJson.Default));
        return builder;
    }

    private static void ConfigureStore(StoreOptions o)
    {
        o.Events.MapEventType<BuildEvent.Queued>("build_queued");
        o.Events.MapEventType<BuildEvent.Started>("build_started");
        o.Events.MapEventType<BuildEvent.StepStarted>("build_step_started");
        o.Events.MapEventType<BuildEvent.Announced>("build_announced");
        o.Events.MapEventType<BuildEvent.StepFinished>("build_step_finished");
        o.Events.MapEventType<BuildEvent.FindingsReported>("build_findings_reported");
        o.Events.MapEventType<BuildEvent.FixesFound>("build_fixes_found");
        o.Events.MapEventType<BuildEvent.ArtifactProduced>("build_artifact_produced");
        o.Events.MapEventType<BuildEvent.TestsReported>("build_tests_reported");
        o.Events.MapEventType<BuildEvent.CoverageReported>("build_coverage_reported");
        o.Events.MapEventType<BuildEvent.ScanCompared>("build_scan_compared");
        o.Events.MapEventType<BuildEvent.ApprovalRequested>("build_approval_requested");
        o.Events.MapEventType<BuildEvent.ApprovalGranted>("build_approval_granted");
        o.Events.MapEventType<BuildEvent.Finished>("build_finished");
        o.Events.MapEventType<BaselineEvent.Taken>("baseline_taken");
        o.Events.MapEventType<BaselineEvent.Followed>("baseline_followed");
        o.Events.MapEventType<BaselineEvent.Accepted>("baseline_accepted");
        o.Events.MapEventType<BaselineEvent.Reset>("baseline_reset");
        o.Events.MapEventType<FindingsEvent.Moved>("findings_moved");
        o.Events.MapEventType<ScheduleEvent.Enabled>("schedule_enabled");
        o.Events.MapEventType<ScheduleEvent.Disabled>("schedule_disabled");
        o.Events.MapEventType<MergeEvent.GateOverridden>("merge_gate_overridden");
        o.Events.MapEventType<SecretEvent.Set>("secret_set");
        o.Events.MapEventType<SecretEvent.Removed>("secret_removed");
        o.Events.MapEventType<SecretEvent.Rotated>("secret_key_rotated");
        o.Projections.Snapshot<Build>(SnapshotLifecycle.Inline);
        o.Projections.Snapshot<Baseline>(SnapshotLifecycle.Inline);
        o.Projections.Snapshot<FindingsRecord>(SnapshotLifecycle.Inline);
    }

    private static void ConfigureMessages(WolverineOptions o)
    {
        o.LocalQueueFor<BuildReady>().BufferedInMemory();
        o.LocalQueueFor<BuildEnded>().BufferedInMemory();
        o.LocalQueueFor<SchedulesChanged>().BufferedInMemory();
    }

    /// <summary>Maps its routes.</summary>
    public static WebApplication MapPipeline(this WebApplication app)
    {
        // For connections of steps on runners to the registry. Who is silent is not given up for that: a step may read slowly, and one
        // whose runner is gone ends with its lease.
        app.UseWebSockets();
        app.MapMessages("pipeline:read", "pipeline:write");
        RequestBuild.Map(app);
        ListBuilds.Map(app);
        GetBuild.Map(app);
        GetTimeline.Map(app);
        DiagnosePipeline.Map(app);
        ListExecutors.Map(app);
        CancelBuild.Map(app);
        ApproveBuild.Map(app);
        RerunBuild.Map(app);
        ListSchedules.Map(app);
        SwitchSchedule.Map(app);
        RunSchedule.Map(app);
        AskGate.Map(app);
        ListMerges.Map(app);
        OverrideGate.Map(app);
        SetSecret.Map(app);
        ListSecrets.Map(app);
        RemoveSecret.Map(app);
        RotateSecretKey.Map(app);
        app.MapRunners();
        ShowBaseline.Map(app);
        AcceptFindings.Map(app);
        ResetBaseline.Map(app);
        GetSecurity.Map(app);
        ListFindings.Map(app);
        app.MapLogs();
        app.MapArtifacts();
        GetPage.Map(app);
        return app;
    }
}
