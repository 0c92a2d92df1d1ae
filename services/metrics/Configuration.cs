using Auxo.Instances;
using Auxo.Metrics.Alerts;
using Auxo.Metrics.Builds;
using Auxo.Metrics.Changes;
using Auxo.Metrics.Ci;
using Auxo.Metrics.Coverage;
using Auxo.Metrics.Deployments;
using Auxo.Metrics.Dora;
using Auxo.Metrics.Exposition;
using Auxo.Metrics.Exposition.Past;
using Auxo.Metrics.Facts;
using Auxo.Metrics.Failures;
using Auxo.Metrics.Health;
using Auxo.Metrics.Histories;
using Auxo.Metrics.Mesh;
using Auxo.Metrics.Mirrors;
using Auxo.Metrics.Packing;
using Auxo.Metrics.Promises;
using Auxo.Metrics.Promises.Commands;
using Auxo.Metrics.Promises.Known;
using Auxo.Metrics.Reporting;
using Auxo.Metrics.Repositories;
using Auxo.Metrics.Security;
using Auxo.Metrics.Timeline;
using Auxo.Metrics.Troubles;
using Auxo.ServiceDefaults.Settings;

using JasperFx.Events.Projections;

namespace Auxo.Metrics;

/// <summary>What this service consists of.</summary>
public static class Configuration
{
    /// <summary>What it stores and what it hears.</summary>
    public static ServiceModel Model { get; } =
        new("metrics", StoredJson.Default, ConfigureStore, Messages: null, typeof(Configuration).Assembly);

    /// <summary>The events and the projection of this service. The stored names of events never change.</summary>
    private static void ConfigureStore(StoreOptions o)
    {
        o.Events.MapEventType<ChangeEvent.Proposed>("change_proposed");
        o.Events.MapEventType<ChangeEvent.Merged>("change_merged");
        o.Events.MapEventType<ChangeEvent.Archived>("change_archived");
        o.Events.MapEventType<ChangeEvent.BranchAdvanced>("change_landed");
        o.Events.MapEventType<BuildEvent.Queued>("build_queued");
        o.Events.MapEventType<BuildEvent.Started>("build_started");
        o.Events.MapEventType<BuildEvent.Finished>("build_finished");
        o.Events.MapEventType<DeploymentEvent.Deployed>("deployed");
        o.Events.MapEventType<FailureEvent.Detected>("failure_detected");
        o.Events.MapEventType<FailureEvent.Recovered>("failure_recovered");
        o.Events.MapEventType<FailureEvent.Reopened>("failure_reopened");
        o.Events.MapEventType<FailureEvent.Dismissed>("failure_dismissed");
        o.Events.MapEventType<RepositoryEvent.Tracked>("repository_tracked");
        o.Events.MapEventType<RepositoryEvent.Untracked>("repository_untracked");
        o.Events.MapEventType<RepositoryEvent.PolicyChanged>("policy_changed");
        o.Events.MapEventType<SecurityEvent.Counted>("findings_counted");
        o.Events.MapEventType<CoverageEvent.Measured>("coverage_measured");
        o.Events.MapEventType<TroubleEvent.MergedUnchecked>("merged_unchecked");
        o.Events.MapEventType<TroubleEvent.SlotsMissed>("slots_missed");
        o.Events.MapEventType<AlertEvent.Began>("alert_began");
        o.Events.MapEventType<AlertEvent.Calmed>("alert_calmed");
        o.Events.MapEventType<AlertEvent.Raised>("alert_raised");
        o.Events.MapEventType<AlertEvent.Cleared>("alert_cleared");
        o.Events.MapEventType<AlertEvent.HeldBack>("alert_held_back");
        o.Events.MapEventType<AlertEvent.Released>("alert_released");
        o.Projections.Snapshot<RepositoryTroubles>(SnapshotLifecycle.Inline);
        o.Projections.Snapshot<Alert>(SnapshotLifecycle.Inline);
        o.Projections.Snapshot<SecurityFacts>(SnapshotLifecycle.Inline);
        o.Projections.Snapshot<CoverageFacts>(SnapshotLifecycle.Inline);
        o.Events.MapEventType<HealthEvent.Surveyed>("health_surveyed");
        o.Events.MapEventType<HealthEvent.Stood>("health_stood");
        o.Events.MapEventType<HealthEvent.Compared>("health_compared");
        o.Events.MapEventType<HealthEvent.Scored>("health_scored");
        o.Projections.Snapshot<RepositoryHealth>(SnapshotLifecycle.Inline);
        o.Events.MapEventType<ReportEvent.Published>("report_published");
        o.Events.MapEventType<ReportEvent.Skipped>("report_skipped");
        o.Events.MapEventType<MirrorEvent.Observed>("mirrors_observed");
        o.Projections.Snapshot<MirrorFacts>(SnapshotLifecycle.Inline);
        o.Projections.Snapshot<KeptReport>(SnapshotLifecycle.Inline);
        o.Events.MapEventType<CommandEvent.Ran>("command_ran");
        o.Events.MapEventType<UptimeEvent.Told>("uptime_told");
        o.Events.MapEventType<UptimeEvent.Lost>("uptime_lost");
        o.Projections.Snapshot<CommandDay>(SnapshotLifecycle.Inline);
        o.Projections.Snapshot<NodeUptime>(SnapshotLifecycle.Inline);
        o.Schema.For<DayPack>().DocumentAlias("fact_day")
            .Duplicate(d => d.Repository, notNull: true).Duplicate(d => d.Position, notNull: true);
        ConfigureDaemon(o);
    }

