using Auxo.EventStore;
using Auxo.EventStore.Projections;
using Auxo.Messaging;
using Auxo.Pipeline.Approving;
using Auxo.Pipeline.Artifacts;
using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Cancelling;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Doctor;
using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Housekeeping;
using Auxo.Pipeline.Logs;
using Auxo.Pipeline.Queueing;
using Auxo.Pipeline.Reading;
using Auxo.Pipeline.Running;
using Auxo.Pipeline.Stories;
using Auxo.Pipeline.Verdict;
using Auxo.Pipeline.Workspaces;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Disk;

namespace Auxo.Pipeline;

/// <summary>The wiring of the pipeline.</summary>
public static class Configuration
{
    /// <summary>Adds the whole service.</summary>
    public static WebApplicationBuilder AddPipeline(this WebApplicationBuilder builder)
    {
        var (services, configuration) = (builder.Services, builder.Configuration);
        services.AddEventStore(ConfigureStore);
        services.AddMessaging("pipeline", typeof(Configuration).Assembly, static o
            => o.MapMessages(ContractsJson.Default, MessageNames.All));
        services.AddExecution(configuration);
        services.AddSingleton(Links.From(configuration));
        services.AddSingleton(RunnerSettings.From(configuration));
        services.AddSingleton<VerdictCache>();
        services.AddSingleton<GitSources>();
        services.AddSingleton<BuildSignals>();
        services.AddSingleton<QueueBuild>();
        services.AddSingleton<BuildWriter>();
        services.AddSingleton<CheckPhase>();
        services.AddSingleton<StepPhase>();
        services.AddSingleton<BuildExecution>();
        services.AddSingleton<BuildLeases>();
        services.AddSingleton<OpenLogs>();
        services.AddHostedService<BuildScheduler>();
        services.AddDiskGuard(configuration, AuxoHome.From(configuration).Path);
        services.AddSingleton(HousekeepingPolicy.From(configuration));
        services.AddSingleton<Housekeeper>();
        services.AddHostedService(static p => p.GetRequiredService<Housekeeper>());
        services.ConfigureHttpJsonOptions(static json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, BuildHttpJson.Default));
        return builder;
    }

    /// <summary>The events, the document and the tables of the pipeline. Event names are stored for ever.</summary>
    public static void ConfigureStore(StoreOptions o)
    {
        o.DatabaseSchemaName = "pipeline";
        o.Events.MapEventType("build_queued", BuildJson.Default.Queued);
        o.Events.MapEventType("build_started", BuildJson.Default.Started);
        o.Events.MapEventType("build_step_started", BuildJson.Default.StepStarted);
        o.Events.MapEventType("build_announced", BuildJson.Default.Announced);
        o.Events.MapEventType("build_step_finished", BuildJson.Default.StepFinished);
        o.Events.MapEventType("build_findings_reported", BuildJson.Default.FindingsReported);
        o.Events.MapEventType("build_artifact_produced", BuildJson.Default.ArtifactProduced);
        o.Events.MapEventType("build_approval_requested", BuildJson.Default.ApprovalRequested);
        o.Events.MapEventType("build_approval_granted", BuildJson.Default.ApprovalGranted);
        o.Events.MapEventType("build_finished", BuildJson.Default.Finished);
        o.UseJson(BuildJson.Default);
        o.Schema.For<Build>(alias: "build");
        o.Projections.Snapshot<Build>(SnapshotLifecycle.Inline);
        o.Schema.Add("pipeline", typeof(Configuration).Assembly);
    }

    /// <summary>Maps its routes.</summary>
    public static WebApplication MapPipeline(this WebApplication app)
    {
        app.MapMessaging().RequireScope("pipeline:read");
        RequestBuild.Map(app);
        ListBuilds.Map(app);
        GetBuild.Map(app);
        GetStory.Map(app);
        DiagnosePipeline.Map(app);
        CancelBuild.Map(app);
        ApproveBuild.Map(app);
        RerunBuild.Map(app);
        app.MapLogs();
        app.MapArtifacts();
        return app;
    }
}
