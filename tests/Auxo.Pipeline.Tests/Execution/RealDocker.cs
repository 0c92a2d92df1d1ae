using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;

using Auxo.Pipeline.Execution;

using Docker.DotNet;

namespace Auxo.Pipeline.Tests.Execution;

/// <summary>
/// The engine of this machine, for tests that want a real one: the usual socket, or the one that <c>AUXO_TEST_DOCKER</c> names. It must
/// have an image, <c>debian:12</c> or what <c>AUXO_TEST_IMAGE</c> names, with bash and the usual small programs; tests pull none.
/// </summary>
internal static class RealDocker
{
    private static readonly Lazy<string?> Looked = new(Look);

    public static string Image => Environment.GetEnvironmentVariable("AUXO_TEST_IMAGE") is { Length: > 0 } named ? named : "debian:12";

    public static ExecutionSettings Settings => Bench.Small with { DockerSocket = Socket };

    /// <summary>Why there is none here; null when there is.</summary>
    public static string? WhyNot => Looked.Value;

    private static string Socket
        => Environment.GetEnvironmentVariable("AUXO_TEST_DOCKER") is { Length: > 0 } named ? named : new ExecutionSettings().DockerSocket;

    public static DockerClient Client()
        => new DockerClientBuilder().WithEndpoint(new Uri("unix://" + Socket)).WithTimeout(Timeout.InfiniteTimeSpan).Build();

    /// <summary>What the engine has under the name of the image.</summary>
    public static async Task<string> ImageIdAsync()
    {
        using var http = Connect();
        return (string)(await http.GetFromJsonAsync<JsonNode>($"http://docker/images/{Image}/json"))!["Id"]!;
    }

    /// <summary>The networks of the containers of an instance, one for each.</summary>
    public static async Task<IReadOnlyList<string>> ContainersAsync(string home)
    {
        using var http = Connect();
        var filters = Uri.EscapeDataString(JsonSerializer.Serialize(new { label = new[] { $"auxo.instance={home}" } }));
        var list = (await http.GetFromJsonAsync<JsonArray>($"http://docker/containers/json?all=1&filters={filters}"))!;
        return [.. list.Select(static container => (string)container!["HostConfig"]!["NetworkMode"]!)];
    }

    /// <summary>Starts a container as an Auxo leaves it that is killed in the middle of a step.</summary>
    public static async Task LeaveAsync(string home)
    {
        using var http = Connect();
        using var made = await http.PostAsJsonAsync("http://docker/containers/create", new
        {
            Image, Cmd = new[] { "sleep", "600" }, Labels = new Dictionary<string, string> { ["auxo.instance"] = home },
            HostConfig = new { NetworkMode = "none" },
        });
        var id = (string)(await made.Content.ReadFromJsonAsync<JsonNode>())!["Id"]!;
        using var started = await http.PostAsync($"http://docker/containers/{id}/start", content: null);
        Assert.True(started.IsSuccessStatusCode);
    }

    private static HttpClient Connect() => new(new SocketsHttpHandler
    {
        ConnectCallback = static async (_, ct) =>
        {
            var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(Socket), ct);
            return new NetworkStream(connection, ownsSocket: true);
        },
    });

    private static string? Look()
    {
        if (!File.Exists(Socket)) return $"Docker does not run here (no {Socket}; AUXO_TEST_DOCKER names another)";
        using var http = Connect();
        try
        {
            using var answer = http.GetAsync($"http://docker/images/{Image}/json").GetAwaiter().GetResult();
            return answer.IsSuccessStatusCode ? null : $"the engine at {Socket} has no image {Image}: docker pull {Image}";
        }
        catch (HttpRequestException e)
        {
            return $"Docker does not answer at {Socket}: {e.Message}";
        }
    }
}
