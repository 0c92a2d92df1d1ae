using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

using Auxo.Notify.Channels;

using Microsoft.AspNetCore.Http;

namespace Auxo.Notify.Tests.Chat;

/// <summary>
/// The chat services as their documentation describes them, written from that and not from the sender: what they refuse, and in
/// which words.
/// </summary>
internal static partial class ChatServers
{
    public const string Token = "syt_YXV4bw_T0k3n-that-nobody-sees";
    public const string Room = "!operations:example.org";

    /// <summary>The path and query of a channel at each, with what is secret in it.</summary>
    public static string Path(string service) => service switch
    {
        "slack" => "/services/T0A1B2C3D/B0E1F2G3H/s3cr3tS3cr3tS3cr3t",
        "mattermost" => "/hooks/xjz7s3cr3ts3cr3ts3cr3t8t",
        "rocket.chat" => "/hooks/6419s3cr3t/Hs3cr3ts3cr3tKq",
        "discord" => "/api/webhooks/118822443366/s3cr3t-s3cr3t_s3cr3t?thread_id=42",
        "ntfy" => "/s3cr3t_topic",
        "teams" => "/workflows/0a1b/triggers/manual/paths/invoke?api-version=2016-06-01&sig=s3cr3ts3cr3t",
        _ => "",
    };

    public static ChannelKind Kind(string service) => service switch
    {
        "mattermost" or "rocket.chat" => ChannelKind.Slack,
        _ => Enum.Parse<ChannelKind>(service, ignoreCase: true),
    };

