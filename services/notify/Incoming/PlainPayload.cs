using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Notify.Notifications;

namespace Auxo.Notify.Incoming;

/// <summary>
/// The flat JSON object of the old scripts, in both directions. It was never specified, so it is read leniently: the usual
/// names of each thing are known, numbers and booleans may stand for texts, and what is not known is kept. It is written with
/// the first name of each.
/// </summary>
public static class PlainPayload
{
    /// <summary>What it says of itself, so that an Auxo recognises its own words when they come back in a circle.</summary>
    public const string Source = "auxo";

    private static readonly string[] Event = ["event", "type", "event_type", "action"];
    private static readonly string[] Title = ["title", "subject", "summary", "name"];
    private static readonly string[] Message = ["message", "text", "body", "msg", "description", "details"];
    private static readonly string[] Status = ["status", "result", "state", "outcome", "conclusion"];
    private static readonly string[] Severity = ["severity", "level", "priority", "urgency"];
    private static readonly string[] Repository = ["repository", "repo", "project"];
    private static readonly string[] RepositoryId = ["rid", "repository_id", "repo_id"];
    private static readonly string[] Branch = ["branch", "ref"];
    private static readonly string[] Commit = ["commit", "sha", "commit_id", "revision"];
    private static readonly string[] Patch = ["patch", "patch_id"];
    private static readonly string[] Author = ["author", "user", "actor", "committer"];
    private static readonly string[] Url = ["url", "link", "log_url", "html_url"];
    private static readonly string[] Time = ["timestamp", "time", "date", "at"];
    private static readonly string[] Known =
    [
        .. Event, .. Title, .. Message, .. Status, .. Severity, .. Repository, .. RepositoryId, .. Branch, .. Commit, .. Patch, .. Author,
        .. Url, .. Time, "source", "notification",
    ];

