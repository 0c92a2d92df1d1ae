using System.Text.Json.Serialization.Metadata;

using Auxo.Registry.Files;
using Auxo.Registry.Oci.Manifests;
using Auxo.Registry.Packages;
using Auxo.Registry.Publishing;
using Auxo.Registry.Repositories;
using Auxo.ServiceDefaults.Disk;
using Auxo.Testing;

namespace Auxo.Registry.Tests;

/// <summary>What was stored once must load forever; the samples are never edited, only added to.</summary>
public sealed class StoredEventsTests
{
    private static readonly Dictionary<string, JsonTypeInfo> Stored = new(StringComparer.Ordinal)
    {
        ["repository_defined"] = StoredJson.Default.RepositoryDefined,
        ["repository_removed"] = StoredJson.Default.RepositoryRemoved,
        ["file_stored"] = StoredJson.Default.FileStored,
        ["file_deleted"] = StoredJson.Default.FileDeleted,
        ["image_manifest_put"] = StoredJson.Default.ImageManifestPut,
        ["image_manifest_deleted"] = StoredJson.Default.ImageManifestDeleted,
        ["image_tag_set"] = StoredJson.Default.ImageTagSet,
        ["image_tag_removed"] = StoredJson.Default.ImageTagRemoved,
        ["image_blob_removed"] = StoredJson.Default.ImageBlobRemoved,
        ["package_published"] = StoredJson.Default.PackagePublished,
        ["package_marked"] = StoredJson.Default.PackageMarked,
        ["package_removed"] = StoredJson.Default.PackageRemoved,
        ["package_tagged"] = StoredJson.Default.PackageTagged,
        ["package_untagged"] = StoredJson.Default.PackageUntagged,
        ["publication_requested"] = StoredJson.Default.PublicationRequested,
        ["publication_published"] = StoredJson.Default.PublicationPublished,
        ["publication_failed"] = StoredJson.Default.PublicationFailed,
        ["publication_expired"] = StoredJson.Default.PublicationExpired,
    };

    [Fact]
    public void every_event_that_was_ever_stored_loads() => Samples.AllLoad("Events", Stored);

    [Fact]
    public void the_stored_names_are_those_and_every_event_has_one()
    {
        var options = new Marten.StoreOptions();
        Configuration.Model.Store(options);
        var names = ((Marten.Events.IReadOnlyEventStoreOptions)options.Events).AllKnownEventTypes().Select(static e => e.EventTypeName)
            .Intersect(Stored.Keys, StringComparer.Ordinal);
        Samples.AreAll(Stored, names, typeof(RepositoryEvent), typeof(FileEvent), typeof(ImageEvent), typeof(PackageEvent),
            typeof(PublicationEvent));
    }

    [Theory]
    [InlineData(1000, 100_000, 0, 500, 0, true)]
    [InlineData(499, 100_000, 0, 500, 0, false)]
    [InlineData(1000, 100_000, 501, 500, 0, false)]
    [InlineData(2999, 100_000, 0, 500, 3, false)]
    [InlineData(3000, 100_000, 0, 500, 3, true)]
    [InlineData(21L << 30, 10L << 40, 0, 500, 3, true)]
    [InlineData(19L << 30, 10L << 40, 0, 500, 3, false)]
    public void a_disk_has_room_until_bytes_or_share_run_out(
        long free, long total, long wanted, long minBytes, double minPercent, bool room)
        => Assert.Equal(room, DiskGuard.Decide(new DiskSpace(free, total), wanted, minBytes, minPercent) is null);
}
