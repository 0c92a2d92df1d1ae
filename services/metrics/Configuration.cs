using Auxo.EventStore.Projections;
using Auxo.Metrics.Ci;
using Auxo.Metrics.Deployments;
using Auxo.Metrics.Dora;
using Auxo.Metrics.Exposition;
using Auxo.Metrics.Facts;
using Auxo.Metrics.Failures;
using Auxo.Metrics.Repositories;
using Auxo.Metrics.Stories;

namespace Auxo.Metrics;

/// <summary>What this service consists of.</summary>
public static class Configuration
{
    /// <summary>The events, the projection and the tables of this service. Event names are stored for ever.</summary>
    public static void ConfigureStore(StoreOptions o)
    {
        o.DatabaseSchemaName = "metrics";
        o.UseJson(StoredJson.Default);
        o.Schema.Add("metrics", typeof(Configuration).Assembly);
        o.Schema.For<DayPack>(alias: "fact_day");
        o.Events
            .MapEventType("change_proposed", StoredJson.Default.ChangeProposed)
            .MapEventType("change_merged", StoredJson.Default.ChangeMerged)
            .MapEventType("change_archived", StoredJson.Default.ChangeArchived)
            .MapEventType("change_landed", StoredJson.Default.ChangeLanded)
            .MapEventType("build_queued", StoredJson.Default.BuildQueued)
            .MapEventType("build_started", StoredJson.Default.BuildStarted)
            .MapEventType("build_finished", StoredJson.Default.BuildFinished)
            .MapEventType("deployed", StoredJson.Default.Deployed)
            .MapEventType("failure_detected", StoredJson.Default.FailureDetected)
            .MapEventType("failure_recovered", StoredJson.Default.FailureRecovered)
            .MapEventType("failure_reopened", StoredJson.Default.FailureReopened)
            .MapEventType("failure_dismissed", StoredJson.Default.FailureDismissed)
            .MapEventType("repository_tracked", StoredJson.Default.RepositoryTracked)
            .MapEventType("repository_untracked", StoredJson.Default.RepositoryUntracked)
            .MapEventType("policy_changed", StoredJson.Default.PolicyChanged);
        o.Projections.Add<FactDays>(ProjectionLifecycle.Async);
        // A day's document is written anew with every page that has a fact of it: larger pages, fewer writes.
        o.Projections.PageSize = 2_000;
    }

    /// <summary>The messages of this service.</summary>
    public static void ConfigureMessaging(MessagingOptions o) => o.MapMessages(ContractsJson.Default, MessageNames.All);

    /// <summary>Adds the whole service.</summary>
    public static WebApplicationBuilder AddMetrics(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddEventStore(ConfigureStore);
        services.AddMessaging("metrics", typeof(Configuration).Assembly, ConfigureMessaging);
        services.AddSingleton<Histories>();
        services.AddSingleton<ExpositionPage>();
        services.AddSingleton<RefreshExposition>();
        services.AddHostedService(static p => p.GetRequiredService<RefreshExposition>());
        services.ConfigureHttpJsonOptions(static json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, HttpJson.Default));
        return builder;
    }

    /// <summary>Maps its routes.</summary>
    public static WebApplication MapMetricsService(this WebApplication app)
    {
        app.MapMessaging().RequireScope(MetricsScopes.Read);
        GetDora.Map(app);
        GetCi.Map(app);
        ReportDeployment.Map(app);
        ReportFailure.Map(app);
        SetPolicy.Map(app);
        GetStory.Map(app);
        return app;
    }
}

/// <summary>What a token may do here.</summary>
public static class MetricsScopes
{
    /// <summary>See numbers and what they are made of.</summary>
    public const string Read = "metrics:read";

    /// <summary>Report deployments and failures, and change how a repository is counted.</summary>
    public const string Write = "metrics:write";
}
