using Auxo.Ingest.Backfilling;
using Auxo.Ingest.Commenting;
using Auxo.Ingest.Doctor;
using Auxo.Ingest.Jobs;
using Auxo.Ingest.Listening;
using Auxo.Ingest.Receiving;
using Auxo.Ingest.Recording;
using Auxo.Ingest.Reviewing;
using Auxo.Ingest.Scanning;
using Auxo.Ingest.Standing;
using Auxo.Ingest.Timeline;
using Auxo.Ingest.Tracking;
using Auxo.Ingest.Visibility;
using Auxo.Instances;
using Auxo.Radicle;
using Auxo.ServiceDefaults.Egress;
using Auxo.ServiceDefaults.Settings;

using JasperFx.Events.Projections;

namespace Auxo.Ingest;

/// <summary>What this service consists of.</summary>
public static class Configuration
{
    /// <summary>What it stores and what it hears.</summary>
    public static ServiceModel Model { get; } =
        new("ingest", StoredJson.Default, ConfigureStore, ConfigureMessages, typeof(Configuration).Assembly);

    /// <summary>Registers what listens, scans and writes.</summary>
    public static void AddIngest(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.ConfigureHttpJsonOptions(static json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, HttpJson.Default));
        services.AddSingleton(new NodeEnvironment(name => builder.Configuration[name] ?? Environment.GetEnvironmentVariable(name)));
        services.AddSingleton(new RadKeyAccess(builder.Configuration["Auxo:Radicle:PassphraseFile"]));
        services.AddKnownSettings(IngestSettings.Known);
        builder.AddEgress();
        services.AddSingleton<RadTurns>();
        services.AddSingleton<PatchCommentWriter>();
        services.AddSingleton<JobWriter>();
        services.AddSingleton(JobSettings.From(builder.Configuration));
        services.AddSingleton(CommentSettings.From(builder.Configuration));
        services.AddSingleton(new WritingIdentity(InstanceLayout.Locate(name => builder.Configuration[name])));
        services.AddSingleton(RepositoryFolders.From(builder.Configuration));
        services.AddSingleton<HookAddress>();
        services.AddSingleton<RepositoryAnswers>();
        services.AddSingleton<WebhookSecrets>();
        services.AddSingleton<KnownRepositories>();
        services.AddSingleton<DiffTurns>();
        services.AddSingleton<PublicRepositories>();
        services.AddSingleton<ReceiptLog>();
        services.AddSingleton<Observer>();
        services.AddSingleton<NodeWatch>();
        services.AddSingleton<CommentWorker>();
        services.AddHostedService<LoadSecrets>();
        services.AddHostedService(static p => p.GetRequiredService<ReceiptLog>());
        services.AddHostedService(static p => p.GetRequiredService<Observer>());
        services.AddHostedService(static p => p.GetRequiredService<NodeWatch>());
        services.AddHostedService(static p => p.GetRequiredService<CommentWorker>());
        services.AddSingleton<ObserveStanding>();
        services.AddHostedService<StandingWorker>();
    }

    private static void ConfigureStore(StoreOptions o)
    {
        o.Events.MapEventType<RepositoryEvent.Tracked>("repository_tracked");
        o.Events.MapEventType<RepositoryEvent.Redefined>("repository_redefined");
        o.Events.MapEventType<RepositoryEvent.BranchAdvanced>("branch_advanced");
        o.Events.MapEventType<RepositoryEvent.TrustGranted>("trust_granted");
        o.Events.MapEventType<RepositoryEvent.TrustRevoked>("trust_revoked");
        o.Events.MapEventType<RepositoryEvent.Untracked>("repository_untracked");
        o.Events.MapEventType<PatchEvent.Opened>("patch_opened");
        o.Events.MapEventType<PatchEvent.Revised>("patch_revised");
        o.Events.MapEventType<PatchEvent.Retitled>("patch_retitled");
        o.Events.MapEventType<PatchEvent.StatusChanged>("patch_status_changed");
        o.Events.MapEventType<PatchEvent.Linked>("patch_linked");
        o.Events.MapEventType<PatchEvent.Merged>("patch_merged");
        o.Projections.Snapshot<Repository>(SnapshotLifecycle.Inline);
        o.Projections.Snapshot<Patch>(SnapshotLifecycle.Inline);
    }

    private static void ConfigureMessages(WolverineOptions o) => o.LocalQueueFor<CommentWanted>().BufferedInMemory();

    /// <summary>Maps all routes.</summary>
    public static void MapIngest(this IEndpointRouteBuilder app)
    {
        app.MapMessages(IngestScopes.Read, IngestScopes.Write);
        app.MapReceiveHook();
        app.MapTrackRepository();
        app.MapUntrackRepository();
        app.MapListRepositories();
        app.MapTrustDid();
        app.MapPublishRepository();
        app.MapRotateSecret();
        app.MapSweepRepository();
        app.MapBackfillRepository();
        app.MapGetRefs();
        app.MapListPatches();
        app.MapGetDiff();
        app.MapGetDiscussion();
        app.MapGetNode();
        app.MapGetOutbox();
        app.MapGetTimeline();
        app.MapDiagnoseNode();
    }

    /// <summary>Webhooks are answered only when their secrets are known.</summary>
    private sealed class LoadSecrets(WebhookSecrets secrets) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => secrets.LoadAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
