using Auxo.Instances;
using Auxo.Registry.Access;
using Auxo.Registry.Artifacts;
using Auxo.Registry.Authentications;
using Auxo.Registry.Blobs;
using Auxo.Registry.Debian;
using Auxo.Registry.Expiring;
using Auxo.Registry.Fetching;
using Auxo.Registry.Fetching.Inputs;
using Auxo.Registry.Files;
using Auxo.Registry.Freshness;
using Auxo.Registry.Homebrew;
using Auxo.Registry.Identities;
using Auxo.Registry.Mirrors;
using Auxo.Registry.Mirrors.Prefetching;
using Auxo.Registry.Mirrors.Telling;
using Auxo.Registry.Mirrors.Trying;
using Auxo.Registry.Monitoring;
using Auxo.Registry.NuGet;
using Auxo.Registry.NuGet.Mirroring;
using Auxo.Registry.NuGet.Protocol;
using Auxo.Registry.NuGet.Pushing;
using Auxo.Registry.Npm;
using Auxo.Registry.Oci;
using Auxo.Registry.Packages;
using Auxo.Registry.People;
using Auxo.Registry.Publishing;
using Auxo.Registry.PyPi;
using Auxo.Registry.PyPi.Mirroring;
using Auxo.Registry.PyPi.Simple;
using Auxo.Registry.Repositories;
using Auxo.Registry.Sessions;
using Auxo.Registry.Timeline;
using Auxo.Registry.Tokens;
using Auxo.Registry.Uploading;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Access.Builds;
using Auxo.ServiceDefaults.Disk;
using Auxo.ServiceDefaults.Egress;
using Auxo.ServiceDefaults.Settings;

using JasperFx.Events.Projections;

using Microsoft.AspNetCore.Authorization;

namespace Auxo.Registry;

/// <summary>What this service consists of.</summary>
public static class Configuration
{
    /// <summary>What it stores and what it hears.</summary>
    public static ServiceModel Model { get; } =
        new("registry", StoredJson.Default, ConfigureStore, ConfigureMessages, typeof(Configuration).Assembly);

