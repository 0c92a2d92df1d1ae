using System.Text.Json.Serialization.Metadata;

using Auxo.Ingest.Recording;
using Auxo.Ingest.Tracking;
using Auxo.Testing;

namespace Auxo.Ingest.Tests;

/// <summary>What was stored once must load forever; the samples are never edited, only added to.</summary>
public sealed class StoredEventsTests
{
    private static readonly Dictionary<string, JsonTypeInfo> Stored = new(StringComparer.Ordinal)
    {
        ["repository_tracked"] = StoredJson.Default.RepositoryTracked,
        ["repository_redefined"] = StoredJson.Default.RepositoryRedefined,
        ["branch_advanced"] = StoredJson.Default.RepositoryBranchAdvanced,
        ["trust_granted"] = StoredJson.Default.RepositoryTrustGranted,
        ["trust_revoked"] = StoredJson.Default.RepositoryTrustRevoked,
        ["repository_untracked"] = StoredJson.Default.RepositoryUntracked,
        ["patch_opened"] = StoredJson.Default.PatchOpened,
        ["patch_revised"] = StoredJson.Default.PatchRevised,
        ["patch_retitled"] = StoredJson.Default.PatchRetitled,
        ["patch_status_changed"] = StoredJson.Default.PatchStatusChanged,
        ["patch_linked"] = StoredJson.Default.PatchLinked,
        ["patch_merged"] = StoredJson.Default.PatchMerged,
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
        Samples.AreAll(Stored, names, typeof(PatchEvent), typeof(RepositoryEvent));
    }
}
