using Auxo.Registry.Oci.Access;
using Auxo.Registry.Oci.Blobs;
using Auxo.Registry.Oci.Manifests;
using Auxo.Registry.Oci.Mirrors;
using Auxo.Registry.Oci.Retention;
using Auxo.Registry.Oci.Uploads;

namespace Auxo.Registry.Oci;

/// <summary>What the registry of images consists of.</summary>
internal static class OciConfiguration
{
    public static void AddOci(this IServiceCollection services)
    {
        // Before the usual writer, which would write everything.
        services.Insert(0, ServiceDescriptor.Singleton<IProblemDetailsWriter, OciErrorWriter>());
        services.AddSingleton<IStartupFilter, AnonymousToken>();
        services.AddSingleton<OciRepositories>();
        services.AddSingleton<OciSweep>();
        services.AddSingleton<UploadFiles>();
        services.AddSingleton<GetBlob>();
        services.AddSingleton<MountBlob>();
        services.AddSingleton<LinkBlob>();
        services.AddSingleton<DeleteBlob>();
        services.AddSingleton<UploadRoom>();
        services.AddSingleton<BeginUpload>();
        services.AddSingleton<ReceiveChunk>();
        services.AddSingleton<ImageGate>();
        services.AddSingleton<ImageMirror>();
        services.AddSingleton<GetManifest>();
        services.AddSingleton<PutManifest>();
        services.AddSingleton<DeleteManifest>();
        services.AddSingleton<ListTags>();
        services.AddSingleton<ListReferrers>();
        services.AddSingleton<CleanUpImages>();
    }

    public static void MapEvents(StoreOptions o)
    {
        o.Events.MapEventType<ImageEvent.ManifestPut>("image_manifest_put");
        o.Events.MapEventType<ImageEvent.ManifestDeleted>("image_manifest_deleted");
        o.Events.MapEventType<ImageEvent.TagSet>("image_tag_set");
        o.Events.MapEventType<ImageEvent.TagRemoved>("image_tag_removed");
        o.Events.MapEventType<ImageEvent.BlobRemoved>("image_blob_removed");
    }
}
