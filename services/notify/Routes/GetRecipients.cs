using Auxo.Contracts;
using Auxo.Notify.Notifications;
using Auxo.ServiceDefaults;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Notify.Routes;

/// <summary>Who would hear of something.</summary>
/// <param name="Type">What happens.</param>
/// <param name="Level">How much it matters.</param>
/// <param name="Types">What may be asked for.</param>
/// <param name="Deliveries">What would be planned.</param>
/// <param name="Silent">The routes that would say nothing, and why.</param>
public sealed record RecipientsAnswer(
    string Type, Level Level, IReadOnlyList<string> Types, IReadOnlyList<RecipientAnswer> Deliveries, IReadOnlyList<SilentRoute> Silent);

/// <summary>A channel that would hear it.</summary>
/// <param name="Channel">Its name.</param>
/// <param name="Route">By which route.</param>
/// <param name="Refusal">Why it cannot be reached; null when it can.</param>
public sealed record RecipientAnswer(string Channel, string Route, string? Refusal);

/// <summary>A route that would say nothing.</summary>
/// <param name="Route">Its name.</param>
/// <param name="Why">For people.</param>
public sealed record SilentRoute(string Route, string Why);

/// <summary>404: nothing is ever called so.</summary>
public sealed class NoSuchTypeException(string type) : AuxoException(
    "notification/no-such-type", 404, $"Nothing is ever called '{type}'. There are: {string.Join(", ", NotificationTypes.All)}.");

/// <summary>
/// <c>GET /recipients?type=&amp;rid=&amp;name=&amp;level=</c>: who would hear of something if it happened now. Nothing is
/// sent; the decision is the one that is made when it happens.
/// </summary>
public static class GetRecipients
{
    /// <summary>Maps the route.</summary>
    public static void MapGetRecipients(this IEndpointRouteBuilder app)
        => app.MapGet("/recipients", HandleAsync).WithName("GetRecipients").RequireScope(NotifyScopes.Read);

    /// <summary>What the routes come to.</summary>
    public static RecipientsAnswer Decide(Notification notification, RoutingTable table)
        => new(
            notification.Type, notification.Level, NotificationTypes.All,
            [.. Routing.Route(notification, table).Select(static p => new RecipientAnswer(p.Channel, p.Route!, p.Refusal))],
            [.. table.Routes.Select(r => (r.Name, Why: r.Silence(notification))).Where(static r => r.Why is not null)
                .Select(static r => new SilentRoute(r.Name, r.Why!))]);

    private static async Task<Ok<RecipientsAnswer>> HandleAsync(
        IDocumentStore store, TimeProvider time, CancellationToken ct, string type = "build.failed", Rid? rid = null, string? name = null,
        Level? level = null)
    {
        if (!NotificationTypes.All.Contains(type)) throw new NoSuchTypeException(type);
        var imagined = new Notification(
            Guid.Empty, type, level ?? NotificationTypes.UsualLevel(type), type, "", time.GetUtcNow(),
            rid is { } repository ? new RepositoryFacts(repository.Value, name ?? repository.Value) : null);
        await using var session = store.QuerySession();
        return TypedResults.Ok(Decide(imagined, await RoutingTable.LoadAsync(session, ct)));
    }
}
