using Auxo.EventStore.Projections;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

using Npgsql;

namespace Auxo.EventStore;

/// <summary>Registers the event store of a service.</summary>
public static class EventStoreServices
{
    /// <summary>
    /// Registers the store, sessions, one <see cref="NpgsqlDataSource"/> over <c>ConnectionStrings:auxo</c> (at most ten
    /// connections), the <see cref="PostgresDoorbell"/>, the daemon of the asynchronous projections, and a start-up that brings
    /// the schema up before any other hosted service starts.
    /// </summary>
    public static IServiceCollection AddEventStore(this IServiceCollection services, Action<StoreOptions> configure)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(
            provider => CreateDataSource(provider.GetRequiredService<IConfiguration>(), provider.GetService<ILoggerFactory>()));
        services.AddSingleton(_ =>
        {
            var options = new StoreOptions();
            configure(options);
            return options;
        });
        services.TryAddSingleton(provider => new PostgresDoorbell(
            provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILogger<PostgresDoorbell>>()));
        services.AddSingleton(provider => new DocumentStore(
            provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<StoreOptions>(),
            provider.GetRequiredService<PostgresDoorbell>()));
        services.AddSingleton<IDocumentStore>(provider => provider.GetRequiredService<DocumentStore>());
        services.AddScoped(provider => provider.GetRequiredService<IDocumentStore>().LightweightSession());
        services.AddScoped(provider => provider.GetRequiredService<IDocumentStore>().QuerySession());
        services.AddHostedService<SchemaStartup>();
        services.AddHostedService(provider => provider.GetRequiredService<PostgresDoorbell>());
        services.AddSingleton(provider => new ProjectionDaemon(
            provider.GetRequiredService<DocumentStore>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILogger<ProjectionDaemon>>()));
        services.AddHostedService(provider => provider.GetRequiredService<ProjectionDaemon>());
        services.AddSingleton<ProjectionRebuild>();
        return services;
    }

    private static NpgsqlDataSource CreateDataSource(IConfiguration configuration, ILoggerFactory? loggers)
    {
        var text = configuration.GetConnectionString("auxo")
            ?? throw new InvalidOperationException("No database is configured: set ConnectionStrings__auxo, as the AppHost does.");
        var settings = new NpgsqlConnectionStringBuilder(text);
        // The driver's defaults, 100 and 0, are not meant for five services on one small server; whoever sets others gets them.
        if (settings.MaxPoolSize == 100) settings.MaxPoolSize = 10;
        if (settings.MaxAutoPrepare == 0) settings.MaxAutoPrepare = 64;
        // The reset is seven statements before the first of every session. What outlives a transaction here is a lock or a
        // subscription, and its owner ends it.
        settings.NoResetOnClose = true;
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        builder.UseLoggerFactory(loggers);
        return builder.Build();
    }

    /// <summary>Runs before the start of every hosted service, whatever the order of registration.</summary>
    private sealed class SchemaStartup(DocumentStore store) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken) => store.ApplySchemaAsync(cancellationToken);

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
