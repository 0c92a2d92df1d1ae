using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Auxo.Notify.Incoming;

/// <summary>Who sent alerts; both have one form with small differences.</summary>
public enum AlertSender
{
    /// <summary>Prometheus Alertmanager's <c>webhook_configs</c>, version 4.</summary>
    Alertmanager,

    /// <summary>A contact point of Grafana's unified alerting, version 1.</summary>
    Grafana,
}

/// <summary>One alert, as far as it matters here. What was absent or null is empty.</summary>
/// <param name="Status"><c>firing</c> or <c>resolved</c>.</param>
/// <param name="Labels">What distinguishes it from other alerts.</param>
/// <param name="Annotations">Words for people.</param>
/// <param name="StartsAt">Since when; the year 1 when it was not said.</param>
/// <param name="EndsAt">Until when; the year 1 while it lasts.</param>
/// <param name="Urls">Where to read on, the best first.</param>
/// <param name="Fingerprint">Its identity at the sender; null when the sender gives none.</param>
/// <param name="Values">Grafana: what was measured.</param>
public sealed record IncomingAlert(
    string? Status, IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations,
    DateTimeOffset StartsAt, DateTimeOffset EndsAt, IReadOnlyList<string> Urls, string? Fingerprint,
    IReadOnlyDictionary<string, string> Values);

/// <summary>The body of a delivery of alerts.</summary>
/// <param name="Sender">Who sent it.</param>
/// <param name="ExternalUrl">Where the sender itself is read.</param>
/// <param name="Alerts">Those that can be read.</param>
/// <param name="Unreadable">What is wrong with each of the others. One of them must not keep the rest from people.</param>
public sealed record AlertBody(
    AlertSender Sender, string? ExternalUrl, IReadOnlyList<IncomingAlert> Alerts, IReadOnlyList<string> Unreadable)
{
    private const int MaxAlerts = 1000;
    private const string Forms = "Alertmanager's version 4 nor Grafana's version 1";

    private static readonly Dictionary<string, string> None = [];

    /// <summary>Reads it.</summary>
    /// <exception cref="UnreadableException">It is no such body, or there is no alert in it that can be read.</exception>
    public static AlertBody Read(JsonNode? body)
    {
        if (body is not JsonObject read) throw new UnreadableException($"The body is neither {Forms}: it is no JSON object.");
        var sender = Scalar(Part(read, "version")) switch
        {
            "4" => AlertSender.Alertmanager,
            "1" => AlertSender.Grafana,
            var other => throw new UnreadableException(
                $"The body is neither {Forms}: its 'version' is {Quoted(other)}. Other notifications go to POST /."),
        };
        if (Part(read, "alerts") is not JsonArray { Count: <= MaxAlerts } alerts)
            throw new UnreadableException($"The body is neither {Forms}: 'alerts' must be a list of at most {MaxAlerts} alerts.");

        var (readable, unreadable) = (new List<IncomingAlert>(), new List<string>());
        foreach (var (index, alert) in alerts.Index())
        {
            try
            {
                readable.Add(Alert(alert));
            }
            catch (FormatException e)
            {
                unreadable.Add($"alerts[{index}]{e.Message}");
            }
        }

        return readable.Count > 0 || alerts.Count == 0
            ? new AlertBody(sender, Scalar(Part(read, "externalURL")), readable, unreadable)
            : throw new UnreadableException($"The body is neither {Forms}: {string.Join("; ", unreadable.Take(3))}.");
    }

    private static IncomingAlert Alert(JsonNode? node)
    {
        if (node is not JsonObject alert) throw new FormatException(" is no object");
        return new IncomingAlert(
            Text(alert, "status"), Map(alert, "labels"), Map(alert, "annotations"), Time(alert, "startsAt"), Time(alert, "endsAt"),
            [.. new[] { "panelURL", "dashboardURL", "generatorURL" }.Select(name => Text(alert, name)).OfType<string>()
                .Where(static url => url.Length > 0)],
            Text(alert, "fingerprint") is { Length: > 0 } fingerprint ? fingerprint : null, Map(alert, "values"));
    }

    private static string? Text(JsonObject of, string name)
        => Part(of, name) is not { } part ? null : Scalar(part) ?? throw new FormatException($".{name} is no text");

    /// <summary>Numbers and booleans may stand for texts, as everywhere here; a value that is null is as good as absent.</summary>
    private static Dictionary<string, string> Map(JsonObject of, string name) => Part(of, name) switch
    {
        null => None,
        JsonObject map => map.Where(static p => p.Value is not null).ToDictionary(
            static p => p.Key, p => Scalar(p.Value) ?? throw new FormatException($".{name}.{Shown(p.Key)} is no text"),
            StringComparer.Ordinal),
        _ => throw new FormatException($".{name} is no object"),
    };

    private static DateTimeOffset Time(JsonObject of, string name)
        => Text(of, name) is not { Length: > 0 } text ? default
            : DateTimeOffset.TryParse(
                text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
                ? time
            : throw new FormatException($".{name} is no time");

    /// <summary>Names are read whatever their case.</summary>
    private static JsonNode? Part(JsonObject of, string name)
        => of.FirstOrDefault(p => string.Equals(p.Key, name, StringComparison.OrdinalIgnoreCase)).Value;

    private static string? Scalar(JsonNode? node)
        => node is not JsonValue value ? null
            : value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>()
            : value.ToJsonString();

    private static string Quoted(string? text) => text is null ? "missing" : $"'{Shown(text)}'";

    private static string Shown(string text) => Notifications.Notification.Line(text, 40);
}
