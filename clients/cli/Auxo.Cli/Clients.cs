using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;

using Auxo.Api;
using Auxo.Cli.Instances;
using Auxo.Cli.Output;

using Refit;

namespace Auxo.Cli;

/// <summary>Typed clients of one instance's services.</summary>
/// <param name="instance">Where they are.</param>
/// <param name="time">By which silence is measured; null: by the machine's.</param>
internal sealed class Clients(Instance instance, TimeProvider? time = null) : IDisposable
{
    /// <summary>Set on a request whose body takes its time: the answer begins only when all of it has arrived.</summary>
    public static readonly HttpRequestOptionsKey<bool> Long = new("auxo.long");

    private readonly Dictionary<string, HttpClient> _http = new(StringComparer.Ordinal);

    public Instance Instance { get; } = instance;

    public IIngest Ingest => For<IIngest>("ingest");

    public IPipeline Pipeline => For<IPipeline>("pipeline");

    public IRegistry Registry => For<IRegistry>("registry");

    public INotify Notify => For<INotify>("notify");

    public IMetrics Metrics => For<IMetrics>("metrics");

    public IAppHost AppHost => For<IAppHost>("apphost");

    public IMessaging Messaging(string service) => For<IMessaging>(service);

    /// <summary>What a service did for a push.</summary>
    public ITimeline Timeline(string service) => For<ITimeline>(service);

    /// <summary>What a part needs, and whether it has it.</summary>
    public IDiagnosis Diagnosis(string service) => For<IDiagnosis>(service);

    /// <summary>What an operator may choose of a service.</summary>
    public ISettings SettingsOf(string service) => For<ISettings>(service);

    /// <summary>For answers that are streams.</summary>
    public HttpClient Http(string service)
    {
        if (service == "apphost" && Instance.Dashboard is { } dashboard) throw new CliException(
            ExitCode.Unreachable, "Auxo runs under Aspire, whose dashboard shows the services.", $"Open {dashboard}");
        if (_http.TryGetValue(service, out var client)) return client;
        client = new HttpClient(new Explaining(service, Instance, time ?? TimeProvider.System))
        {
            BaseAddress = Instance.Endpoints[service], Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.UserAgent.Add(
            new ProductInfoHeaderValue("auxo-cli", typeof(Clients).Assembly.GetName().Version?.ToString(3)));
        if (Instance.Token is { } token) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return _http[service] = client;
    }

    public void Dispose()
    {
        foreach (var client in _http.Values) client.Dispose();
    }

    private T For<T>(string service) => RestService.ForGenerated<T>(Http(service), Settings);

    /// <summary>An error of ours passes Refit as it is.</summary>
    private static RefitSettings Settings { get; } = new(new SystemTextJsonContentSerializer(ApiJson.Options))
    {
        UrlResolution = UrlResolutionMode.Rfc3986,
        CollectionFormat = CollectionFormat.Multi,
        RequestBodySerialization = RequestBodySerializationMode.Buffered,
        ExceptionFactory = static response => new(IsNothing(response) ? NotAuxo(response, new JsonException()) : null),
        DeserializationExceptionFactory = static (response, error) => new(error is JsonException e ? NotAuxo(response, e) : error),
        TransportExceptionFactory = static (_, error, _) => error,
    };

    /// <summary>Auxo answers 204 when it has nothing to say.</summary>
    private static bool IsNothing(HttpResponseMessage response)
        => response is { StatusCode: HttpStatusCode.OK, Content.Headers.ContentLength: 0 };

    private static CliException NotAuxo(HttpResponseMessage response, JsonException e)
        => new(ExitCode.Unreachable, $"{response.RequestMessage?.RequestUri} answers something else than Auxo does ({e.Path ?? "$"}).",
            "Is another program using that port, or is the CLI of another version than the service?", e);

    /// <summary>Turns refusals and silence into words that help.</summary>
    private sealed class Explaining(string service, Instance instance, TimeProvider time) : DelegatingHandler(new SocketsHttpHandler
    {
        ConnectTimeout = TimeSpan.FromSeconds(5), UseProxy = false,
    })
    {
        /// <summary>
        /// No answer of Auxo takes this long to begin, not even that of a log that has no line yet, and none pauses so long; but events
        /// come when something happens.
        /// </summary>
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var name = service == "apphost" ? "The AppHost" : service;
            var isLong = request.Options.TryGetValue(Long, out var asked) && asked;
            using var silence = new CancellationTokenSource(isLong ? Timeout.InfiniteTimeSpan : Patience, time);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
            HttpResponseMessage response;
            try
            {
                response = await base.SendAsync(request, limit.Token);
            }
            catch (Exception e) when (e is HttpRequestException or SocketException)
            {
                var why = e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused }
                    ? "nothing listens there"
                    : (e.InnerException ?? e).Message;
                throw new CliException(
                    ExitCode.Unreachable, $"{name} does not answer at {request.RequestUri?.GetLeftPart(UriPartial.Authority)}: {why}.",
                    service == "apphost" ? "Start Auxo with './auxo up'." : "'auxo status' shows what runs; './auxo up' starts Auxo.", e);
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                throw new CliException(
                    ExitCode.Unreachable, $"{name} took the request but did not answer within {Duration.Of(Patience.TotalSeconds)}.",
                    "'auxo status' shows what is wrong.", e);
            }

            if (response.Content.Headers.ContentType?.MediaType != "text/event-stream")
                response.Content = await PatientStream.LimitAsync(response.Content, Patience, time, () => new CliException(
                    ExitCode.Unreachable,
                    $"{name} stopped in the middle of its answer: nothing came for {Duration.Of(Patience.TotalSeconds)}.",
                    "Do it again. 'auxo status' shows what is wrong."), cancellationToken);
            if (response.IsSuccessStatusCode) return response;
            using (response) throw await RefusedAsync(response, name, cancellationToken);
        }

        private async Task<CliException> RefusedAsync(HttpResponseMessage response, string name, CancellationToken cancellationToken)
        {
            var problem = ApiProblem.Read(await response.Content.ReadAsStringAsync(cancellationToken));
            var detail = problem?.Detail ?? problem?.Title ?? $"{name} answered {(int)response.StatusCode} {response.ReasonPhrase}.";
            return response.StatusCode switch
            {
                HttpStatusCode.Unauthorized => new CliException(
                    ExitCode.Unreachable, instance.Token is null
                        ? $"{name} wants a token, and none was found ({instance.TokenOrigin})."
                        : $"{name} refused the token ({instance.TokenOrigin}).",
                    instance is { Token: not null, TokenOrigin: "AUXO_TOKEN" }
                        ? "It is of another Auxo, or has ended. Beside a running Auxo unset AUXO_TOKEN, else: auxo token create NAME"
                        : "Run this as the user who runs Auxo, or set AUXO_TOKEN."),
                HttpStatusCode.Forbidden => new CliException(ExitCode.Unreachable, detail, "Use a token with that scope: AUXO_TOKEN."),
                >= HttpStatusCode.InternalServerError => new CliException(
                    ExitCode.Unreachable, detail, problem?.TraceId is { } trace
                        ? $"The log of {name} tells more: look for {trace}."
                        : "'auxo status' shows what is wrong."),
                _ => new CliException(ExitCode.Negative, detail),
            };
        }
    }
}
