using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;

using Auxo.Notify.Deliveries;
using Auxo.ServiceDefaults;
using Auxo.ServiceDefaults.Egress;

namespace Auxo.Notify.Senders;

/// <summary>One request with a JSON body to a user-given address, through the guard, and what came of it.</summary>
public sealed class GuardedPost(EgressGuard guard, ServiceIdentity identity, TimeProvider time) : IDisposable
{
    private readonly HttpClient _client = guard.CreateClient();

    /// <summary>Sends. Of the answer, what would give the address or a token away is struck out.</summary>
    /// <param name="method">POST or PUT.</param>
    /// <param name="url">As the user gave it.</param>
    /// <param name="body">JSON in UTF-8.</param>
    /// <param name="headers">Further headers.</param>
    /// <param name="token">A bearer token; null for none.</param>
    /// <param name="read">What an answer means.</param>
    /// <param name="limit">For the whole exchange.</param>
    /// <param name="ct">The caller's own end.</param>
    public async Task<SendResult> SendAsync(
        HttpMethod method, string url, byte[] body, IEnumerable<(string Name, string Value)> headers, string? token,
        Func<GuardedAnswer, DateTimeOffset, SendResult> read, TimeSpan limit, CancellationToken ct)
    {
        try
        {
            var address = guard.Parse(url);
            using var request = new HttpRequestMessage(method, address) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("auxo", identity.Version));
            if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            foreach (var (name, value) in headers) request.Headers.Add(name, value);
            var answer = await GuardedExchange.SendAsync(_client, request, limit, time, ct);
            return read(answer with { Excerpt = Discreet(answer.Excerpt, address, token) }, time.GetUtcNow());
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

    /// <summary>A server that does not know an address often says it again, and the address is the secret.</summary>
    internal static string Discreet(string excerpt, Uri address, string? token)
    {
        var last = address.Segments[^1];
        string?[] secrets =
            [address.PathAndQuery, address.AbsolutePath, address.Query.TrimStart('?'), last.Length < 16 ? null : last, token];
        foreach (var secret in secrets)
            if (secret is { Length: >= 6 }) excerpt = excerpt.Replace(secret, "…", StringComparison.OrdinalIgnoreCase);
        return excerpt;
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
