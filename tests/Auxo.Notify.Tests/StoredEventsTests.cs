using System.Text.Json.Serialization.Metadata;

using Auxo.Notify.Channels;
using Auxo.Notify.Readers;
using Auxo.Notify.Routes;
using Auxo.Testing;

namespace Auxo.Notify.Tests;

/// <summary>What was stored once must load forever; the samples are never edited, only added to.</summary>
public sealed class StoredEventsTests
{
    private static readonly Dictionary<string, JsonTypeInfo> Stored = new(StringComparer.Ordinal)
    {
        ["channel_configured"] = StoredJson.Default.ChannelConfigured,
        ["channel_secret_rotated"] = StoredJson.Default.ChannelSecretRotated,
        ["channel_disabled"] = StoredJson.Default.ChannelDisabled,
        ["channel_removed"] = StoredJson.Default.ChannelRemoved,
        ["route_configured"] = StoredJson.Default.RouteConfigured,
        ["route_removed"] = StoredJson.Default.RouteRemoved,
        ["reader_configured"] = StoredJson.Default.ReaderConfigured,
        ["reader_removed"] = StoredJson.Default.ReaderRemoved,
    };

    [Fact]
    public void every_event_that_was_ever_stored_loads() => Samples.AllLoad("Events", Stored);

    [Fact]
    public void the_stored_names_are_those_and_every_event_has_one()
    {
        var options = new Marten.StoreOptions();
        Configuration.Model.Store(options);
        var known = ((Marten.Events.IReadOnlyEventStoreOptions)options.Events).AllKnownEventTypes();
        Samples.AreAll(Stored, known.Select(static e => e.EventTypeName)
            .Intersect(Stored.Keys, StringComparer.Ordinal), typeof(ChannelEvent), typeof(RouteEvent), typeof(ReaderEvent));
    }
}
