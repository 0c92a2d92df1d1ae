using Auxo.Notify.Channels;
using Auxo.Notify.Deliveries;
using Auxo.Notify.Incoming;
using Auxo.Notify.Notifications;
using Auxo.ServiceDefaults.Egress;

namespace Auxo.Notify.Senders;

/// <summary>Posts a signed body.</summary>
public sealed class WebhookSender(GuardedPost post, TimeProvider time) : ISender
{
    private static readonly string[] Misses =
    [
        "no_text", "missing_text_or_fallback", "invalid_payload", "No text specified", "incoming_webhook", "empty message",
        "Body cannot be empty", "AdaptiveCard",
    ];

    /// <inheritdoc/>
    public ChannelKind Kind => ChannelKind.Webhook;

    /// <inheritdoc/>
    public int AtOnce => 8;

    /// <inheritdoc/>
    public Task<SendResult> SendAsync(BegunDelivery delivery, ChannelSettings settings, TimeSpan limit, CancellationToken ct)
    {
        var webhook = settings.Webhook!;
        var body = delivery.Form is { } form ? System.Text.Encoding.UTF8.GetBytes(form)
            : webhook.Format == WebhookFormat.Plain ? PlainPayload.Write(delivery.Notification)
            : StandardWebhook.Body(delivery.Notification);
        var now = time.GetUtcNow();
        (string, string)[] headers =
        [
            ("webhook-id", delivery.Id), ("webhook-timestamp", StandardWebhook.Seconds(now)),
            ("webhook-signature", StandardWebhook.Sign(webhook.Secrets, delivery.Id, now, body)),
        ];
        return post.SendAsync(HttpMethod.Post, webhook.Url, body, headers, token: null, Result, limit, ct);
    }

    /// <summary>What an answer means. A redirect is not followed, so it is a refusal: the channel has the wrong address.</summary>
    public static SendResult Result(GuardedAnswer answer, DateTimeOffset now)
    {
        var status = (int)answer.Status;
        SendResult result = status switch
        {
            >= 200 and < 300 => new SendResult.Delivered(),
            410 => new SendResult.Gone(),
            408 or 425 or 429 or >= 500 => new SendResult.Failed(RetryAfter.Read(answer.RetryAfter, now)),
            _ => new SendResult.Refused(),
        };
        return result with
        {
            Status = status,
            Excerpt = answer.Excerpt,
            Detail = status is >= 300 and < 400
                ? $"the receiver redirects ({status}), and redirects are not followed: give the channel the address where it leads"
                : $"the receiver answered {status}{(result is SendResult.Refused ? Said(answer) + Hint(answer.Excerpt) : "")}",
        };
    }

    /// <summary>Chat services miss a text in the body; that is how they show what they are.</summary>
    private static string Hint(string said)
        => Array.Exists(Misses, miss => said.Contains(miss, StringComparison.OrdinalIgnoreCase))
            ? " (that is a chat service: set the channel up as slack, discord or another of the chat kinds instead of a webhook)"
            : "";

    /// <summary>The receiver's own words, where somebody has to read them to change something.</summary>
    internal static string Said(GuardedAnswer answer)
        => Notification.Line(answer.Excerpt) is { Length: > 0 } said ? $": {said}" : "";
}
