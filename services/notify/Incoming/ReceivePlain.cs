using System.Text.Json;
using System.Text.Json.Nodes;

using Auxo.Notify.Deliveries;
using Auxo.Notify.Planning;
using Auxo.Notify.Routes;
using Auxo.ServiceDefaults;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Notify.Incoming;

/// <summary>What became of a notification that another program sent.</summary>
/// <param name="Id">Of the notification.</param>
/// <param name="Deliveries">The ids of its deliveries.</param>
/// <param name="Reason">Why there is no delivery; null when there is one.</param>
public sealed record ReceivedAnswer(Guid Id, IReadOnlyList<string> Deliveries, string? Reason);

/// <summary>400: it cannot be read.</summary>
public sealed class UnreadableException(string detail) : AuxoException("told/unreadable", 400, detail);

/// <summary>
/// <c>POST /</c> and <c>POST /notify</c>: the old receiver. Programs on this machine need no token, as ever; others need the
/// scope <c>notify:send</c>. Answered after the commit. A sender that repeats itself with the same <c>webhook-id</c> or
/// <c>Idempotency-Key</c> is heard once.
/// </summary>
public static class ReceivePlain
{
    private const int MaxBytes = 64 * 1024;

    /// <summary>Maps the routes.</summary>
    public static void MapReceivePlain(this IEndpointRouteBuilder app)
    {
        app.MapPost("/", HandleAsync)
            .WithName("ReceivePlain").RequireScopeUnlessLoopback(NotifyScopes.Send).WithMetadata(new RequestLimit(MaxBytes));
        app.MapPost("/notify", HandleAsync)
            .WithName("ReceivePlainByName").RequireScopeUnlessLoopback(NotifyScopes.Send).WithMetadata(new RequestLimit(MaxBytes));
        app.MapGet("/schemas/plain.json", Schema).WithName("PlainSchema").RequireScopeUnlessLoopback(NotifyScopes.Read);
    }

    private static async Task<Accepted<ReceivedAnswer>> HandleAsync(
        HttpContext http, IDocumentStore store, NpgsqlDataSource source, DeliveryWorker worker, TimeProvider time, CancellationToken ct)
    {
        var payload = await ReadAsync(http.Request, ct) as JsonObject
            ?? throw new UnreadableException("The body must be a JSON object; GET /schemas/plain.json describes it.");
        var now = time.GetUtcNow();
        var key = (string?)http.Request.Headers["webhook-id"] ?? http.Request.Headers["Idempotency-Key"];
        var id = key is { Length: > 0 } ? DeliveryId.OfNotification("plain", key) : Guid.CreateVersion7(now);
        if (PlainPayload.Origin(payload) is { } origin && await IsOwnAsync(source, origin, ct))
            return TypedResults.Accepted(
                (string?)null, new ReceivedAnswer(origin, [], "these are this Auxo's own words, which came back; they are not sent again"));

        await using var session = store.TracedSession();
        var planned = PlannedNotification.Of(
            PlainPayload.Read(payload, id, now), await RoutingTable.LoadAsync(session, ct), session.CorrelationId, now);
        planned.Execute(session);
        await session.SaveChangesAsync(ct);
        worker.Wake();
        return TypedResults.Accepted((string?)null, new ReceivedAnswer(id, [.. planned.Deliveries.Select(static p => p.Id)],
            planned.Deliveries.Count == 0 ? "no route leads anywhere; 'auxo notify routes' shows them" : null));
    }

    /// <summary>JSON of limited size and depth, whatever the content type says: the old scripts said nothing.</summary>
    internal static async Task<JsonNode?> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        try
        {
            var read = await JsonNode.ParseAsync(request.Body,
                documentOptions: new JsonDocumentOptions { MaxDepth = 16, AllowDuplicateProperties = false }, cancellationToken: ct);
            Touch(read);
            return read;
        }
        catch (InvalidOperationException e)
        {
            throw new UnreadableException(
                $"The body is no JSON that can be read: a text in it is no Unicode, such as half a character ({e.Message.TrimEnd('.')}).");
        }
        catch (JsonException e)
        {
            throw new UnreadableException(
                $"The body is no JSON that can be read: line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1}.");
        }
    }

    /// <summary>Texts are decoded when they are first looked at, which is too late to say that one cannot be.</summary>
    private static void Touch(JsonNode? node)
    {
        if (node is JsonObject map) foreach (var (_, value) in map) Touch(value);
        else if (node is JsonArray list) foreach (var value in list) Touch(value);
        else if (node is JsonValue text && text.GetValueKind() == JsonValueKind.String) text.GetValue<string>();
    }

    private static async Task<bool> IsOwnAsync(NpgsqlDataSource source, Guid notification, CancellationToken ct)
    {
        await using var command = source.CreateCommand("select exists (select from notify.notifications where id = $1)");
        command.Parameters.AddRange(DeliveryTable.Parameters(notification));
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    private static FileStreamHttpResult Schema()
        => TypedResults.Stream(typeof(ReceivePlain).Assembly.GetManifestResourceStream("plain.schema.json")!, "application/schema+json");
}

/// <summary>The largest body that a route takes.</summary>
internal sealed record RequestLimit(long? MaxRequestBodySize) : Microsoft.AspNetCore.Http.Metadata.IRequestSizeLimitMetadata;
