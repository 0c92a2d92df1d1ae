using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

using Auxo.ServiceDefaults.Changes;

using JasperFx;
using JasperFx.Events;

using Marten;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

using Npgsql;

using Weasel.Core;

using Wolverine.Marten;

namespace Auxo.ServiceDefaults.Storage;

/// <summary>Marten as every service uses it: one store in a schema of its own, string streams, no schema changes at run time.</summary>
public static class StoreConfiguration
{
    /// <summary>
    /// Adds one <see cref="NpgsqlDataSource"/> over <c>ConnectionStrings:auxo</c> (at most ten connections) and the store, which
    /// keeps its messages in the same schema. The schema must have been applied (<see cref="SchemaMigration"/>).
    /// </summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="model">What the service stores.</param>
    /// <returns>Marten's own expression, for the daemon where a service has asynchronous projections.</returns>
    public static MartenServiceCollectionExtensions.MartenConfigurationExpression AddStore(
        this IHostApplicationBuilder builder, ServiceModel model)
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(model);
        services.TryAddSingleton<ChangeFeed>();
        services.AddHostedService<SchemaGuard>();
        services.TryAddSingleton(
            provider => CreateDataSource(provider.GetRequiredService<IConfiguration>(), provider.GetService<ILoggerFactory>()));
        return services
            .AddMarten(provider =>
            {
                var options = new StoreOptions();
                options.Connection(provider.GetRequiredService<NpgsqlDataSource>());
                options.DatabaseSchemaName = model.Name;
                options.AutoCreateSchemaObjects = AutoCreate.None;
                options.UseSystemTextJsonForSerialization(Json(model.Json), EnumStorage.AsString, Casing.CamelCase);
                options.Events.StreamIdentity = StreamIdentity.AsString;
                options.Events.MetadataConfig.CorrelationIdEnabled = true;
                options.Events.MetadataConfig.CausationIdEnabled = true;
                options.Events.AppendMode = EventAppendMode.Quick;
                options.Events.TimeProvider = provider.GetRequiredService<TimeProvider>();
                options.Listeners.Add(new SaveCrashPoints());
                options.Listeners.Add(provider.GetRequiredService<ChangeFeed>());
                model.Store(options);
                return options;
            })
            .BuildSessionsWith<TracedSessions>()
            .IntegrateWithWolverine(wolverine =>
            {
                wolverine.MessageStorageSchemaName = model.Name;
                wolverine.TransportSchemaName = "queues";
                wolverine.AutoCreate = AutoCreate.None;
            });
    }

    /// <summary>
    /// The options by which a context writes, but that a discriminator may stand anywhere in an object, for <c>jsonb</c> sorts keys,
    /// and that no text has what <c>jsonb</c> cannot hold.
    /// </summary>
    public static JsonSerializerOptions Json(JsonSerializerContext context)
        => new(context.Options)
        {
            AllowOutOfOrderMetadataProperties = true,
            TypeInfoResolver = JsonTypeInfoResolver.Combine(context, new DefaultJsonTypeInfoResolver()),
            Converters = { new StorableText() },
        };

    private static NpgsqlDataSource CreateDataSource(IConfiguration configuration, ILoggerFactory? loggers)
    {
        if (configuration.GetConnectionString("auxo") is not { Length: > 0 } text)
            throw new RefusedStartException("No database is configured: set ConnectionStrings__auxo, as the AppHost does.");
        var settings = new NpgsqlConnectionStringBuilder(text);
        // The driver's defaults, 100 and 0, are not meant for five services on one small server; a setting of others wins.
        if (settings.MaxPoolSize == 100) settings.MaxPoolSize = 10;
        if (settings.MaxAutoPrepare == 0) settings.MaxAutoPrepare = 64;
        // A connection is a process of PostgreSQL with megabytes of its own; what a busy minute opened need not stay for five.
        if (settings.ConnectionIdleLifetime == 300) settings.ConnectionIdleLifetime = 30;
        // The reset is seven statements before the first of every session. What outlives a transaction here is a lock or a
        // subscription, and its owner ends it.
        settings.NoResetOnClose = true;
        // The name is a label of metrics, where it would be the whole connection string.
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = "auxo" };
        builder.UseLoggerFactory(loggers);
        return builder.Build();
    }
}
