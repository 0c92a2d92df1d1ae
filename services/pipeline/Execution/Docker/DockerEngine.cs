using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Auxo.Pipeline.Execution.Docker;

/// <summary>
/// The few calls of the Docker Engine API (v1.41) that a step needs, over its Unix socket. Stands in for Docker.DotNet, which
/// does not restore here.
/// </summary>
internal sealed class DockerEngine : IDisposable
{
    private readonly HttpClient _http;

    public DockerEngine(string socket)
        => _http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, ct) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), ct);
                    return new NetworkStream(connection, ownsSocket: true);
                }
                catch
                {
                    connection.Dispose();
                    throw;
                }
            },
        })
        {
            BaseAddress = new Uri("http://docker/v1.41/"), Timeout = Timeout.InfiniteTimeSpan,
        };

    public async Task<bool> HasImageAsync(string image, CancellationToken ct)
    {
        using var answer = await _http.GetAsync($"images/{Uri.EscapeDataString(image)}/json", ct);
        return answer.IsSuccessStatusCode
            || (answer.StatusCode == System.Net.HttpStatusCode.NotFound ? false : throw await FailureAsync(answer, ct));
    }

    /// <summary>Pulls an image and reports each state to <paramref name="progress"/>.</summary>
    /// <exception cref="DockerException">The engine says why; a failed pull answers 200 and tells at its end.</exception>
    public async Task PullAsync(string image, Action<string> progress, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            $"images/create?fromImage={Uri.EscapeDataString(image.Contains('@') || LastPart(image).Contains(':') ? image : image + ":latest")}");
        using var answer = await SendAsync(request, ct);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(ct));
        var last = "";
        while (await lines.ReadLineAsync(ct) is { } line)
        {
            var state = JsonSerializer.Deserialize(line, DockerJson.Default.PullProgress);
            if (state?.Error is { } error) throw new DockerException(error);
            if (state?.Status is { } status && status != last && !status.Contains("ing", StringComparison.Ordinal)) progress(last = status);
        }

        static string LastPart(string name) => name[(name.LastIndexOf('/') + 1)..];
    }

    /// <summary>Makes a container and returns its id.</summary>
    public async Task<string> CreateAsync(string name, ContainerSpec spec, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"containers/create?name={name}")
        {
            Content = JsonContent.Create(spec, DockerJson.Default.ContainerSpec),
        };
        using var answer = await SendAsync(request, ct);
        return (await answer.Content.ReadFromJsonAsync(DockerJson.Default.ContainerCreated, ct))?.Id
            ?? throw new DockerException("the engine made a container without an id");
    }

    /// <summary>The container's output from its first byte on: call it before the start.</summary>
    public async Task<Stream> AttachAsync(string container, CancellationToken ct)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"containers/{container}/attach?stream=1&stdout=1&stderr=1");
        var answer = await SendAsync(request, ct);
        return await answer.Content.ReadAsStreamAsync(ct);
    }

    public Task StartAsync(string container, CancellationToken ct) => PostAsync($"containers/{container}/start", ct);

    /// <summary>
    /// Begins to wait for the next end: call it before the start. It returns when the engine has begun to watch (it sends its
    /// headers then), so that no end is missed; the inner task ends with the exit code.
    /// </summary>
    public async Task<Task<int>> BeginWaitAsync(string container, CancellationToken ct)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"containers/{container}/wait?condition=next-exit");
        var watching = await SendAsync(request, ct);
        return ExitCodeAsync(watching);
    }

    public Task KillAsync(string container, string signal, CancellationToken ct)
        => PostAsync($"containers/{container}/kill?signal={signal}", ct);

    public async Task<bool> WasOutOfMemoryAsync(string container, CancellationToken ct)
        => (await _http.GetFromJsonAsync($"containers/{container}/json", DockerJson.Default.ContainerDetails, ct))?.State?.OOMKilled
            ?? false;

    public async Task RemoveAsync(string container, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"containers/{container}?force=1&v=1");
        using var answer = await _http.SendAsync(request, ct);
    }

    public void Dispose() => _http.Dispose();

    private static async Task<int> ExitCodeAsync(HttpResponseMessage answer)
    {
        using var ended = answer;
        return (await ended.Content.ReadFromJsonAsync(DockerJson.Default.ContainerEnded, CancellationToken.None))?.StatusCode
            ?? throw new DockerException("the engine did not say how the container ended");
    }

    private async Task PostAsync(string path, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        using var answer = await SendAsync(request, ct);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        return answer.IsSuccessStatusCode ? answer : throw await FailureAsync(answer, ct);
    }

    private static async Task<DockerException> FailureAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        var text = await answer.Content.ReadAsStringAsync(ct);
        try
        {
            text = JsonSerializer.Deserialize(text, DockerJson.Default.EngineError)?.Message ?? text;
        }
        catch (JsonException)
        {
            // Something else than an engine answered; its own words are the best there is.
        }

        return new DockerException($"{text.Trim()} (HTTP {(int)answer.StatusCode})");
    }
}

/// <summary>The engine refused or failed; the message is the engine's.</summary>
internal sealed class DockerException(string message) : Exception(message);

/// <summary>What is made; names as the Engine API has them.</summary>
internal sealed record ContainerSpec(
    string Image, string[] Entrypoint, string[] Env, string WorkingDir, string? User, bool NetworkDisabled,
    Dictionary<string, string> Labels, HostConfig HostConfig);

internal sealed record HostConfig(
    string[] Binds, string NetworkMode, long Memory, long MemorySwap, int PidsLimit, long? NanoCpus, string[] CapDrop, string[] SecurityOpt,
    Dictionary<string, string> Tmpfs, bool Init);

internal sealed record ContainerCreated(string Id);

internal sealed record ContainerEnded(int StatusCode);

internal sealed record ContainerDetails(ContainerState? State);

internal sealed record ContainerState(bool OOMKilled);

internal sealed record PullProgress(string? Status, string? Error);

internal sealed record EngineError(string? Message);

/// <summary>The engine writes some names in Pascal case and some in lower case, and reads either.</summary>
[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ContainerSpec))]
[JsonSerializable(typeof(ContainerCreated))]
[JsonSerializable(typeof(ContainerEnded))]
[JsonSerializable(typeof(ContainerDetails))]
[JsonSerializable(typeof(PullProgress))]
[JsonSerializable(typeof(EngineError))]
internal sealed partial class DockerJson : JsonSerializerContext;
