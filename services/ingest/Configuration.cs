using Auxo.Contracts;
using Auxo.EventStore.Projections;
using Auxo.Ingest.Commenting;
using Auxo.Ingest.Doctor;
using Auxo.Ingest.Listening;
using Auxo.Ingest.Receiving;
using Auxo.Ingest.Recording;
using Auxo.Ingest.Scanning;
using Auxo.Ingest.Stories;
using Auxo.Ingest.Tracking;
using Auxo.Radicle;

namespace Auxo.Ingest;

/// <summary>What this service consists of.</summary>
public static class Configuration
{
    /// <summary>The events, views and tables of this service.</summary>
    public static void ConfigureStore(StoreOptions o)
    {
        o.DatabaseSchemaName = "ingest";
        o.UseJson(StoredJson.Default);
        o.Schema.Add("ingest", typeof(Configuration).Assembly);
        o.Events
            .MapEventType("repository_tracked", StoredJson.Default.RepositoryTracked)
            .MapEventType("repository_redefined", StoredJson.Default.RepositoryRedefined)
            .MapEventType("branch_advanced", StoredJson.Default.RepositoryBranchAdvanced)
            .MapEventType("trust_granted", StoredJson.Default.RepositoryTrustGranted)
            .MapEventType("trust_revoked", StoredJson.Default.RepositoryTrustRevoked)
            .MapEventType("repository_untracked", StoredJson.Default.RepositoryUntracked)
            .MapEventType("patch_opened", StoredJson.Default.PatchOpened)
            .MapEventType("patch_revised", StoredJson.Default.PatchRevised)
            .MapEventType("patch_retitled", StoredJson.Default.PatchRetitled)
            .MapEventType("patch_status_changed", StoredJson.Default.PatchStatusChanged)
            .MapEventType("patch_merged", StoredJson.Default.PatchMerged);
        o.Projections.Snapshot<Repository>(SnapshotLifecycle.Inline);
        o.Projections.Snapshot<Patch>(SnapshotLifecycle.Inline);
    }

    /// <summary>The messages of this service.</summary>
    public static void ConfigureMessaging(MessagingOptions o) => o.MapMessages(ContractsJson.Default, MessageNames.All);

    /// <summary>Registers what listens, scans and writes.</summary>
    public static void AddIngest(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.ConfigureHttpJsonOptions(static json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, HttpJson.Default));
        services.AddSingleton(new NodeEnvironment(name => builder.Configuration[name] ?? Environment.GetEnvironmentVariable(name)));
        services.AddSingleton(new RadKeyAccess(builder.Configuration["Auxo:Radicle:PassphraseFile"]));
        services.AddSingleton<PatchCommentWriter>();
        services.AddSingleton<HookAddress>();
        services.AddSingleton<WebhookSecrets>();
        services.AddSingleton<KnownRepositories>();
        services.AddSingleton<ReceiptLog>();
        services.AddSingleton<Observer>();
        services.AddSingleton<NodeWatch>();
        services.AddSingleton<CommentWorker>();
        services.AddHostedService<LoadSecrets>();
        services.AddHostedService(static p => p.GetRequiredService<ReceiptLog>());
        services.AddHostedService(static p => p.GetRequiredService<Observer>());
        services.AddHostedService(static p => p.GetRequiredService<NodeWatch>());
        services.AddHostedService(static p => p.GetRequiredService<CommentWorker>());
    }

    /// <summary>Maps all routes.</summary>
    public static void MapIngest(this IEndpointRouteBuilder app)
    {
        app.MapReceiveHook();
        app.MapTrackRepository();
        app.MapUntrackRepository();
        app.MapListRepositories();
        app.MapTrustDid();
        app.MapRotateSecret();
        app.MapSweepRepository();
        app.MapGetRefs();
        app.MapListPatches();
        app.MapGetNode();
        app.MapGetOutbox();
        app.MapGetStory();
        app.MapDiagnoseNode();
    }

    /// <summary>Webhooks are answered only when their secrets are known.</summary>
    private sealed class LoadSecrets(WebhookSecrets secrets) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => secrets.LoadAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