    /// <summary>A fact counts some 10 ms after its event was appended, and half a second after one that was never committed.</summary>
    private static void ConfigureDaemon(StoreOptions o)
    {
        // Each append then wakes the daemon by NOTIFY, which is a lock that all appends share: here they are few.
        o.Events.UseListenNotifyForEventAppends = true;
        o.Projections.StaleSequenceThreshold = TimeSpan.FromMilliseconds(500);
        o.Projections.FastPollingTime = TimeSpan.FromMilliseconds(50);
        o.Projections.SlowPollingTime = TimeSpan.FromSeconds(1);
        // A day's document is written again with every batch that has a fact of it: larger batches, fewer writes.
        o.Projections.Add<FactDays>(ProjectionLifecycle.Async, static options =>
        {
            options.BatchSize = 5_000;
            options.MaximumHopperSize = 10_000;
        });
    }

    /// <summary>Adds the whole service.</summary>
    public static WebApplicationBuilder AddMetrics(this WebApplicationBuilder builder)
    {
        // The daemon says each page of events that it has worked through.
        builder.Logging.AddFilter("Marten.Events.Daemon", LogLevel.Warning);
        var services = builder.Services;
        // What counts there is chosen for each repository.
        services.AddKnownSettings([.. AlertSettings.Known, .. ReportSettings.Known]);
        services.AddSingleton(AlertSettings.From(builder.Configuration));
        services.AddSingleton(InstanceLayout.Locate(name => builder.Configuration[name]));
        services.AddSingleton<AlertTable>();
        services.AddSingleton<AlertWatch>();
        services.AddHostedService(static p => p.GetRequiredService<AlertWatch>());
        services.AddSingleton<NewFacts>();
        services.ConfigureMarten(static (provider, o) => o.Projections.AsyncListeners.Add(provider.GetRequiredService<NewFacts>()));
        services.AddSingleton<FactQueries>();
        services.AddSingleton<HistoryCache>();
        services.AddSingleton<MeshTable>();
        services.AddSingleton<SecurityTable>();
        services.AddSingleton<CoverageTable>();
        services.AddSingleton(static p => new ListeningSince(p.GetRequiredService<TimeProvider>().GetUtcNow()));
        services.AddSingleton<HealthPage>();
        services.AddSingleton(ReportSettings.From(builder.Configuration));
        services.AddSingleton<GatherFacts>();
        services.AddSingleton<PublishReports>();
        services.AddHostedService(static p => p.GetRequiredService<PublishReports>());
        services.AddSingleton<ReadHealth>();
        services.AddSingleton<HealthWatch>();
        services.AddHostedService(static p => p.GetRequiredService<HealthWatch>());
        services.AddSingleton<ReadPromises>();
        services.AddSingleton<PromiseWatch>();
        services.AddHostedService(static p => p.GetRequiredService<PromiseWatch>());
        services.AddSingleton<ExpositionPage>();
        services.AddSingleton<GatherPast>();
        services.AddSingleton<RefreshExposition>();
        services.AddHostedService(static p => p.GetRequiredService<RefreshExposition>());
        services.ConfigureHttpJsonOptions(static json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, HttpJson.Default));
        return builder;
    }

    /// <summary>Maps its routes.</summary>
    public static WebApplication MapMetricsService(this WebApplication app)
    {
        GetDora.Map(app);
        GetCi.Map(app);
        GetCoverage.Map(app);
        GetHealth.Map(app);
        GetReports.Map(app);
        GetPromises.Map(app);
        ReportCommand.Map(app);
        GetAlerts.Map(app);
        ReportDeployment.Map(app);
        ReportFailure.Map(app);
        SetPolicy.Map(app);
        GetTimeline.Map(app);
        GetPast.Map(app);
        ReceiveReport.Map(app);
        GetMesh.Map(app);
        ForgetNode.Map(app);
        return app;
    }
}

/// <summary>What a token may do here.</summary>
public static class MetricsScopes
{
    /// <summary>See numbers and what they are made of.</summary>
    public const string Read = "metrics:read";

    /// <summary>Report deployments, failures and commands that were run, and change how a repository is counted.</summary>
    public const string Write = "metrics:write";

    /// <summary>Report how one node is, and nothing else: what the agent of a node has.</summary>
    public const string Report = "metrics:report";
}