    /// <summary>Adds what serves, fetches and cleans up.</summary>
    public static WebApplicationBuilder AddRegistry(this WebApplicationBuilder builder)
    {
        var (services, configuration) = (builder.Services, builder.Configuration);
        var layout = InstanceLayout.Locate(name => configuration[name]);
        services.ConfigureHttpJsonOptions(static json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, HttpJson.Default));
        services.AskForPasswords();
        services.HearSteps(layout);
        services.AddKnownSettings(RegistrySettings.Known);
        builder.AddEgress();
        services.AddDiskGuard(configuration, layout.Home);
        services.AddSingleton(layout);
        services.AddSingleton(new BlobFiles(layout.RegistryBlobs));
        services.AddSingleton<BlobStore>();
        services.AddSingleton<BlobUpload>();
        services.AddSingleton<BlobSweep>();
        services.AddSingleton<FileCache>();
        services.AddSingleton<RecordFile>();
        services.AddOci();
        services.AddSingleton<RepositoryRows>();
        services.AddSingleton<IAuthorizationHandler, RepositoryAccessHandler>();
        services.AddSingleton<PackageDocuments>();
        services.AddSingleton<PublishVersion>();
        services.AddSingleton<ChangePackage>();
        services.AddSingleton<UpstreamClient>();
        services.AddSingleton<TryUpstream>();
        services.AddSingleton<Mirror>();
        services.AddSingleton<MirrorRefresh>();
        services.AddHostedService(static p => p.GetRequiredService<MirrorRefresh>());
        services.AddSingleton<TellMirrors>();
        services.AddHostedService(static p => p.GetRequiredService<TellMirrors>());
        services.AddSingleton<KnownVersions>();
        services.AddSingleton<CompareDependencies>();
        services.AddHostedService(static p => p.GetRequiredService<CompareDependencies>());
        services.AddSingleton<FetchLog>();
        services.AddHostedService(static p => p.GetRequiredService<FetchLog>());
        services.AddHostedService<ForgetFetches>();
        services.AddHostedService<RegistryGauges>();
        services.AddHostedService<ForgetAuthentications>();
        services.AddSingleton<SimplePages>();
        services.AddSingleton<PyPiMirror>();
        services.AddSingleton<NuGetDocuments>();
        services.AddSingleton<NuGetMirror>();
        services.AddPrefetching();
        services.AddDebian();
        services.AddSingleton<PackagePush>();
        services.AddNpm();
        services.AddHostedService<SweepWorker>();
        services.AddHttpClient(PipelineBlobs.Client).ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler
        {
            UseProxy = false, AllowAutoRedirect = false,
        });
        services.AddSingleton<PipelineBlobs>();
        services.AddSingleton(RegistryLinks.From(configuration));
        services.AddSingleton(RetentionPolicy.From(configuration));
        services.AddSingleton<ProvenanceKey>();
        services.AddSingleton<PublishWorker>();
        services.AddSingleton<CleanUp>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<SignInTries>();
        services.AddSingleton<Challenges>();
        services.AddOutsideAuthorities(configuration);
        services.AddHostedService(static p => p.GetRequiredService<PublishWorker>());
        services.AddHostedService(static p => p.GetRequiredService<CleanUp>());
        return builder;
    }

    private static void ConfigureStore(StoreOptions o)
    {
        o.Events.MapEventType<RepositoryEvent.Defined>("repository_defined");
        o.Events.MapEventType<RepositoryEvent.Removed>("repository_removed");
        o.Events.MapEventType<FileEvent.Stored>("file_stored");
        o.Events.MapEventType<FileEvent.Deleted>("file_deleted");
        OciConfiguration.MapEvents(o);
        o.Events.MapEventType<PackageEvent.Published>("package_published");
        o.Events.MapEventType<PackageEvent.Marked>("package_marked");
        o.Events.MapEventType<PackageEvent.Removed>("package_removed");
        o.Events.MapEventType<PackageEvent.Tagged>("package_tagged");
        o.Events.MapEventType<PackageEvent.Untagged>("package_untagged");
        o.Events.MapEventType<PublicationEvent.Requested>("publication_requested");
        o.Events.MapEventType<PublicationEvent.Published>("publication_published");
        o.Events.MapEventType<PublicationEvent.Failed>("publication_failed");
        o.Events.MapEventType<PublicationEvent.Expired>("publication_expired");
        o.Projections.Snapshot<Publication>(SnapshotLifecycle.Inline);
        o.Projections.Snapshot<Package>(SnapshotLifecycle.Inline);
        o.Projections.Snapshot<RawFile>(SnapshotLifecycle.Inline);
        o.Projections.LiveStreamAggregation<RepositoryDefinition>();
    }

    private static void ConfigureMessages(WolverineOptions o) => o.LocalQueueFor<FilesRequested>().BufferedInMemory();

    /// <summary>Maps its routes.</summary>
    public static void MapRegistry(this WebApplication app)
    {
        app.MapMessages(RegistryScopes.Read, RegistryScopes.Write);
        DefineRepository.Map(app);
        ListRepositories.Map(app);
        RemoveRepository.Map(app);
        PutFile.Map(app);
        GetFile.Map(app);
        DeleteFile.Map(app);
        ListFiles.Map(app);
        OciRoutes.Map(app);
        SweepNow.Map(app);
        CleanUp.Map(app);
        PyPiRoutes.Map(app);
        NuGetRoutes.Map(app);
        ListArtifacts.Map(app);
        GetArtifact.Map(app);
        GetTimeline.Map(app);
        GetDebianFile.Map(app);
        GetBrewApi.Map(app);
        GetBottle.Map(app);
        ManageMirrors.Map(app);
        PrefetchPackage.Map(app);
        CleanUpPackages.Map(app);
        ListPackages.Map(app);
        ListFetches.Map(app);
        ListAuthentications.Map(app);
        GetBillOfMaterials.Map(app);
        CreateToken.Map(app);
        ShowOwnToken.Map(app);
        RotateToken.Map(app);
        RevokeToken.Map(app);
        ListPeople.Map(app);
        AddPerson.Map(app);
        ChangePerson.Map(app);
        ChangeOwnPassword.Map(app);
        EndPerson.Map(app);
        MakeChallenge.Map(app);
        MakeAuthorization.Map(app);
        StartSession.Map(app);
        EndSession.Map(app);
        app.MapNpm();
    }
}
