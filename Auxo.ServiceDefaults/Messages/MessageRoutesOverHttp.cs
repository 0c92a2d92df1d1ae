using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

using Wolverine.Persistence.Durability;
using Wolverine.Persistence.Durability.DeadLetterManagement;
using Wolverine.Runtime;

namespace Auxo.ServiceDefaults.Messages;

/// <summary>What a service shows of its messages over HTTP.</summary>
public static class MessageRoutesOverHttp
{
    /// <summary>
    /// <c>GET /describe</c> (what handles what), <c>GET /queues</c> (how much waits), <c>GET /queues/messages?trace=…</c> (what of
    /// these traces waits), <c>GET /dead-letters</c> and <c>POST /dead-letters/replay?id=…</c> (all of them without an id).
    /// </summary>
    /// <param name="app">The service.</param>
    /// <param name="read">The scope of a token that may look.</param>
    /// <param name="write">The scope of a token that may have messages handled again.</param>
    public static void MapMessages(this IEndpointRouteBuilder app, string read, string write)
    {
        var group = app.MapGroup("").WithTags("messages").RequireScope(read);
        group.MapGet("/describe", static (ServiceIdentity service, IWolverineRuntime runtime)
            => TypedResults.Json(Describe(service, runtime), MessagesJson.Default.ServiceDescription))
            .Produces<ServiceDescription>();
        group.MapGet("/queues", static async (WaitingMessages waiting, CancellationToken ct)
            => TypedResults.Json(new QueueList([await waiting.StateAsync(ct)]), MessagesJson.Default.QueueList))
            .Produces<QueueList>();
        group.MapGet("/queues/messages", static async (WaitingMessages waiting, string[]? trace, CancellationToken ct)
            => TypedResults.Json(new WaitingList(await waiting.OfTracesAsync(trace ?? [], ct)), MessagesJson.Default.WaitingList))
            .Produces<WaitingList>();
        group.MapGet("/dead-letters", static async (IMessageStore store, CancellationToken ct)
            => TypedResults.Json(new DeadLetterList(await DeadLettersAsync(store, ct)), MessagesJson.Default.DeadLetterList))
            .Produces<DeadLetterList>();
        app.MapPost("/dead-letters/replay", static async (IMessageStore store, Guid[]? id, CancellationToken ct)
            => TypedResults.Json(new Replayed(await ReplayAsync(store, id ?? [], ct)), MessagesJson.Default.Replayed))
            .Produces<Replayed>().WithTags("messages").RequireScope(write);
    }

    private static ServiceDescription Describe(ServiceIdentity service, IWolverineRuntime runtime)
        => new(service.Name,
        [
            .. from chain in ((WolverineRuntime)runtime).Handlers.Chains
               let name = Wolverine.Util.WolverineMessageNaming.ToMessageTypeName(chain.MessageType)
               from call in chain.Handlers
               where call.HandlerType.Namespace?.StartsWith("Auxo.", StringComparison.Ordinal) is true
               orderby name
               select new HandlerDescription(
                   name, $"{call.HandlerType.Name}.{call.Method.Name}", service.Name, MessagesConfiguration.Policy),
        ]);

    private static async Task<IReadOnlyList<DeadLetter>> DeadLettersAsync(IMessageStore store, CancellationToken ct)
    {
        var found = await store.DeadLetters.QueryAsync(new DeadLetterEnvelopeQuery { PageSize = 200, Replayable = false }, ct);
        return
        [
            .. found.Envelopes.OrderByDescending(static l => l.FailedAt).Select(static l => new DeadLetter(
                l.Id, l.MessageType, l.Envelope.GroupId, l.Envelope.Data is { } data ? Encoding.UTF8.GetString(data) : "",
                l.Envelope.CorrelationId, l.SentAt, l.Envelope.Attempts, l.FailedAt ?? l.SentAt, Reason(l), l.ExceptionMessage)),
        ];
    }

    private static string Reason(DeadLetterEnvelope letter) => letter.ExceptionType.Split('.')[^1] switch
    {
        nameof(MessageEndsTheProcessException) => "ended_the_process",
        "UnknownMessageTypeNameException" or "NoHandlerForEnvelopeException" => "unknown_message",
        "JsonException" or UnreadableMessages.Reason => "unreadable_message",
        var other => other,
    };

    private static async Task<long> ReplayAsync(IMessageStore store, Guid[] ids, CancellationToken ct)
    {
        var query = ids.Length == 0 ? new DeadLetterEnvelopeQuery() : new DeadLetterEnvelopeQuery(ids);
        return (await store.DeadLetters.ReplayMatchingAsync(query, ct)).Affected ?? 0;
    }
}

internal sealed record ServiceDescription(string Service, IReadOnlyList<HandlerDescription> Handlers);

internal sealed record HandlerDescription(string Message, string Handler, string Queue, string Policy);

internal sealed record QueueList(IReadOnlyList<QueueState> Items);

internal sealed record WaitingList(IReadOnlyList<WaitingMessage> Items);

internal sealed record DeadLetterList(IReadOnlyList<DeadLetter> Items);

internal sealed record Replayed(long Count);

/// <summary>A message that was given up.</summary>
/// <param name="Id">Its envelope's id.</param>
/// <param name="MessageType">Its name on the wire.</param>
/// <param name="GroupId">Its group, which went on without it.</param>
/// <param name="Body">The message as JSON.</param>
/// <param name="CorrelationId">The trace id of what began it all.</param>
/// <param name="SentAt">When it was sent.</param>
/// <param name="Attempts">How often it failed.</param>
/// <param name="BuriedAt">When it was given up.</param>
/// <param name="Reason">The exception's type, or <c>unknown_message</c>, <c>unreadable_message</c> or <c>ended_the_process</c>.</param>
/// <param name="Detail">What the exception said.</param>
internal sealed record DeadLetter(
    Guid Id, string MessageType, string? GroupId, string Body, string? CorrelationId, DateTimeOffset SentAt,
    int Attempts, DateTimeOffset BuriedAt, string Reason, string Detail);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ServiceDescription))]
[JsonSerializable(typeof(QueueList))]
[JsonSerializable(typeof(WaitingList))]
[JsonSerializable(typeof(DeadLetterList))]
[JsonSerializable(typeof(Replayed))]
internal sealed partial class MessagesJson : JsonSerializerContext;
