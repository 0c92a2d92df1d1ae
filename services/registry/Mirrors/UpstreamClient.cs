using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

using Auxo.ServiceDefaults.Egress;

namespace Auxo.Registry.Mirrors;

/// <summary>
/// Asks upstream, by the guard of all outgoing calls. Redirects are followed (registries keep their files elsewhere), each
/// checked by the guard like the first address; what the client of the registry sent never goes out.
/// </summary>
public sealed class UpstreamClient(EgressGuard guard, TimeProvider time) : IDisposable
{
    private const int MostRedirects = 5;
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(20);
    private readonly HttpClient _http = guard.CreateClient();
    private readonly UpstreamTokens _tokens = new(time);

    /// <summary>One question. The answer's body is not read yet; a body that stands still breaks off.</summary>
    /// <param name="repository">Whose upstream, for the messages.</param>
    /// <param name="address">What is asked for.</param>
    /// <param name="prepare">Sets what the question has besides: forms, conditions, a token for this host.</param>
    /// <param name="ct">Breaks it off.</param>
    /// <exception cref="UpstreamAwayException">There is no answer, or one of a broken or busy server.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        string repository, Uri address, Action<HttpRequestMessage> prepare, CancellationToken ct)
    {
        var (asked, first) = (false, address);
        for (var redirects = 0; ; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("auxo", null));
            prepare(request);
            if (request.Headers.Authorization is null && _tokens.Find(address) is { } token) UpstreamTokens.Set(request, token);
            var response = await SendOnceAsync(repository, request, first, ct);
            if (!asked && UpstreamTokens.Realm(response) is { } realm)
            {
                response.Dispose();
                asked = true;
                await FetchTokenAsync(repository, realm, address, ct);
                continue;
            }

            if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect)
                || request.Method != HttpMethod.Get && request.Method != HttpMethod.Head) return response;
            using (response)
            {
                if (redirects == MostRedirects) throw Misled(repository, "it redirects in circles");
                if (response.Headers.Location is not { } location || !Uri.TryCreate(address, location, out var next))
                    throw Misled(repository, "it redirects without saying where to");
                if (next.Scheme != "https" && (next.Scheme != "http" || address.Scheme == "https"))
                    throw Misled(repository, $"it redirects to an address of '{next.Scheme}'");
                if (next.Host != address.Host || next.Port != address.Port) prepare = WithoutToken(prepare);
                address = next;
            }
        }
    }

    /// <summary>The body as it arrives, unpacked; a read that gets nothing for too long ends with an exception.</summary>
    public static async Task<Stream> BodyAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var body = new UpstreamBody(await response.Content.ReadAsStreamAsync(ct), TimeProvider.System);
        return response.Content.Headers.ContentEncoding.LastOrDefault() switch
        {
            null or "identity" => body,
            "gzip" or "x-gzip" => new GZipStream(body, CompressionMode.Decompress),
            var other => throw new IOException($"it sent its answer packed by '{other}', which was not asked for"),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>Without a token that it did not give, the question is asked again in vain, and its refusal is the answer.</summary>
    private async Task FetchTokenAsync(string repository, Uri realm, Uri address, CancellationToken ct)
    {
        if (realm.Scheme != "https" && (realm.Scheme != "http" || address.Scheme == "https")) return;
        using var request = new HttpRequestMessage(HttpMethod.Get, realm);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("auxo", null));
        using var response = await SendOnceAsync(repository, request, address, ct);
        await _tokens.KeepAsync(address, response, ct);
    }

    private static UpstreamAwayException Misled(string repository, string reason)
        => new(repository, reason) { IsOfOneAddress = true };

    private async Task<HttpResponseMessage> SendOnceAsync(
        string repository, HttpRequestMessage request, Uri first, CancellationToken ct)
    {
        // Where upstream sent us is not upstream: it may have sent us anywhere.
        var elsewhere = request.RequestUri!.Authority != first.Authority;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(AnswerWithin);
        try
        {
            guard.Parse(request.RequestUri.AbsoluteUri);
            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout)
                && (int)response.StatusCode < 500) return response;
            using (response)
                throw new UpstreamAwayException(repository, $"it answered {(int)response.StatusCode}")
                {
                    IsOfOneAddress = elsewhere,
                };
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new UpstreamAwayException(
                repository, $"there was no answer within {AnswerWithin.TotalSeconds:0} s", e)
            {
                IsOfOneAddress = elsewhere,
            };
        }
        catch (Exception e) when (e is HttpRequestException or EgressDeniedException or SocketException)
        {
            var denied = EgressDeniedException.In(e);
            throw new UpstreamAwayException(repository, denied?.Message.TrimEnd('.') ?? Reason(e), e)
            {
                IsOfOneAddress = elsewhere || denied is not null,
            };
        }
    }

    private static string Reason(Exception e)
        => e is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } ? "its name is not known"
            : e is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } ? "nobody answers there"
            : e is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } ? "its certificate is not trusted"
            : "the connection broke";

    private static Action<HttpRequestMessage> WithoutToken(Action<HttpRequestMessage> prepare) => request =>
    {
        prepare(request);
        request.Headers.Authorization = null;
    };
}
