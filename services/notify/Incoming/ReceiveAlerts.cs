using Auxo.Notify.Deliveries;
using Auxo.Notify.Planning;
using Auxo.Notify.Routes;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Notify.Incoming;

/// <summary>What became of a delivery of alerts.</summary>
/// <param name="Alerts">How many were read.</param>
/// <param name="Deliveries">The ids of their deliveries.</param>
/// <param name="Unreadable">What is wrong with each of those that were passed over.</param>
public sealed record AlertsAnswer(int Alerts, IReadOnlyList<string> Deliveries, IReadOnlyList<string> Unreadable);

/// <summary>
/// <c>POST /api/v1/alerts</c>: the webhooks of Alertmanager and of Grafana. They repeat themselves by design; an alert that began
/// once is raised once and cleared once, whatever they send.
/// </summary>
public static class ReceiveAlerts
{
    private const int MaxBytes = 1024 * 1024;

    /// <summary>Maps the route.</summary>
    public static void MapReceiveAlerts(this IEndpointRouteBuilder app)
        => app.MapPost("/api/v1/alerts", HandleAsync)
            .WithName("ReceiveAlerts").RequireScopeUnlessLoopback(NotifyScopes.Send).WithMetadata(new RequestLimit(MaxBytes));

    private static async Task<Accepted<AlertsAnswer>> HandleAsync(
        HttpContext http, IDocumentStore store, DeliveryWorker worker, TimeProvider time, CancellationToken ct)
    {
        var body = AlertBody.Read(await ReceivePlain.ReadAsync(http.Request, ct));
        var now = time.GetUtcNow();
        await using var session = store.TracedSession();
        var table = await RoutingTable.LoadAsync(session, ct);
        // In one order, so that two Alertmanagers that say the same at once wait for each other's rows, and never in a circle.
        var notifications = body.Alerts.Select(alert => AlertNotification.Of(body.Sender, alert, body.ExternalUrl, now))
            .OrderBy(static n => n.Id);
        var planned = notifications.Select(n => PlannedNotification.Of(n, table, session.CorrelationId, now)).ToList();
        planned.ForEach(p => p.Execute(session));
        await session.SaveChangesAsync(ct);
        worker.Wake();
        var deliveries = planned.SelectMany(static p => p.Deliveries).Select(static p => p.Id).ToList();
        return TypedResults.Accepted((string?)null, new AlertsAnswer(body.Alerts.Count, deliveries, body.Unreadable));
    }
}
