using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text.Json.Serialization.Metadata;

using Auxo.Pipeline.Reports;
using Auxo.Pipeline.Runners.Protocol;

namespace Auxo.Pipeline.Runners.Remote;

/// <summary>The pipeline said that a lease is over.</summary>
/// <param name="state"><c>done</c>, <c>stopped</c> or <c>lost</c>.</param>
internal sealed class LeaseOverException(string state) : Exception($"the lease is {state}")
{
    /// <summary>How it ended.</summary>
    public string State { get; } = state;
}

/// <summary>The pipeline refused what no second try would change; the message says why.</summary>
internal sealed class RefusedException(HttpStatusCode status, string message) : Exception(message)
{
    /// <summary>With which status.</summary>
    public HttpStatusCode Status { get; } = status;
}

/// <summary>
/// Speaks to the pipeline. Every call is asked again until it is answered, as long as its token allows: the network is cut now and then,
/// and the pipeline starts anew.
/// </summary>
internal sealed class RunnerClient : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(3);

    /// <summary>A pack that is cut so often is not asked for again: that is after some 12 s of pauses.</summary>
    private const int MostCuts = 8;

    /// <summary>Without any byte for so long a call has failed. The question for work waits up to 20 s for its answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly string _runner;
    private readonly RunnerFile _file;

    /// <summary>Connects at the first call.</summary>
    /// <param name="file">Where to, and as whom.</param>
    /// <param name="time">The clock of the pauses.</param>
    /// <param name="handler">The transport; null for the network.</param>
    public RunnerClient(RunnerFile file, TimeProvider time, HttpMessageHandler? handler = null)
    {
        (_time, _file) = (time, file);
        _runner = Uri.EscapeDataString(file.Name);
        _http = new HttpClient(handler ?? new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(5), PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        })
        {
            BaseAddress = new Uri(file.Url.AbsoluteUri.TrimEnd('/') + "/"), Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", file.Token);
    }

    /// <summary>Asks for work, once.</summary>
    /// <exception cref="RefusedException">The token, or the runner, is not known there any more.</exception>
    public async Task<WorkAnswer> AskAsync(WorkQuestion question, CancellationToken ct)
    {
        using var limit = Limit(Patience, ct);
        using var content = JsonContent.Create(question, RunnerJson.Default.WorkQuestion);
        using var answer = await _http.PostAsync($"runner/{_runner}/work", content, limit.Token);
        await RefuseAsync(answer, limit.Token);
        return await ReadAsync(answer, RunnerJson.Default.WorkAnswer, limit.Token);
    }

    /// <summary>Renews a lease, once.</summary>
    /// <returns>How it stands.</returns>
    public async Task<string> RenewAsync(Guid build, Guid lease, TimeSpan patience, CancellationToken ct)
    {
        using var limit = Limit(patience, ct);
        using var request = Request(HttpMethod.Post, build, lease, "lease");
        using var answer = await _http.SendAsync(request, limit.Token);
        await RefuseAsync(answer, limit.Token);
        return (await ReadAsync(answer, RunnerJson.Default.LeaseAnswer, limit.Token)).State;
    }

    /// <summary>Reads the pack of a build's source; one that is cut is asked for again, a few times.</summary>
    public async Task SourceAsync(Guid build, Guid lease, IReadOnlyList<string> have, Func<Stream, Task> read, CancellationToken ct)
    {
        var pause = FirstPause;
        for (var cuts = 1; ; cuts++, pause = Longer(pause))
        {
            try
            {
                await SourceOnceAsync(build, lease, have, read, ct);
                return;
            }
            catch (Exception e) when (cuts < MostCuts && e is IOException or HttpRequestException or GitException)
            {
                // It was cut: as an error of the connection, or as a pack that git finds too short.
            }

            await Task.Delay(pause, _time, ct);
        }
    }

    /// <summary>What the reports of a step said in other builds.</summary>
    public async Task<ReportsBefore> BeforeAsync(Guid build, Guid lease, string step, CancellationToken ct)
    {
        using var answer = await SendAsync(
            () => Request(HttpMethod.Get, build, lease, $"before/{Uri.EscapeDataString(step)}"), ct);
        return await ReadAsync(answer, RunnerJson.Default.ReportsBefore, ct);
    }

    /// <summary>Sends a part of a log.</summary>
    /// <returns>How long it is there now; null when it is as long as it may be.</returns>
    public async Task<long?> LogAsync(Guid build, Guid lease, string step, long offset, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        try
        {
            using var answer = await SendAsync(
                () => Request(
                    HttpMethod.Put, build, lease, $"logs/{Uri.EscapeDataString(step)}?offset={offset}", new ReadOnlyMemoryContent(bytes)),
                ct, HttpStatusCode.Conflict);
            return (await ReadAsync(answer, RunnerJson.Default.LogAnswer, ct)).Length;
        }
        catch (RefusedException e) when (e.Status == HttpStatusCode.RequestEntityTooLarge)
        {
            return null;
        }
    }

    /// <summary>Sends the content of an artifact.</summary>
    public async Task BlobAsync(Guid build, Guid lease, string digest, string file, CancellationToken ct)
    {
        using var answer = await SendAsync(
            () => Request(HttpMethod.Put, build, lease, $"blobs/{digest}", new StreamContent(File.OpenRead(file))), ct, isLarge: true);
    }

    /// <summary>Sends results, and the steps that begin.</summary>
    public async Task ReportAsync(Guid build, Guid lease, ReportsBody body, CancellationToken ct)
    {
        using var answer = await SendAsync(
            () => Request(
                HttpMethod.Post, build, lease, "reports", JsonContent.Create(body, RunnerJson.Default.ReportsBody)), ct);
    }

    /// <summary>Gives a build back, once.</summary>
    public async Task GiveBackAsync(Guid build, Guid lease, GiveBackBody body, CancellationToken ct)
    {
        using var request = Request(
            HttpMethod.Post, build, lease, "give-back", JsonContent.Create(body, RunnerJson.Default.GiveBackBody));
        using var answer = await _http.SendAsync(request, ct);
    }

    /// <summary>Opens a connection to the registry, once: whoever wanted one asks again, as he would of a registry that is away.</summary>
    /// <exception cref="WebSocketException">Nobody answered, or the pipeline refused.</exception>
    public async Task<WebSocket> OpenRegistryAsync(Guid build, Guid lease, CancellationToken ct)
    {
        using var limit = Limit(Patience, ct);
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.SetRequestHeader("Authorization", $"Bearer {_file.Token}");
            socket.Options.SetRequestHeader(RunnerCalls.LeaseHeader, lease.ToString());
            var address = new UriBuilder(new Uri(_http.BaseAddress!, $"runner/{_runner}/builds/{build}/registry"));
            address.Scheme = address.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs;
            await socket.ConnectAsync(address.Uri, limit.Token);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task SourceOnceAsync(
        Guid build, Guid lease, IReadOnlyList<string> have, Func<Stream, Task> read, CancellationToken ct)
    {
        using var answer = await SendAsync(
            () => Request(HttpMethod.Get, build, lease, $"source?have={string.Join(',', have)}"), ct, headersOnly: true);
        await using var stream = await answer.Content.ReadAsStreamAsync(ct);
        await read(stream);
    }

    private async Task<HttpResponseMessage> SendAsync(
        Func<HttpRequestMessage> make, CancellationToken ct, HttpStatusCode? also = null, bool headersOnly = false, bool isLarge = false)
    {
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                // A large body takes as long as it takes; a cut in it is an end of the connection.
                using var limit = Limit(isLarge ? TimeSpan.FromHours(1) : Patience, ct);
                using var request = make();
                var whole = headersOnly ? HttpCompletionOption.ResponseHeadersRead : HttpCompletionOption.ResponseContentRead;
                var answer = await _http.SendAsync(request, whole, limit.Token);
                if (answer.IsSuccessStatusCode || answer.StatusCode == also) return answer;
                using (answer)
                {
                    if ((int)answer.StatusCode < 500) await RefuseAsync(answer, limit.Token);
                }
            }
            catch (Exception e) when (e is HttpRequestException || e is OperationCanceledException && !ct.IsCancellationRequested)
            {
                // Asked again below.
            }

            await Task.Delay(pause, _time, ct);
        }
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;

    private HttpRequestMessage Request(HttpMethod method, Guid build, Guid lease, string path, HttpContent? content = null)
    {
        var request = new HttpRequestMessage(method, $"runner/{_runner}/builds/{build}/{path}") { Content = content };
        request.Headers.Add(RunnerCalls.LeaseHeader, lease.ToString());
        return request;
    }

    private static CancellationTokenSource Limit(TimeSpan limit, CancellationToken ct)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(ct);
        source.CancelAfter(limit);
        return source;
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer, JsonTypeInfo<T> type, CancellationToken ct)
        where T : class
        => await answer.Content.ReadFromJsonAsync(type, ct) ?? throw new HttpRequestException("The answer is empty.");

    /// <summary>An answer that is no success is thrown: what may be otherwise next time as an error of the network.</summary>
    private async Task RefuseAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        if (answer.IsSuccessStatusCode) return;
        var problem = await ProblemOf(answer, ct);
        if (answer.StatusCode == HttpStatusCode.Gone)
            throw new LeaseOverException(problem.Type[(problem.Type.LastIndexOf('/') + 1)..]);
        if ((int)answer.StatusCode >= 500) throw new HttpRequestException($"{(int)answer.StatusCode}: {problem.Detail}");
        if (answer.StatusCode == HttpStatusCode.Unauthorized)
            throw new RefusedException(
                answer.StatusCode, $"its token is not, or not any more, that of the runner {_file.Name}. Make one on the main machine "
                + $"(auxo runner token {_file.Name}), then here: auxo runner join {_file.Url} {_file.Name} --token …");
        throw new RefusedException(answer.StatusCode, $"{(int)answer.StatusCode}: {problem.Detail}");
    }

    private static async Task<(string Type, string Detail)> ProblemOf(HttpResponseMessage answer, CancellationToken ct)
    {
        try
        {
            using var json = System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(ct));
            return (json.RootElement.GetProperty("type").GetString() ?? "", json.RootElement.GetProperty("detail").GetString() ?? "");
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // A proxy's answer.
            return ("", answer.ReasonPhrase ?? "");
        }
    }
}