    /// <summary>As a server on a port.</summary>
    public static RequestDelegate Serve(string service) => async http =>
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var (status, said) = Answer(
            service, http.Request.Method, http.Request.Path + http.Request.QueryString, http.Request.Headers.Authorization, body.ToArray());
        http.Response.StatusCode = status;
        await http.Response.WriteAsync(said);
    };

    /// <summary>What it answers.</summary>
    public static (int Status, string Said) Answer(string service, string method, string path, string? authorization, byte[] body)
    {
        JsonObject? json;
        try
        {
            json = JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            json = null;
        }

        return service switch
        {
            "slack" => method != "POST" || !SlackPath().IsMatch(path) ? (404, "no_service") : Slack(json),
            "mattermost" => method != "POST" || !path.StartsWith("/hooks/", StringComparison.Ordinal)
                ? (404, "")
                : Mattermost(json),
            "rocket.chat" => RocketChat(json),
            "discord" => method != "POST" || !DiscordPath().IsMatch(path)
                ? (404, """{"message": "Unknown Webhook", "code": 10015}""")
                : Discord(json, path.Contains("wait=true", StringComparison.Ordinal)),
            "ntfy" => method != "POST" || path != "/"
                ? (404, """{"code":40401,"http":404,"error":"page not found"}""")
                : Ntfy(json, authorization),
            "matrix" => Matrix(method, path, authorization, json, body.Length),
            "teams" => Teams(json, body.Length),
            _ => throw new ArgumentOutOfRangeException(nameof(service), service, "no such service"),
        };
    }

    private static (int, string) Slack(JsonObject? json)
    {
        if (json is null) return (400, "invalid_payload");
        var attachments = json["attachments"]?.AsArray() ?? [];
        if (string.IsNullOrEmpty((string?)json["text"]) && attachments.Count == 0 && json["blocks"] is null) return (400, "no_text");
        var total = 0;
        foreach (var blocks in attachments.Select(static a => a!["blocks"]).Append(json["blocks"]).OfType<JsonArray>())
        {
            if (blocks.Count > 50) return (400, "invalid_blocks");
            foreach (var block in blocks)
            {
                var texts = (string?)block!["type"] switch
                {
                    "section" => Texts(block["text"], 3000)
                        .Concat((block["fields"]?.AsArray() ?? []).SelectMany(static f => Texts(f, 2000))),
                    "header" => Texts(block["text"], 150),
                    "context" => block["elements"]!.AsArray().SelectMany(static e => Texts(e, 3000)),
                    "divider" => [],
                    _ => [-1],
                };
                var lengths = texts.ToList();
                if (lengths.Contains(-1) || (block["fields"] as JsonArray)?.Count is 0 or > 10) return (400, "invalid_blocks");
                total += lengths.Sum();
            }
        }

        return total > 13_200 ? (400, "msg_blocks_too_long") : (200, "ok");
    }

    /// <summary>The length of a text object; -1 when it is none or too long.</summary>
    private static IEnumerable<int> Texts(JsonNode? text, int max)
        => text is null ? []
            : (string?)text["type"] is "plain_text" or "mrkdwn" && ((string?)text["text"])?.Length is > 0 and var length && length <= max
                ? [length]
                : [-1];

    private static (int, string) Mattermost(JsonObject? json)
    {
        const string Problem = """{"id":"web.incoming_webhook.SAID.app_error","message":"No text specified.","status_code":400}""";
        if (json is null) return (400, Problem.Replace("SAID", "parse", StringComparison.Ordinal));
        if (json["text"] is null && json["attachments"] is null) return (400, Problem.Replace("SAID", "text", StringComparison.Ordinal));
        var length = ((string?)json["text"])?.Length + json["attachments"]?.ToJsonString().Length;
        return length > 16_383 * 4 ? (400, Problem.Replace("SAID", "text.length", StringComparison.Ordinal)) : (200, "ok");
    }

    private static (int, string) RocketChat(JsonObject? json)
        => json?["text"] is null && json?["attachments"] is null
            ? (400, """{"success":false,"error":"Body cannot be empty"}""")
            : (200, """{"success":true}""");

    private static (int, string) Discord(JsonObject? json, bool waits)
    {
        if (json is null) return (400, """{"message": "The request body contains invalid JSON.", "code": 50109}""");
        var embeds = json["embeds"]?.AsArray() ?? [];
        if (string.IsNullOrEmpty((string?)json["content"]) && embeds.Count == 0)
            return (400, """{"message": "Cannot send an empty message", "code": 50006}""");
        var (total, wrong) = (0, ((string?)json["content"])?.Length > 2000 || embeds.Count > 10);
        foreach (var embed in embeds)
        {
            void Has(JsonNode? text, int max)
            {
                if (text is null) return;
                var length = ((string)text!).Length;
                wrong |= length == 0 || length > max;
                total += length;
            }

            Has(embed!["title"], 256);
            Has(embed["description"], 4096);
            Has(embed["footer"]?["text"], 2048);
            var fields = embed["fields"]?.AsArray() ?? [];
            wrong |= fields.Count > 25 || embed["color"] is JsonValue colour && (int)colour is < 0 or > 0xFFFFFF;
            foreach (var field in fields)
            {
                Has(field!["name"] ?? "", 256);
                Has(field["value"] ?? "", 1024);
            }
        }

        return wrong || total > 6000
            ? (400, """{"message": "Invalid Form Body", "code": 50035, "errors": {"embeds": {"0": {"_errors": []}}}}""")
            : waits ? (200, """{"id": "1188", "type": 0}""")
            : (204, "");
    }

    private static (int, string) Ntfy(JsonObject? json, string? authorization)
    {
        if (json is null) return (400, """{"code":40024,"http":400,"error":"invalid request: request body must be valid JSON"}""");
        if (!TopicName().IsMatch((string?)json["topic"] ?? ""))
            return (400, """{"code":40009,"http":400,"error":"invalid request: topic"}""");
        if (authorization is not (null or "Bearer " + Token)) return (401, """{"code":40101,"http":401,"error":"unauthorized"}""");
        if (Encoding.UTF8.GetByteCount((string?)json["message"] ?? "") > 4096)
            return (400, """{"code":40007,"http":400,"error":"message too large: it would be an attachment"}""");
        return json["priority"] is JsonValue priority && (int)priority is < 1 or > 5
            ? (400, """{"code":40007,"http":400,"error":"invalid priority parameter"}""")
            : (200, """{"id":"hwQ2YpKdmg","event":"message"}""");
    }

    private static (int, string) Matrix(string method, string path, string? authorization, JsonObject? json, int bytes)
    {
        if (authorization is null) return (401, """{"errcode":"M_MISSING_TOKEN","error":"Missing access token"}""");
        if (authorization != "Bearer " + Token) return (401, """{"errcode":"M_UNKNOWN_TOKEN","error":"Unrecognised access token"}""");
        if (method != "PUT" || MatrixPath().Match(path) is not { Success: true } match)
            return (404, """{"errcode":"M_UNRECOGNIZED","error":"Unrecognized request"}""");
        if (Uri.UnescapeDataString(match.Groups["room"].Value) != Room)
            return (403, """{"errcode":"M_FORBIDDEN","error":"User not in room"}""");
        if (json is null) return (400, """{"errcode":"M_NOT_JSON","error":"Content not JSON."}""");
        if (bytes > 60_000) return (413, """{"errcode":"M_TOO_LARGE","error":"event too large"}""");
        return json["msgtype"] is null || json["body"] is null
            ? (400, """{"errcode":"M_BAD_JSON","error":"'body' is missing"}""")
            : (200, $$"""{"event_id":"$of-{{match.Groups["txn"].Value}}"}""");
    }

    private static (int, string) Teams(JsonObject? json, int bytes)
    {
        if (bytes > 28 * 1024) return (413, """{"error":{"code":"RequestEntityTooLarge"}}""");
        var card = json?["attachments"]?[0];
        if ((string?)json?["type"] != "message" || (string?)card?["contentType"] != "application/vnd.microsoft.card.adaptive")
            return (400, """{"error":{"code":"TriggerInputSchemaMismatch","message":"the input is no AdaptiveCard"}}""");
        string[] known = ["TextBlock", "RichTextBlock", "Container", "FactSet", "ColumnSet"];
        return (string?)card["content"]!["type"] == "AdaptiveCard"
            && card["content"]!["body"]!.AsArray().All(e => known.Contains((string?)e!["type"], StringComparer.Ordinal))
            ? (202, "")
            : (400, """{"error":{"code":"BadRequest","message":"Property 'type' must be 'AdaptiveCard'"}}""");
    }

    [GeneratedRegex("^/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]+$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex SlackPath();

    [GeneratedRegex(@"^/api/webhooks/[0-9]+/[-_A-Za-z0-9]+(\?|$)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex DiscordPath();

    [GeneratedRegex("^[-_A-Za-z0-9]{1,64}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex TopicName();

    [GeneratedRegex(
        "^/_matrix/client/v3/rooms/(?<room>[^/]+)/send/m.room.message/(?<txn>[^/?]+)$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex MatrixPath();
}
