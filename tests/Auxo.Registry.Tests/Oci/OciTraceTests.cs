using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

using Auxo.Testing;

namespace Auxo.Registry.Tests.Oci;

/// <summary>
/// What clients that are not installed here have sent to a registry, sent again: the same requests with the same headers in the same
/// order, with contents of the same length, have to get the same statuses.
/// </summary>
public sealed partial class OciTraceTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-registry-").FullName;
    private RegistryHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync(await postgres.CreateDatabaseAsync(), _home);
        await _host.DefineAsync("x", format: "oci");
    }

    [Theory]
    [InlineData("oras-1.3.6-push")]
    [InlineData("skopeo-1.9.3-copy")]
    [InlineData("skopeo-1.9.3-copy-bearer")]
    [InlineData("skopeo-1.9.3-copy-basic")]
    [InlineData("skopeo-1.9.3-copy-state")]
    public async Task a_recorded_push_is_answered_as_it_was(string name)
    {
        var file = Fixtures.Require($"registry-traces/clients-2026-11/{name}.jsonl");
        var lines = (await File.ReadAllLinesAsync(file)).Where(static l => l.Length > 0).Select(static l => JsonNode.Parse(l)!).ToList();
        var contents = Contents(lines);
        var sessions = new Dictionary<string, string>(StringComparer.Ordinal);
        var begun = new Queue<string>();
        using var client = new HttpClient { BaseAddress = _host.Address };
        foreach (var line in lines)
        {
            var (method, path) = ((string)line["method"]!, (string)line["path"]!);
            var recorded = Sessions().Match(path) is { Success: true } match ? match.Groups["id"].Value : null;
            if (recorded is not null && !sessions.ContainsKey(recorded)) sessions[recorded] = begun.Dequeue();
            if (recorded is not null) path = path.Replace(recorded, sessions[recorded], StringComparison.Ordinal);
            if (path.StartsWith("/token", StringComparison.Ordinal)) path = "/v2" + path;
            path = Hexes().Replace(path, hex => contents.TryGetValue(hex.Value, out var c) ? Images.DigestOf(c)[7..] : hex.Value);
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            var body = Body(line, path, contents);
            if (body is not null || method is "POST" or "PUT" or "PATCH") request.Content = new ByteArrayContent(body ?? []);
            foreach (var (header, value) in line["headers"]!.AsObject())
            {
                if (header is "host" or "content-length" or "connection" or "accept-encoding") continue;
                var text = ((string)value!).Replace("Bearer <token>", $"Bearer {_host.Token}", StringComparison.Ordinal);
                if (text == "Basic <token>") text = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"me:{_host.Token}"));
                if (!request.Headers.TryAddWithoutValidation(header, text)) request.Content?.Headers.TryAddWithoutValidation(header, text);
            }

            if (name.EndsWith("push", StringComparison.Ordinal) || name.EndsWith("copy", StringComparison.Ordinal)
                || name.EndsWith("state", StringComparison.Ordinal))
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _host.Token);
            using var answer = await client.SendAsync(request);
            Assert.True((int)answer.StatusCode == (int)line["status"]!,
                $"{line["n"]} {method} {path}: {(int)answer.StatusCode}, was {line["status"]}. {await answer.Content.ReadAsStringAsync()}");
            if (method == "POST" && (int)answer.StatusCode == 202) begun.Enqueue(answer.Headers.Location!.ToString().Split('/')[^1]);
        }

        Assert.Equal(1L, await _host.ScalarAsync<long>("select count(*) from registry.oci_tags"));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    /// <summary>For each digest that was pushed a content of the length that it had.</summary>
    private static Dictionary<string, byte[]> Contents(List<JsonNode> lines)
    {
        var lengths = new Dictionary<string, int>(StringComparer.Ordinal);
        var contents = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            var path = (string)line["path"]!;
            if (Sessions().Match(path) is not { Success: true } match) continue;
            var id = match.Groups["id"].Value;
            if (line["body"]?["bytes"] is { } bytes) lengths[id] = (int)bytes;
            if (path.Contains("digest=", StringComparison.Ordinal))
            {
                var content = new byte[lengths[id]];
                new Random(contents.Count).NextBytes(content);
                contents[Hexes().Match(path[path.IndexOf("digest=", StringComparison.Ordinal)..]).Value] = content;
            }
        }

        return contents;
    }

    private static byte[]? Body(JsonNode line, string path, Dictionary<string, byte[]> contents)
    {
        if (line["body"]?["bytes"] is not { } bytes) return null;
        if (!path.Contains("/manifests/", StringComparison.Ordinal)) return contents.Values.Single(c => c.Length == (int)bytes);
        return Encoding.UTF8.GetBytes(Images.Of(contents.Values.Last(), [.. contents.Values.SkipLast(1)]).ToJsonString());
    }

    [GeneratedRegex("/blobs/uploads/(?<id>[0-9a-f-]{36})", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Sessions();

    [GeneratedRegex("[0-9a-f]{64}", RegexOptions.NonBacktracking)]
    private static partial Regex Hexes();
}
