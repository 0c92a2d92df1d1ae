using System.Text.Json.Serialization.Metadata;

using System.Text.Json;
using System.Text.Json.Serialization;

using Auxo.Contracts;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Changes;
using Auxo.ServiceDefaults.Description;
using Auxo.ServiceDefaults.Metrics;
using Auxo.ServiceDefaults.Settings;
using Auxo.ServiceDefaults.Telemetry;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Auxo.ServiceDefaults;

/// <summary>What every service does the same way: one call on the builder, one on the application.</summary>
public static partial class Extensions
{
    /// <summary>
    /// Adds logging, telemetry, health, metrics, problems, JSON, service discovery, authentication and an authorisation that
    /// denies by default.
    /// </summary>
    /// <param name="builder">The service's builder; <c>CreateSlimBuilder</c> is enough.</param>
    /// <param name="service">The service's name, such as <c>pipeline</c>; it names the service in telemetry and chooses its
    /// default port.</param>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder, string service)
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        var identity = new ServiceIdentity(service);
        services.AddSingleton(identity);
        builder.AddLogging();
        builder.AddTelemetry(identity);

        // Whoever starts a service by hand gets its usual port, on loopback; the AppHost says it by ASPNETCORE_URLS.
        if (string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey]) && KnownServices.UsualPort(service) is { } port)
            builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false);

        // Streams of logs end with ApplicationStopping; what still runs after this is cut, and is repeated after the next start.
        services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));
        services.ConfigureHttpJsonOptions(static json =>
        {
            Configure(json.SerializerOptions);
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, Timeline.TimelineJson.Default);
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, Doctor.DoctorJson.Default);
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, SettingsJson.Default);
        });
        // After the services have named their own types.
        services.PostConfigure<Microsoft.AspNetCore.Http.Json.JsonOptions>(static json => json.SerializerOptions.TypeInfoResolver =
            json.SerializerOptions.TypeInfoResolver!.WithAddedModifier(RequiredIds.Apply));
        services.AddSingleton<PreparedMetrics>();
        services.AddHealth();
        services.AddProblems();
        services.AddServiceDiscovery();
        services.ConfigureHttpClientDefaults(static client => client.AddServiceDiscovery());
        services.AddAccess();
        return builder;
    }

    /// <summary>
    /// Maps <c>/health</c>, <c>/alive</c> and <c>/metrics</c>, and puts the handling of errors and access before everything
    /// that is mapped after it: call it first.
    /// </summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapHealth();
        app.MapMetrics();
        if (app.Services.GetService<ServiceModel>() is { } model)
        {
            app.MapChanges(model.Name);
            app.MapDescription();
        }

        var service = app.Services.GetRequiredService<ServiceIdentity>();
        if (app.Services.GetService<KnownSettings>() is not null) app.MapSettings(service.Name);
        app.Lifetime.ApplicationStarted.Register(() => Log.Started(app.Logger, service.Name, service.Version, string.Join(' ', app.Urls)));
        return app;
    }

    /// <summary>
    /// How all services write and read JSON over HTTP: camel case, enums as <c>snake_case</c> strings, unknown members ignored.
    /// </summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.MaxDepth = 32;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
    }

    private static partial class Log
    {
        [LoggerMessage(20, LogLevel.Information, "{Service} {Version} listens on {Urls}")]
        public static partial void Started(ILogger logger, string service, string version, string urls);
    }
}

/// <summary>The name of the running service, such as <c>pipeline</c>.</summary>
public sealed record ServiceIdentity(string Name)
{
    /// <summary>The product's version.</summary>
    public string Version { get; } = typeof(ServiceIdentity).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
}
