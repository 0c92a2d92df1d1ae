using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

using Auxo.Contracts;
using Auxo.ServiceDefaults.Storage;

using JasperFx;
using JasperFx.CodeGeneration;
using JasperFx.Core;
using JasperFx.Events;


using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

using Wolverine;
using Wolverine.Configuration;
using Wolverine.ErrorHandling;
using Wolverine.Postgresql;
using Wolverine.Postgresql.Transport;
using Wolverine.Util;

namespace Auxo.ServiceDefaults.Messages;

/// <summary>Wolverine as every service uses it: queues in PostgreSQL, a durable inbox and outbox, handlers compiled in the build.</summary>
public static class MessagesConfiguration
{
    private static readonly TimeSpan[] Cooldown = [50.Milliseconds(), 100.Milliseconds(), 250.Milliseconds()];
    private static readonly TimeSpan[] Later = [5.Seconds(), 30.Seconds(), 2.Minutes()];

    /// <summary>
    /// Wolverine keeps its names in a list of the process that does not stand two hosts that start at once: so once, by one
    /// thread.
    /// </summary>
    private static readonly Lazy<bool> Naming = new(static () =>
    {
        WolverineMessageNaming.InsertFirst<ContractNaming>();
        return true;
    });

    /// <summary>What happens when a handler throws, for people.</summary>
    internal static string Policy { get; } =
        $"lost race: 3 times at once, {Text([.. Cooldown, .. Later])}, dead letter; database away: "
        + $"{Text([.. Cooldown, 1.Seconds(), 5.Seconds(), .. Later, .. Later])}, dead letter; "
        + $"else: {Text([.. Cooldown, .. Later])}, dead letter";

    /// <summary>
    /// Adds Wolverine with the handlers of an assembly and the service's own queue; <see cref="MessageRoutes"/> says what goes where.
    /// The store must have been added (<see cref="StoreConfiguration.AddStore"/>).
    /// </summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="model">What the service hears.</param>
    public static void AddMessages(this IHostApplicationBuilder builder, ServiceModel model)
    {
        var services = builder.Services;
        _ = Naming.Value;
        services.AddSingleton<MessagesInHand>();
        services.AddSingleton<Outbox>();
        services.AddSingleton<WaitingMessages>();
        services.AddHostedService<OneProcess>();
        services.AddHostedService<UnreadableMessages>();
        services.AddHostedService<MessageDeaths>();
        builder.UseWolverine(options =>
        {
            options.ServiceName = model.Name;
            options.ApplicationAssembly = model.Assembly;
            options.CodeGeneration.TypeLoadMode = TypeLoadMode.Static;
            if (Environment.GetEnvironmentVariable("AUXO_CODEGEN_OUTPUT") is { Length: > 0 } output)
                options.CodeGeneration.GeneratedCodeOutputPath = output;
            options.CodeGeneration.Sources.Insert(0, new NowFromTimeProvider());
            options.UnknownMessageBehavior = UnknownMessageBehavior.DeadLetterQueue;
            options.AutoBuildMessageStorageOnStartup = AutoCreate.None;
            options.UseSystemTextJsonForSerialization(Write);
            Durable(options);
            Route(options, model.Name);
            options.Policies.AddMiddleware(typeof(InHandMiddleware));
            // The first rule that fits an exception decides; so what is special comes before what holds for all.
            model.Messages?.Invoke(options);
            Retry(options.Policies);
        });
    }

    private static string Text(IEnumerable<TimeSpan> pauses) => string.Join(", ", pauses.Select(static pause =>
        pause < 1.Seconds() ? $"{pause.TotalMilliseconds} ms"
            : pause < 1.Minutes() ? $"{pause.TotalSeconds} s"
            : $"{pause.TotalMinutes} min"));

    private static void Durable(WolverineOptions options)
    {
        options.Policies.AutoApplyTransactions();
        options.Policies.UseDurableLocalQueues();
        options.Policies.UseDurableInboxOnAllListeners();
        options.Policies.UseDurableOutboxOnAllSendingEndpoints();
        var durability = options.Durability;
        durability.Mode = DurabilityMode.Solo;
        durability.DurabilityMetricsEnabled = false;
        durability.KeepAfterMessageHandling = 7.Days();
        durability.HandledMessageCleanupPollingTime = 10.Minutes();
        durability.ScheduledJobFirstExecution = 100.Milliseconds();
        durability.ScheduledJobPollingTime = 1.Seconds();
    }

    /// <summary>
    /// A lost race: decide again at once. The database is away: it comes back. Anything else: soon, then later, then it is a dead letter.
    /// </summary>
    private static void Retry(IPolicies policies)
    {
        policies.OnException<ConcurrencyException>().Or<EventStreamUnexpectedMaxEventIdException>()
            .Or<ExistingStreamIdCollisionException>().Or<Marten.Exceptions.ExistingStreamIdCollisionException>()
            .RetryTimes(3).Then.RetryWithCooldown(Cooldown).Then.ScheduleRetry(Later).Then.MoveToErrorQueue();
        policies.OnException<Exception>(DatabaseAway.Is)
            .RetryWithCooldown([.. Cooldown, 1.Seconds(), 5.Seconds()]).Then.ScheduleRetry([.. Later, .. Later]).Then.MoveToErrorQueue();
        policies.OnAnyException().RetryWithCooldown(Cooldown).Then.ScheduleRetry(Later).Then.MoveToErrorQueue();
    }

    private static void Route(WolverineOptions options, string service)
    {
        // IntegrateWithWolverine has registered the transport already; adding it again would register its tables twice.
        var transport = options.Transports.GetOrCreate<PostgresqlTransport>();
        transport.EnableQueueNotifications = true;
        transport.EnableDeterministicQueueOrdering = true;
        options.MessagePartitioning.ByRule(new GroupByRoute());
        foreach (var route in MessageRoutes.All)
        {
            if (route.From != service && !route.To.Contains(service)) continue;
            options.RegisterMessageType(route.Message, route.Name);
            if (route.From != service || route.To.Count == 0) continue;
            options.Publish(rule =>
            {
                rule.Message(route.Message);
                foreach (var receiver in route.To) rule.ToPostgresqlQueue(receiver);
            });
        }

        options.ListenToPostgresqlQueue(service)
            .MaximumMessagesToReceive(1000).PollingInterval(1.Seconds()).PartitionProcessingByGroupId(PartitionSlots.Five);
    }

    private static void Write(JsonSerializerOptions options)
    {
        foreach (var converter in ContractsJson.Default.Options.Converters) options.Converters.Add(converter);
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.DefaultIgnoreCondition = ContractsJson.Default.Options.DefaultIgnoreCondition;
        options.TypeInfoResolver = JsonTypeInfoResolver.Combine(ContractsJson.Default, new DefaultJsonTypeInfoResolver());
    }
}
