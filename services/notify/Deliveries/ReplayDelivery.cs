using Auxo.ServiceDefaults;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Notify.Deliveries;

/// <summary>How many are made again.</summary>
public sealed record ReplayAnswer(int Count);

/// <summary>409: only what was given up is replayed or deleted.</summary>
public sealed class NotGivenUpException(string id, DeliveryState state)
    : AuxoException(
        "delivery/not-given-up", 409, $"{id} is {Notifications.Words.Of(state)}; only what was given up can be replayed or deleted.");

/// <summary>
/// <c>POST /deliveries/{id}/replay</c> and <c>POST /deliveries/replay?channel=</c>: makes given-up deliveries again, under the
/// same webhook-id.
/// </summary>
public static class ReplayDelivery
{
    /// <summary>Maps the routes.</summary>
    public static void MapReplayDelivery(this IEndpointRouteBuilder app)
    {
        app.MapPost("/deliveries/{id}/replay", OneAsync).WithName("ReplayDelivery").RequireScope(NotifyScopes.Write);
        app.MapPost("/deliveries/replay", AllAsync).WithName("ReplayDeliveries").RequireScope(NotifyScopes.Write);
    }

    private static async Task<Accepted<ReplayAnswer>> OneAsync(
        string id, NpgsqlDataSource source, DeliveryWorker worker, TimeProvider time, CancellationToken ct)
    {
        if (await DeliveryTable.ReplayAsync(source, id, channel: null, time.GetUtcNow(), ct) == 0)
            throw await ListDeliveries.FindAsync(source, id, ct) is { } there
                ? new NotGivenUpException(id, there.State)
                : new NoSuchDeliveryException(id);
        worker.Wake();
        return TypedResults.Accepted($"/deliveries/{id}", new ReplayAnswer(1));
    }

    private static async Task<Accepted<ReplayAnswer>> AllAsync(
        NpgsqlDataSource source, DeliveryWorker worker, TimeProvider time, CancellationToken ct, string? channel = null)
    {
        var count = await DeliveryTable.ReplayAsync(source, id: null, channel, time.GetUtcNow(), ct);
        worker.Wake();
        return TypedResults.Accepted("/deliveries?state=open", new ReplayAnswer(count));
    }
}
