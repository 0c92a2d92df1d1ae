using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Notify.Deliveries;

/// <summary>
/// <c>DELETE /deliveries/{id}</c>: forgets one that was given up and shall not be replayed. Others go by themselves when they
/// are old.
/// </summary>
public static class DeleteDelivery
{
    /// <summary>Maps the route.</summary>
    public static void MapDeleteDelivery(this IEndpointRouteBuilder app)
        => app.MapDelete("/deliveries/{id}", HandleAsync).WithName("DeleteDelivery").RequireScope(NotifyScopes.Write);

    private static async Task<NoContent> HandleAsync(string id, NpgsqlDataSource source, CancellationToken ct)
    {
        await using var command = source.CreateCommand("delete from notify.deliveries where id = $1 and state = 'dead'");
        command.Parameters.AddRange(DeliveryTable.Parameters(id));
        if (await command.ExecuteNonQueryAsync(ct) > 0) return TypedResults.NoContent();
        throw await ListDeliveries.FindAsync(source, id, ct) is { } there
            ? new NotGivenUpException(id, there.State)
            : new NoSuchDeliveryException(id);
    }
}
