using Auxo.Contracts;
using Auxo.EventStore.Projections;
using Auxo.Notify.Channels;
using Auxo.Notify.Deliveries;
using Auxo.Notify.Incoming;
using Auxo.Notify.Routes;
using Auxo.Notify.Senders;
using Auxo.ServiceDefaults.Egress;

namespace Auxo.Notify;

/// <summary>What this service consists of.</summary>
public static class Configuration
{
    /// <summary>The events, views and tables of this service. Event names are stored for ever.</summary>
    public static void ConfigureStore(StoreOptions o)
    {
        o.DatabaseSchemaName = "notify";
        o.UseJson(StoredJson.Default);
        o.Schema.Add("notify", typeof(Configuration).Assembly);
        o.Events
            .MapEventType("channel_configured", StoredJson.Default.ChannelConfigured)
            .MapEventType("channel_secret_rotated", StoredJson.Default.ChannelSecretRotated)
            .MapEventType("channel_disabled", StoredJson.Default.ChannelDisabled)
            .MapEventType("channel_removed", StoredJson.Default.ChannelRemoved)
            .MapEventType("route_configured", StoredJson.Default.RouteConfigured)
            .MapEventType("route_removed", StoredJson.Default.RouteRemoved);
        o.Projections.Snapshot<Channel>(SnapshotLifecycle.Inline);
        o.Projections.Snapshot<Route>(SnapshotLifecycle.Inline);
    }

    /// <summary>The messages of this service.</summary>
    public static void ConfigureMessaging(MessagingOptions o) => o.MapMessages(ContractsJson.Default, MessageNames.All);

    /// <summary>Registers what sends.</summary>
    public static void AddNotify(this WebApplicationBuilder builder)
    {
        builder.AddEgress();
        var services = builder.Services;
        services.ConfigureHttpJsonOptions(static json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, HttpJson.Default));
        services.AddSingleton(new RetryPolicy());
        services.AddSingleton(new DesktopSession(builder.Configuration["PATH"], builder.Configuration["DBUS_SESSION_BUS_ADDRESS"]));
        services.AddSingleton<ISender, WebhookSender>();
        services.AddSingleton<ISender, EmailSender>();
        services.AddSingleton<ISender, DesktopSender>();
        services.AddSingleton<DeliveryMetrics>();
        services.AddSingleton<DeliveryWorker>();
        services.AddHostedService(static p => p.GetRequiredService<DeliveryWorker>());
        services.AddSingleton(DeliveryRetention.From(builder.Configuration));
        services.AddSingleton<ForgetDeliveries>();
        services.AddHostedService(static p => p.GetRequiredService<ForgetDeliveries>());
    }

    /// <summary>Maps all routes.</summary>
    public static void MapNotify(this IEndpointRouteBuilder app)
    {
        app.MapConfigureChannel();
        app.MapGetChannels();
        app.MapRemoveChannel();
        app.MapRotateChannelSecret();
        app.MapTestChannel();
        app.MapRoutes();
        app.MapListDeliveries();
        app.MapReplayDelivery();
        app.MapDeleteDelivery();
        app.MapGetStory();
        app.MapReceivePlain();
        app.MapReceiveAlerts();
    }
}
