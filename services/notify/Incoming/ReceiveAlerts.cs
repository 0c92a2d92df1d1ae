using System.Text.Json;
using System.Text.Json.Nodes;

using Auxo.Notify.Deliveries;
using Auxo.Notify.Notifications;
using Auxo.Notify.Planning;
using Auxo.Notify.Routes;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Notify.Incoming;

/// <summary>What Alertmanager posts (version 4), so far as it matters here.</summary>
public sealed record AlertmanagerBody(string? Version, IReadOnlyList<AlertmanagerAlert>? Alerts, string? ExternalUrl, int TruncatedAlerts);

/// <summary>One of its alerts.</summary>
public sealed record AlertmanagerAlert(
    string? Status, IReadOnlyDictionary<string, string>? Labels, IReadOnlyDictionary<string, string>? Annotations,
    DateTimeOffset StartsAt, DateTimeOffset EndsAt, string? GeneratorUrl, string? Fingerprint);

/// <summary>How many alerts were new.</summary>
public sealed record AlertsAnswer(int Alerts, IReadOnlyList<string> Deliveries);

/// <summary>
/// <c>POST /api/v1/alerts</c>: Alertmanager's webhook. It repeats itself by design; an alert that began once is raised once and
/// cleared once, whatever it sends.
/// </summary>
public static class ReceiveAlerts
{
    private const int MaxBytes = 1024 * 1024;
    private const int MaxAlerts = 1000;

    /// <summary>Maps the route.</summary>
    public static void MapReceiveAlerts(this IEndpointRouteBuilder app)
        => app.MapPost("/api/v1/alerts", HandleAsync)
            .WithName("ReceiveAlerts").RequireScopeUnlessLoopback(NotifyScopes.Send).WithMetadata(new RequestLimit(MaxBytes));

    private static async Task<Accepted<AlertsAnswer>> HandleAsync(
        HttpContext http, IDocumentStore store, DeliveryWorker worker, TimeProvider time, CancellationToken ct)
    {
        var body = Parse(await ReceivePlain.ReadAsync(http.Request, ct));
        var now = time.GetUtcNow();
        await using var session = store.TracedSession();
        var table = await RoutingTable.LoadAsync(session, ct);
        // In one order, so that two Alertmanagers that say the same at once wait for each other's rows, and never in a circle.
        var notifications = body.Alerts!.Select(alert => Read(alert, body.ExternalUrl, now)).OrderBy(static n => n.Id);
        var planned = notifications.Select(n => PlannedNotification.Of(n, table, session.CorrelationId, now)).ToList();
        planned.ForEach(p => p.Execute(session));
        await session.SaveChangesAsync(ct);
        worker.Wake();
        var deliveries = planned.SelectMany(static p => p.Deliveries).Select(static p => p.Id).ToList();
        return TypedResults.Accepted((string?)null, new AlertsAnswer(body.Alerts!.Count, deliveries));
    }

    /// <summary>The notification of one alert; its id follows from fingerprint, begin and state.</summary>
    public static Notification Read(AlertmanagerAlert alert, string? externalUrl, DateTimeOffset now)
    {
        var (labels, notes) = (alert.Labels ?? new Dictionary<string, string>(StringComparer.Ordinal), alert.Annotations
            ?? new Dictionary<string, string>(StringComparer.Ordinal));
        var cleared = alert.Status == "resolved";
        var name = Notification.Line(labels.GetValueOrDefault("alertname") ?? "an alert without a name", 100);
        var level = labels.GetValueOrDefault("severity")?.ToLowerInvariant() switch { "critical" or "page"
            => Level.Critical, "info" or "none" => Level.Info, _ => Level.Warning };
        var repository = labels.GetValueOrDefault("repo");
        var shown = labels.Where(static l => l.Key is not ("alertname" or "severity")).Take(30).OrderBy(static l
            => l.Key, StringComparer.Ordinal).Select(static l => $"{Notification.Line(l.Key, 60)}={Notification.Line(l.Value)}");
        var at = cleared && alert.EndsAt.Year > 1 ? alert.EndsAt : alert.StartsAt;
        return new Notification(
            DeliveryId.OfNotification("alertmanager", $"{alert.Fingerprint}\n{alert.StartsAt.UtcTicks}\n{alert.Status}"),
            cleared ? "alert.cleared" : "alert.raised", cleared ? Level.Info : level,
            Notification.Line($"{(cleared ? "cleared" : "alert")}: {name}: {notes.GetValueOrDefault("summary")}".TrimEnd(':', ' ')),
            Notification.Lines(string.Join('\n',
                new[] { notes.GetValueOrDefault("description"), string.Join(", ", shown) }.Where(static t => !string.IsNullOrEmpty(t)))),
            at < now
                ? at
                : now, repository is null
                    ? null
                    : new RepositoryFacts(Notification.Line(repository, 128), Notification.Line(repository, 100)),
            Address(alert.GeneratorUrl) ?? Address(externalUrl),
            Alert: new AlertFacts(name, labels.Take(30).ToDictionary(static l => Notification.Line(l.Key, 60), static l
                => Notification.Line(l.Value), StringComparer.Ordinal), alert.StartsAt, cleared ? at : null));
    }

    private static AlertmanagerBody Parse(JsonNode? body)
    {
        try
        {
            if (body.Deserialize(HttpJson.Wire.AlertmanagerBody) is { Version: "4", Alerts: { Count: <= MaxAlerts } } read) return read;
        }
        catch (JsonException e)
        {
            throw new UnreadableException($"The body is not Alertmanager's version 4: at {e.Path}.");
        }

        throw new UnreadableException($"The body is not Alertmanager's version 4 with at most {MaxAlerts} alerts.");
    }

    private static string? Address(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https" ? Notification.Line(uri!.AbsoluteUri, 2048) : null;
}
