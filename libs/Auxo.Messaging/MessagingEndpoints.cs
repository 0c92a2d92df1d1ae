using System.Text.Json;
using System.Text.Json.Serialization;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Auxo.Messaging;

/// <summary>What the bus of a service shows over HTTP.</summary>
public static class MessagingEndpoints
{
    /// <summary>
    /// <c>GET /describe</c> (who handles what), <c>GET /queues</c> (how much waits), <c>GET /queues/messages?trace=…</c> (what
    /// of these traces waits), <c>GET /dead-letters</c> and <c>POST /dead-letters/replay?id=…</c> (all of them without an id).
    /// The returned builder is for the service's authorisation.
    /// </summary>
    public static RouteGroupBuilder MapMessaging(this IEndpointRouteBuilder app)
    {
        var (queue, options, time) = (
            app.ServiceProvider.Get<QueueTable>(), app.ServiceProvider.Get<MessagingOptions>(), app.ServiceProvider.Get<TimeProvider>());
        var group = app.MapGroup("").WithTags("messaging");
        group.MapGet("/describe", (HandlerGraph graph)
            => TypedResults.Json(new ServiceDescription(options.ServiceName, graph.Describe()), MessagingJson.Default.ServiceDescription));
        group.MapGet("/queues", async (CancellationToken ct)
            => TypedResults.Json(new QueueList([await queue.StateAsync(time.GetUtcNow(), ct)]), MessagingJson.Default.QueueList));
        group.MapGet("/queues/messages", async (string[]? trace, CancellationToken ct)
            => TypedResults.Json(new WaitingList(await queue.WaitingAsync(trace ?? [], ct)), MessagingJson.Default.WaitingList));
        group.MapGet("/dead-letters", async (DeadLetters letters, CancellationToken ct)
            => TypedResults.Json(new DeadLetterList(await letters.ListAsync(limit: 200, ct)), MessagingJson.Default.DeadLetterList));
        group.MapPost("/dead-letters/replay", async (DeadLetters letters, Guid[]? id, CancellationToken ct)
            => TypedResults.Json(new Replayed(await letters.ReplayAsync(ct, id ?? [])), MessagingJson.Default.Replayed));
        return group;
    }

    private static T Get<T>(this IServiceProvider services)
        where T : class
        => (T?)services.GetService(typeof(T)) ?? throw new InvalidOperationException("MapMessaging needs AddMessaging.");
}

internal sealed record ServiceDescription(string Service, IReadOnlyList<HandlerDescription> Handlers);

internal sealed record QueueList(IReadOnlyList<QueueState> Items);

internal sealed record WaitingList(IReadOnlyList<WaitingMessage> Items);

internal sealed record DeadLetterList(IReadOnlyList<DeadLetter> Items);

internal sealed record Replayed(long Count);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ServiceDescription))]
[JsonSerializable(typeof(QueueList))]
[JsonSerializable(typeof(WaitingList))]
[JsonSerializable(typeof(DeadLetterList))]
[JsonSerializable(typeof(Replayed))]
internal sealed partial class MessagingJson : JsonSerializerContext;
