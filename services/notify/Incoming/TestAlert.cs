using System.Text.Json.Serialization;

using Auxo.Notify.Deliveries;
using Auxo.Notify.Notifications;
using Auxo.Notify.Notifications.News;
using Auxo.Notify.Planning;
using Auxo.Notify.Routes;
using Auxo.ServiceDefaults;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Notify.Incoming;

/// <summary>An alert to try out.</summary>
/// <param name="Rule">The name of the rule.</param>
/// <param name="Severity"><c>info</c>, <c>warning</c> (by default) or <c>critical</c>.</param>
/// <param name="Rid">The repository that it shall be about; null for none.</param>
/// <param name="RepositoryName">Its name.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TestAlertRequest(string? Rule, string? Severity = null, Contracts.Rid? Rid = null, string? RepositoryName = null);

/// <summary>What became of it: who is told by which route, and the deliveries.</summary>
/// <param name="NotificationId">The notification that was made.</param>
/// <param name="Title">In one line.</param>
/// <param name="Recipients">Who is told by which route, and who is not and why.</param>
/// <param name="Deliveries">What is sent now.</param>
public sealed record TestAlertAnswer(
    Guid NotificationId, string Title, RecipientsAnswer Recipients, IReadOnlyList<DeliveryAnswer> Deliveries);

/// <summary>422: no rule is called so.</summary>
public sealed class InvalidRuleException() : AuxoException(
    "alert/invalid-rule", 422, "'rule' is the name of a rule: letters, digits, dots, dashes and underscores, at most 100.");

/// <summary>
/// <c>POST /alerts/test</c>: a real alert, by the way that one of that rule would take. It says of itself that it is a test.
/// </summary>
public static class TestAlert
{
    /// <summary>Maps the route.</summary>
    public static void MapTestAlert(this IEndpointRouteBuilder app)
        => app.MapPost("/alerts/test", HandleAsync).WithName("TestAlert").RequireScope(NotifyScopes.Write);

    /// <summary>The notification of a test; each is one of its own.</summary>
    /// <exception cref="InvalidRuleException">No rule is called so.</exception>
    public static Notification Of(TestAlertRequest request, string by, DateTimeOffset now)
    {
        if (request.Rule is not { Length: > 0 and <= 100 } rule
            || !rule.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')) throw new InvalidRuleException();
        var id = Guid.CreateVersion7(now);
        return OwnAlertNotification.Raised(
            id, rule, request.Severity ?? "warning", "a test; nothing is wrong",
            $"{Notification.Line(by, 60)} asked for it. If you read this, an alert of this rule would have come the same way.", null,
            OwnAlertNotification.Repository(request.Rid, request.RepositoryName), now);
    }

    private static async Task<Accepted<TestAlertAnswer>> HandleAsync(
        TestAlertRequest request, HttpContext http, IDocumentStore store, Npgsql.NpgsqlDataSource source, DeliveryWorker worker,
        TimeProvider time, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var notification = Of(request, http.Caller(), now);
        await using var session = store.TracedSession();
        var table = await RoutingTable.LoadAsync(session, ct);
        var planned = PlannedNotification.Of(notification, table, session.CorrelationId, now);
        planned.Execute(session);
        await session.SaveChangesAsync(ct);
        worker.Wake();
        var deliveries = new List<DeliveryAnswer>();
        foreach (var delivery in planned.Deliveries)
            if (await ListDeliveries.FindAsync(source, delivery.Id, ct) is { } found) deliveries.Add(found);
        return TypedResults.Accepted(
            "/deliveries?state=open",
            new TestAlertAnswer(notification.Id, notification.Title, GetRecipients.Decide(notification, table, now), deliveries));
    }
}