    /// <summary>
    /// The notification of a payload; its type begins with <see cref="NotificationTypes.ReceivedPrefix"/>, so that it is not taken for
    /// what Auxo saw itself.
    /// </summary>
    /// <param name="payload">The payload.</param>
    /// <param name="id">Of the notification.</param>
    /// <param name="now">The present; a time that lies later is not believed.</param>
    public static Notification Read(JsonObject payload, Guid id, DateTimeOffset now)
    {
        var (status, what) = (Text(payload, Status), Text(payload, Event));
        var repository = Text(payload, Repository);
        var message = Text(payload, Message);
        var title = Text(payload, Title) ?? FirstLine(message) ?? string.Join(' ', new[] { what, status }.OfType<string>());
        if (title.Length == 0) title = "a notification without a title";
        var at = DateTimeOffset.TryParse(Text(payload, Time), CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) && time < now ? time
            : long.TryParse(Text(payload, Time), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                && seconds < now.ToUnixTimeSeconds() ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : now;
        var line = Notification.Line(
            repository is null || title.StartsWith(repository, StringComparison.Ordinal) ? title : $"{repository}: {title}");
        var facts = string.Join('\n', new[] { ("status", status), ("branch", Text(payload, Branch)),
            ("commit", Text(payload, Commit)), ("patch", Text(payload, Patch)), ("by", Text(payload, Author)) }
            .Where(static f => f.Item2 is not null).Select(static f => $"{f.Item1}: {Notification.Line(f.Item2)}"));
        return new Notification(
            id, NotificationTypes.ReceivedPrefix + Word(what ?? "message"), LevelOf(Text(payload, Severity), status), line,
            Notification.Lines(string.Join('\n', new[] { message, facts }.Where(static t => !string.IsNullOrEmpty(t)))), at,
            repository is null && Text(payload, RepositoryId) is null
                ? null
                : new RepositoryFacts(Notification.Line(Text(payload, RepositoryId) ?? repository, 128),
                    Notification.Line(repository ?? Text(payload, RepositoryId), 100)),
            Web(Text(payload, Url)), Patch: Text(payload, Patch) is { } patch
                ? new PatchFacts(Notification.Line(patch, 64), null, null, Text(payload, Author), Text(payload, Commit))
                : null, Payload: payload);
    }

    /// <summary>A notification in the old form, as UTF-8.</summary>
    public static byte[] Write(Notification n)
    {
        var plain = new JsonObject
        {
            ["event"] = n.Type,
            ["title"] = n.Title,
            ["message"] = n.Text,
            ["status"] = n.Build is { } build
                ? StatusOf(build.Outcome)
                : n.Alert is { } alert ? alert.EndsAt is null ? "firing"
                : "resolved"
                : null,
            ["severity"] = Words.Of(n.Level),
            ["repository"] = n.Repository?.Name,
            ["rid"] = n.Repository?.Rid,
            ["branch"] = n.Build?.Ref,
            ["commit"] = n.Build?.Commit ?? n.Patch?.Commit,
            ["patch"] = n.Patch?.Id,
            ["author"] = n.Build?.Author ?? n.Patch?.Author,
            ["duration"] = n.Build?.DurationSeconds,
            ["url"] = n.Url,
            ["timestamp"] = Senders.StandardWebhook.Time(n.At),
            ["source"] = Source,
            ["notification"] = n.Id.ToString(),
        };
        foreach (var absent in plain.Where(static p => p.Value is null).Select(static p => p.Key).ToList()) plain.Remove(absent);
        return JsonSerializer.SerializeToUtf8Bytes(plain, HttpJson.Wire.JsonObject);
    }

    /// <summary>The notification behind a payload that an Auxo wrote; null when it is nobody's.</summary>
    public static Guid? Origin(JsonObject payload)
        => Text(payload, ["source"]) == Source && Guid.TryParse(Text(payload, ["notification"]), out var id) ? id : null;

    /// <summary>
    /// The numbers that it says beside that, with their units: <c>0.12</c>, <c>2 h 10 min</c>. Other texts may be anything, and are
    /// not for everybody who reads a chat.
    /// </summary>
    public static IEnumerable<(string Name, string Value)> Others(JsonObject payload)
        => payload.Where(static p => !Known.Contains(p.Key, StringComparer.OrdinalIgnoreCase)).Select(p => (p.Key, Text(payload, [p.Key])))
            .Where(static p => p.Item2 is { Length: <= 24 } text && IsNumber(text))
            .Select(static p => (p.Key, p.Item2!));

    private static bool IsNumber(string text)
        => char.IsAsciiDigit(text.TrimStart('-', '+', '<', '>', ' ').FirstOrDefault());

    private static string? Text(JsonObject payload, string[] names)
    {
        foreach (var name in names)
        {
            if (payload.FirstOrDefault(p => string.Equals(p.Key, name, StringComparison.OrdinalIgnoreCase))
                .Value is not JsonValue value) continue;
            var text = value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();
            if (!string.IsNullOrWhiteSpace(text)) return text.Trim();
        }

        return null;
    }

    private static Level LevelOf(string? severity, string? status) => severity?.ToLowerInvariant() switch
    {
        "critical" or "emergency" or "fatal" or "urgent" => Level.Critical,
        "warning" or "warn" or "error" or "high" or "major" => Level.Warning,
        null when status?.ToLowerInvariant() is "failure" or "failed" or "error" or "errored" or "timeout" or "timed_out" => Level.Warning,
        _ => Level.Info,
    };

    private static string StatusOf(Outcome outcome) => outcome switch
    {
        Outcome.Passed => "success",
        Outcome.Failed => "failure",
        Outcome.Errored => "error",
        Outcome.TimedOut => "timeout",
        _ => Words.Of(outcome),
    };

    /// <summary>Letters, digits, dots and dashes: it becomes a part of a type.</summary>
    private static string Word(string text)
        => string.Concat(Notification.Line(text, 60).ToLowerInvariant().Select(static c
            => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '-')).Trim('.', '-') is { Length: > 0 } word ? word : "message";

    private static string? FirstLine(string? text) => text?.Split('\n', 2)[0].Trim() is { Length: > 0 } line ? line : null;

    private static string? Web(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https" ? Notification.Line(uri!.AbsoluteUri, 2048) : null;
}
