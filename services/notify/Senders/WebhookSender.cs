using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;

using Auxo.Notify.Channels;
using Auxo.Notify.Deliveries;
using Auxo.Notify.Incoming;
using Auxo.ServiceDefaults;
using Auxo.ServiceDefaults.Egress;

namespace Auxo.Notify.Senders;

/// <summary>Posts a signed body, through the guard.</summary>
public sealed class WebhookSender(EgressGuard guard, ServiceIdentity identity, TimeProvider time) : ISender, IDisposable
{
    private readonly HttpClient _client = guard.CreateClient();

    /// <inheritdoc/>
    public ChannelKind Kind => ChannelKind.Webhook;

    /// <inheritdoc/>
    public int AtOnce => 8;

    /// <inheritdoc/>
    public async Task<SendResult> SendAsync(BegunDelivery delivery, ChannelSettings settings, TimeSpan limit, CancellationToken ct)
    {
        try
        {
            using var request = Request(delivery, settings.Webhook!);
            return Result(await GuardedExchange.SendAsync(_client, request, limit, time, ct), time.GetUtcNow());
        }
        catch (EgressDeniedException e)
        {
            return new SendResult.Impossible { Detail = e.Message };
        }
        catch (TimeoutException e)
        {
            return new SendResult.Failed { Detail = e.Message };
        }
        catch (SocketException e)
        {
            return new SendResult.Failed { Detail = e.Message };
        }
        catch (HttpRequestException e)
        {
            return EgressDeniedException.In(e) is { } denied
                ? new SendResult.Impossible { Detail = denied.Message }
                : new SendResult.Failed { Detail = Reason(e) };
        }
    }

    /// <summary>What an answer means. A redirect is not followed, so it is a refusal: the channel has the wrong address.</summary>
    public static SendResult Result(GuardedAnswer answer, DateTimeOffset now)
    {
        var status = (int)answer.Status;
        SendResult result = status switch
        {
            >= 200 and < 300 => new SendResult.Delivered(),
            410 => new SendResult.Gone(),
            408 or 425 or 429 or >= 500 => new SendResult.Failed(Wish(answer.RetryAfter, now)),
            _ => new SendResult.Refused(),
        };
        return result with
        {
            Status = status,
            Excerpt = answer.Excerpt,
            Detail = status is >= 300 and < 400
                ? $"the receiver redirects ({status}), and redirects are not followed: give the channel the address where it leads"
                : $"the receiver answered {status}",
        };
    }

    /// <summary>Retry-After in seconds or as a date; one that lies in the past asks for nothing.</summary>
    public static TimeSpan? Wish(RetryConditionHeaderValue? header, DateTimeOffset now) => header switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date > now ? date - now : TimeSpan.Zero,
        _ => null,
    };

    private HttpRequestMessage Request(BegunDelivery delivery, WebhookSettings settings)
    {
        var body = settings.Format == WebhookFormat.Plain
            ? PlainPayload.Write(delivery.Notification)
            : StandardWebhook.Body(delivery.Notification);
        var now = time.GetUtcNow();
        var request = new HttpRequestMessage(HttpMethod.Post, guard.Parse(settings.Url)) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("auxo", identity.Version));
        request.Headers.Add("webhook-id", delivery.Id);
        request.Headers.Add("webhook-timestamp", StandardWebhook.Seconds(now));
        request.Headers.Add("webhook-signature", StandardWebhook.Sign(settings.Secrets, delivery.Id, now, body));
        return request;
    }

    /// <summary>In words without the address, which may be a secret.</summary>
    private static string Reason(HttpRequestException e)
        => (e.HttpRequestError, Inner<SocketException>(e)?.SocketErrorCode, Inner<AuthenticationException>(e)) switch
    {
        (HttpRequestError.NameResolutionError, _, _) or (_, SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData, _)
            => "the receiver's name is not known to the DNS",
        (_, SocketError.ConnectionRefused, _) => "nothing listens at the receiver",
        (_, SocketError.TimedOut, _) => "the receiver does not take the connection",
        (HttpRequestError.ResponseEnded, _, _) or (_, SocketError.ConnectionReset
            or SocketError.ConnectionAborted or SocketError.Shutdown, _) => "the receiver closed the connection without an answer",
        (_, { } error, _) => $"no connection: {error}",
        (_, _, { } tls) => $"TLS failed: {tls.Message}",
        (HttpRequestError.SecureConnectionError, _, _) => "TLS failed",
        (HttpRequestError.InvalidResponse, _, _) => "the receiver's answer is no HTTP",
        (HttpRequestError.ConfigurationLimitExceeded, _, _) => "the receiver's answer has too long a head",
        var (error, _, _) => $"no answer: {error}",
    };

    private static T? Inner<T>(Exception? e)
        where T : Exception
    {
        while (e is not null and not T) e = e.InnerException;
        return (T?)e;
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}
