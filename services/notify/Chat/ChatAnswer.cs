using System.Text.Json;
using System.Text.Json.Nodes;

using Auxo.Notify.Deliveries;
using Auxo.Notify.Senders;
using Auxo.ServiceDefaults.Egress;

namespace Auxo.Notify.Chat;

/// <summary>What a chat service's answer means.</summary>
public static class ChatAnswer
{
    /// <summary>
    /// 404 and 410 are final: services answer so when a webhook, its channel or its room is no more, and asking on would have
    /// the sender locked out. 429 is "later", at the time that stands in the head or the body.
    /// </summary>
    public static SendResult Result(ChatService service, GuardedAnswer answer, DateTimeOffset now)
    {
        var (status, json) = (service.Status((int)answer.Status, answer.Excerpt), Json(answer.Excerpt));
        var said = WebhookSender.Said(answer);
        var (result, detail) = status switch
        {
            >= 200 and < 300 when answer.Excerpt.TrimStart().StartsWith('<') => (new SendResult.Refused(),
                $"a web page answered ({status}) and no {service.Name}: look at the channel's address"),
            >= 200 and < 300 when IsNo(json) => (new SendResult.Refused(), $"{service.Name} did not take it{said}"),
            >= 200 and < 300 => ((SendResult)new SendResult.Delivered(), $"{service.Name} took it ({status})"),
            404 or 410 => (new SendResult.Gone(), $"{service.Name} says that there is no such channel any more ({status}{said})"),
            429 => (new SendResult.Failed(Longer(RetryAfter.Read(answer.RetryAfter, now), json is null ? null : service.Wish(json))),
                $"{service.Name} asks to come later (429)"),
            408 or 425 or >= 500 => (new SendResult.Failed(RetryAfter.Read(answer.RetryAfter, now)),
                $"{service.Name} answered {status}"),
            >= 300 and < 400 => (new SendResult.Refused(),
                $"{service.Name} redirects ({status}), and redirects are not followed: give the channel the address where it leads"),
            401 or 403 => (new SendResult.Refused(),
                $"{service.Name} does not let Auxo in ({status}{said}): set the channel up again with an address or a token that is valid"),
            _ => (new SendResult.Refused(), $"{service.Name} answered {status}{said}"),
        };
        return result with { Status = status, Excerpt = answer.Excerpt, Detail = detail };
    }

    /// <summary>Rocket.Chat says <c>success</c>, Slack's other interfaces say <c>ok</c>.</summary>
    private static bool IsNo(JsonObject? json)
        => new[] { "success", "ok" }.Any(name => json?[name] is JsonValue value && value.GetValueKind() == JsonValueKind.False);

    private static JsonObject? Json(string excerpt)
    {
        try
        {
            return JsonNode.Parse(excerpt.Length == 0 ? "null" : excerpt) as JsonObject;
        }
        catch (JsonException)
        {
            return null; // It is cut, or never was any.
        }
    }

    private static TimeSpan? Longer(TimeSpan? a, TimeSpan? b) => a is null || b > a ? b : a;
}
