using Auxo.EventStore.Projections;
using Auxo.Registry.Artifacts;
using Auxo.Registry.Blobs;
using Auxo.Registry.Files;
using Auxo.Registry.Repositories;
using Auxo.Registry.Tokens;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Disk;

namespace Auxo.Registry;

/// <summary>What this service consists of.</summary>
public static class Configuration
{
    /// <summary>Adds the whole service.</summary>
    public static WebApplicationBuilder AddRegistry(this WebApplicationBuilder builder)
    {
        var (services, configuration) = (builder.Services, builder.Configuration);
        var home = AuxoFolder.Locate(configuration);
        services.AddEventStore(ConfigureStore);
        services.AddMessaging("registry", typeof(Configuration).Assembly, static o
            => o.MapMessages(ContractsJson.Default, MessageNames.All));
        services.ConfigureHttpJsonOptions(static json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, HttpJson.Default));
        services.AddDiskGuard(configuration, home);
        // Not the pipeline's folder beside it: two services that remove contents must not share them.
        services.AddSingleton(new BlobFiles(Path.Combine(home, "blobs", "registry")));
        services.AddSingleton<BlobStore>();
        services.AddSingleton<BlobUpload>();
        services.AddSingleton<BlobSweep>();
        services.AddSingleton<FileCache>();
        services.AddHostedService<SweepWorker>();
        services.AddHttpClient(PipelineBlobs.Client).ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler
        {
            UseProxy = false, AllowAutoRedirect = false,
        });
        services.AddSingleton<PipelineBlobs>();
        services.AddSingleton(RegistryLinks.From(configuration));
        services.AddSingleton(RetentionPolicy.From(configuration));
        services.AddSingleton<PublishWorker>();
        services.AddSingleton<CleanUp>();
        services.AddHostedService(static p => p.GetRequiredService<PublishWorker>());
        services.AddHostedService(static p => p.GetRequiredService<CleanUp>());
        return builder;
    }

    /// <summary>The events, views and tables of this service. Event names are stored for ever.</summary>
    public static void ConfigureStore(StoreOptions o)
    {
        o.DatabaseSchemaName = "registry";
        o.UseJson(StoredJson.Default);
        o.Schema.Add("registry", typeof(Configuration).Assembly);
        o.Events
            .MapEventType("repository_defined", StoredJson.Default.RepositoryDefined)
            .MapEventType("repository_removed", StoredJson.Default.RepositoryRemoved)
            .MapEventType("file_stored", StoredJson.Default.FileStored)
            .MapEventType("file_deleted", StoredJson.Default.FileDeleted)
            .MapEventType("publication_requested", StoredJson.Default.PublicationRequested)
            .MapEventType("publication_published", StoredJson.Default.PublicationPublished)
            .MapEventType("publication_failed", StoredJson.Default.PublicationFailed)
            .MapEventType("publication_expired", StoredJson.Default.PublicationExpired);
        o.Projections.Snapshot<Publication>(SnapshotLifecycle.Inline);
        o.Projections.Snapshot<RawFile>(SnapshotLifecycle.Inline);
        o.Projections.LiveStreamAggregation<RepositoryDefinition>();
    }

    /// <summary>Maps its routes.</summary>
    public static void MapRegistry(this WebApplication app)
    {
        app.MapMessaging().RequireScope(RegistryScopes.Read);
        DefineRepository.Map(app);
        ListRepositories.Map(app);
        RemoveRepository.Map(app);
        PutFile.Map(app);
        GetFile.Map(app);
        DeleteFile.Map(app);
        ListFiles.Map(app);
        SweepNow.Map(app);
        CleanUp.Map(app);
        ListArtifacts.Map(app);
        GetArtifact.Map(app);
        GetStory.Map(app);
        CreateToken.Map(app);
        RotateToken.Map(app);
        RevokeToken.Map(app);
    }
}
