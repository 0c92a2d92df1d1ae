using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

using Auxo.Notify.Channels;
using Auxo.Notify.Defaults;
using Auxo.Notify.Deliveries;
using Auxo.Notify.Incoming;
using Auxo.Notify.Notifications;
using Auxo.Notify.Readers;
using Auxo.Notify.Routes;
using Auxo.Notify.Templates;
using Auxo.Notify.Verdicts;

namespace Auxo.Notify;

/// <summary>How events, views, settings and notifications are stored.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ChannelEvent.Configured), TypeInfoPropertyName = "ChannelConfigured")]
[JsonSerializable(typeof(ChannelEvent.SecretRotated), TypeInfoPropertyName = "ChannelSecretRotated")]
[JsonSerializable(typeof(ChannelEvent.Disabled), TypeInfoPropertyName = "ChannelDisabled")]
[JsonSerializable(typeof(ChannelEvent.Removed), TypeInfoPropertyName = "ChannelRemoved")]
[JsonSerializable(typeof(RouteEvent.Configured), TypeInfoPropertyName = "RouteConfigured")]
[JsonSerializable(typeof(RouteEvent.Removed), TypeInfoPropertyName = "RouteRemoved")]
[JsonSerializable(typeof(ReaderEvent.Configured), TypeInfoPropertyName = "ReaderConfigured")]
[JsonSerializable(typeof(ReaderEvent.Removed), TypeInfoPropertyName = "ReaderRemoved")]
[JsonSerializable(typeof(Reader))]
[JsonSerializable(typeof(Channel))]
[JsonSerializable(typeof(KnownName))]
[JsonSerializable(typeof(LastVerdict))]
[JsonSerializable(typeof(PatchOwners))]
[JsonSerializable(typeof(Route))]
[JsonSerializable(typeof(ChannelSettings))]
[JsonSerializable(typeof(Notification))]
public sealed partial class StoredJson : JsonSerializerContext;

/// <summary>How requests, answers and bodies of webhooks are written; the naming of enums is the service defaults'.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ChannelRequest))]
[JsonSerializable(typeof(ChannelConfigured))]
[JsonSerializable(typeof(ChannelSecret))]
[JsonSerializable(typeof(ChannelAnswer))]
[JsonSerializable(typeof(ListAnswer<ChannelAnswer>), TypeInfoPropertyName = "Channels")]
[JsonSerializable(typeof(RouteRequest))]
[JsonSerializable(typeof(RouteAnswer))]
[JsonSerializable(typeof(ListAnswer<RouteAnswer>), TypeInfoPropertyName = "Routes")]
[JsonSerializable(typeof(RecipientsAnswer))]
[JsonSerializable(typeof(DefaultsRequest))]
[JsonSerializable(typeof(TestAlertRequest))]
[JsonSerializable(typeof(TestAlertAnswer))]
[JsonSerializable(typeof(TemplateRequest))]
[JsonSerializable(typeof(TemplateAnswer))]
[JsonSerializable(typeof(PreviewRequest))]
[JsonSerializable(typeof(PreviewAnswer))]
[JsonSerializable(typeof(ReaderRequest))]
[JsonSerializable(typeof(ReaderAnswer))]
[JsonSerializable(typeof(ListAnswer<ReaderAnswer>), TypeInfoPropertyName = "Readers")]
[JsonSerializable(typeof(DeliveryAnswer))]
[JsonSerializable(typeof(ListAnswer<DeliveryAnswer>), TypeInfoPropertyName = "Deliveries")]
[JsonSerializable(typeof(ReplayAnswer))]
[JsonSerializable(typeof(ReceivedAnswer))]
[JsonSerializable(typeof(AlertsAnswer))]
[JsonSerializable(typeof(Notification))]
[JsonSerializable(typeof(JsonObject))]
public sealed partial class HttpJson : JsonSerializerContext
{
    /// <summary>For bodies that do not go through ASP.NET Core: the same naming, what is absent left out.</summary>
    public static HttpJson Wire { get; } = new(WireOptions());

    private static JsonSerializerOptions WireOptions()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        };
        ServiceDefaults.Extensions.Configure(options);
        return options;
    }
}
