using System.Reflection;

using Auxo.EventStore;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

using Npgsql;

namespace Auxo.Messaging;

/// <summary>How a service gets its bus.</summary>
public static class MessagingConfiguration
{
    /// <summary>
    /// Adds the bus: the handlers of <paramref name="assembly"/>, the queue <paramref name="serviceName"/> and its listener.
    /// The event store must have been added before. At start the schema is brought up to date and the service subscribed to
    /// what it handles, before anything else runs.
    /// </summary>
    public static IServiceCollection AddMessaging(
        this IServiceCollection services, string serviceName, Assembly assembly, Action<MessagingOptions>? configure = null)
    {
        var options = new MessagingOptions(serviceName);
        options.AddHandlers(assembly);
        configure?.Invoke(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(options.Types);
        services.AddSingleton(provider => new HandlerGraph(options, provider.GetRequiredService<IServiceProviderIsService>()));
        services.AddSingleton<QueueTable>();
        services.AddSingleton<MessageTracking>();
        services.AddSingleton<EnvelopeHandling>();
        services.AddSingleton<MessageBus>();
        services.AddSingleton<IMessageBus>(provider => provider.GetRequiredService<MessageBus>());
        services.AddSingleton(provider =>
        {
            var (bus, doorbell) = (provider.GetRequiredService<MessageBus>(), provider.GetRequiredService<PostgresDoorbell>());
            return new DeadLetters(provider.GetRequiredService<NpgsqlDataSource>(), options, () => doorbell.Ring(bus.Channel));
        });
        services.AddHostedService<QueueListener>();
        return services;
    }
}
