using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;

using Auxo.Console.Access;

using Refit;

namespace Auxo.Console;

/// <summary>The services, asked with the token of whoever is signed in: a page shows what that token may see, and nothing else.</summary>
internal sealed class Clients(IHttpClientFactory factory, IHttpContextAccessor context)
{
    private static readonly RefitSettings Settings = new(new SystemTextJsonContentSerializer(ApiJson.Options))
    {
        UrlResolution = UrlResolutionMode.Rfc3986,
        CollectionFormat = CollectionFormat.Multi,
        ExceptionFactory = static _ => new((Exception?)null),
        DeserializationExceptionFactory = static (response, error) => new(error is JsonException e
            ? new ServiceException(
                response.RequestMessage?.RequestUri?.Host ?? "a service", 502,
                $"answers something else than this console reads ({e.Path ?? "$"}): are they of one build?", e)
            : error),
        TransportExceptionFactory = static (_, error, _) => error,
    };

    public IIngest Ingest => For<IIngest>("ingest");

    public IPipeline Pipeline => For<IPipeline>("pipeline");

    public IRegistry Registry => For<IRegistry>("registry");

    public INotify Notify => For<INotify>("notify");

    public IMetrics Metrics => For<IMetrics>("metrics");

    public IMessaging Messaging(string service) => For<IMessaging>(service);

    /// <summary>What a service did for a push.</summary>
    public ITimeline Timeline(string service) => For<ITimeline>(service);

    /// <summary>What a part needs, and whether it has it.</summary>
    public IDiagnosis Diagnosis(string service) => For<IDiagnosis>(service);

    /// <summary>What an operator may choose of a service.</summary>
    public ISettings SettingsOf(string service) => For<ISettings>(service);

    /// <summary>What the page is shown without, since it gave no answer.</summary>
    public ConcurrentDictionary<string, string> Silent { get; } = new(StringComparer.Ordinal);

    /// <summary>The client for answers that are streams: they may take as long as they like.</summary>
    public static string Streams(string service) => service + " streams";

    /// <summary>For answers that are streams, with the signed-in user's token.</summary>
    public HttpClient Stream(string service) => Http(Streams(service), context.HttpContext?.User.Token());

    /// <summary>A service, asked with the signed-in user's token.</summary>
    public HttpClient Http(string service) => Http(service, context.HttpContext?.User.Token());

    /// <summary>With another token.</summary>
    public HttpClient Http(string service, string? token)
    {
        var client = factory.CreateClient(service);
        if (token is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>The registry without a token: for signing in. It learns the address of the browser.</summary>
    public IRegistry Stranger(HttpContext http) => From(http, token: null);

    /// <summary>The registry where it compares a password of whoever is signed in. It learns the address of the browser.</summary>
    public IRegistry OfBrowser(HttpContext http) => From(http, http.User.Token());

    /// <summary>
    /// What a service answers; null when it refuses or is silent: what else there is to show is as good without it. The page says who was
    /// silent.
    /// </summary>
    /// <param name="asked">The answer, on its way.</param>
    /// <param name="matters">Which refusals are thrown all the same; none when it is left out.</param>
    /// <exception cref="ServiceException">One that matters.</exception>
    public async Task<T?> OrNothingAsync<T>(Task<T> asked, Func<ServiceException, bool>? matters = null)
        where T : class
    {
        try
        {
            return await asked;
        }
        catch (ServiceException e) when (matters?.Invoke(e) is not true)
        {
            if (e.IsSilence) Silent[e.Service] = e.Message;
            return null;
        }
    }

    private IRegistry From(HttpContext http, string? token)
    {
        var client = Http("registry", token);
        if (http.Connection.RemoteIpAddress is { } address) client.DefaultRequestHeaders.Add("X-Forwarded-For", address.ToString());
        return RestService.ForGenerated<IRegistry>(client, Settings);
    }

    /// <summary>Ends a session.</summary>
    public async Task EndSessionAsync(string token, CancellationToken ct)
    {
        using var client = Http("registry", token);
        await RestService.ForGenerated<IRegistry>(client, Settings).EndSessionAsync(ct);
    }

    private T For<T>(string service) => RestService.ForGenerated<T>(Http(service), Settings);
}

/// <summary>A service refused, or gave no answer.</summary>
/// <param name="service">Which.</param>
/// <param name="status">Its HTTP status; 503 when it does not answer at all.</param>
/// <param name="detail">For people.</param>
/// <param name="inner">The cause.</param>
public sealed class ServiceException(string service, int status, string detail, Exception? inner = null) : Exception(detail, inner)
{
    /// <summary>Which service.</summary>
    public string Service { get; } = service;

    /// <summary>Its HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>It gave no answer at all; not that it said it is busy.</summary>
    public bool IsSilence => Status == 503 && InnerException is not null;
}

/// <summary>Turns refusals and silence into words that help, as the command line does.</summary>
/// <param name="service">The service that is asked.</param>
/// <param name="patience">How long somebody waits before a page; null for streams.</param>
internal sealed class Explaining(string service, TimeSpan? patience) : DelegatingHandler
{
    /// <summary>What is done for somebody may take longer than what he reads.</summary>
    private static readonly TimeSpan Doing = TimeSpan.FromSeconds(30);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (patience is { } reading) limit.CancelAfter(request.Method == HttpMethod.Get ? reading : Doing);
        try
        {
            response = await base.SendAsync(request, limit.Token);
            // A page is complete or it is not; only streams come as they come.
            if (patience is not null) await response.Content.LoadIntoBufferAsync(limit.Token);
        }
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            throw new ServiceException(service, 503, $"{service} does not answer. './auxo status' shows what runs.", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ServiceException(
                service, 503, $"{service} took the request but did not answer in time. './auxo status' shows what runs.", e);
        }

        if (response.IsSuccessStatusCode || response.StatusCode is HttpStatusCode.NotModified) return response;
        using (response)
        {
            var problem = ApiProblem.Read(await response.Content.ReadAsStringAsync(cancellationToken));
            throw new ServiceException(
                service, (int)response.StatusCode,
                problem?.Detail ?? (response.StatusCode is HttpStatusCode.BadRequest ? $"{service} does not understand what is asked for."
                    : problem?.Title ?? $"{service} answered {(int)response.StatusCode}."));
        }
    }
}
