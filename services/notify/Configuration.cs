using Auxo.Notify.Channels;
using Auxo.Notify.Chat;
using Auxo.Notify.Defaults;
using Auxo.Notify.Deliveries;
using Auxo.Notify.Digests;
using Auxo.Notify.Incoming;
using Auxo.Notify.Notifications;
using Auxo.Notify.Planning;
using Auxo.Notify.Planning.Reports;
using Auxo.Notify.Readers;
using Auxo.Notify.Routes;
using Auxo.Notify.Senders;
using Auxo.Notify.Templates;
using Auxo.Notify.Timeline;
using Auxo.Notify.Verdicts;
using Auxo.ServiceDefaults;
using Auxo.ServiceDefaults.Egress;
using Auxo.ServiceDefaults.Settings;

using JasperFx.Events.Projections;

namespace Auxo.Notify;

/// <summary>What this service consists of.</summary>
public static class Configuration
{
    /// <summary>What it stores and what it hears.</summary>
    public static ServiceModel Model { get; } =
        new("notify", StoredJson.Default, ConfigureStore, ConfigureMessages, typeof(Configuration).Assembly);

    private static void ConfigureStore(StoreOptions o)
    {
        o.Events.MapEventType<ChannelEvent.Configured>("channel_configured");
        o.Events.MapEventType<ChannelEvent.SecretRotated>("channel_secret_rotated");
        o.Events.MapEventType<ChannelEvent.Disabled>("channel_disabled");
        o.Events.MapEventType<ChannelEvent.Removed>("channel_removed");
        o.Events.MapEventType<RouteEvent.Configured>("route_configured");
        o.Events.MapEventType<RouteEvent.Removed>("route_removed");
        o.Events.MapEventType<ReaderEvent.Configured>("reader_configured");
        o.Events.MapEventType<ReaderEvent.Removed>("reader_removed");
        o.Projections.Snapshot<Channel>(SnapshotLifecycle.Inline);
        o.Projections.Snapshot<Route>(SnapshotLifecycle.Inline);
        o.Projections.Snapshot<Reader>(SnapshotLifecycle.Inline);
        o.Schema.For<KnownName>();
        o.Schema.For<LastVerdict>();
        o.Schema.For<PatchOwners>();
    }

    private static void ConfigureMessages(WolverineOptions o) => o.LocalQueueFor<DeliveriesPlanned>().BufferedInMemory();

    /// <summary>Registers what sends.</summary>
    public static void AddNotify(this WebApplicationBuilder builder)
    {
        builder.AddEgress();
        var services = builder.Services;
        services.ConfigureHttpJsonOptions(static json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, HttpJson.Default));
        services.AddKnownSettings(NotifySettings.Known);
        services.AddSingleton(ConsoleAddress.From(builder.Configuration));
        services.AddSingleton(new RetryPolicy());
        services.AddSingleton(new DesktopSession(builder.Configuration["PATH"], builder.Configuration["DBUS_SESSION_BUS_ADDRESS"]));
        services.AddSingleton<GuardedPost>();
        services.AddSingleton<ISender, WebhookSender>();
        services.AddSingleton<ISender, EmailSender>();
        services.AddSingleton<ISender, DesktopSender>();
        foreach (var service in ChatService.All)
            services.AddSingleton<ISender>(p => new ChatSender(service, p.GetRequiredService<GuardedPost>()));
        services.AddSingleton<DeliveryMetrics>();
        services.AddSingleton<DeliveryWorker>();
        services.AddHostedService(static p => p.GetRequiredService<DeliveryWorker>());
        services.AddSingleton<MakeDigests>();
        services.AddHostedService(static p => p.GetRequiredService<MakeDigests>());
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
        app.MapTemplates();
        app.MapRoutes();
        app.MapDefaults();
        app.MapReaders();
        app.MapGetRecipients();
        app.MapListDeliveries();
        app.MapReplayDelivery();
        app.MapDeleteDelivery();
        app.MapGetTimeline();
        app.MapReceivePlain();
        app.MapReceiveAlerts();
        app.MapTestAlert();
    }
}
