using System.Net;
using System.Text.Json.Nodes;

using Auxo.Testing;

namespace Auxo.Registry.Tests.Npm;

/// <summary>
/// What clients were seen to send, request by request, with their paths and headers as they were: also by versions that are not here
/// to run.
/// </summary>
public sealed class TraceTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-npm-").FullName;
    private RegistryHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync(await postgres.CreateDatabaseAsync(), _home);
        await _host.DefineAsync("team", format: "npm");
    }

    private const string Folder = "registry-traces/clients-2026-11";

    [Theory]
    [InlineData("npm")]
    [InlineData("pnpm")]
    [InlineData("yarn")]
    public async Task recorded_clients_get_answers_that_they_can_use(string client)
    {
        var files = Directory.EnumerateFiles(Fixtures.Require(Folder), $"{client}-*.jsonl").Order(StringComparer.Ordinal).ToList();
        Assert.NotEmpty(files);
        foreach (var (name, version) in ((string, string)[])[("left", "1.0.0"), ("left", "1.1.0"), ("@acme/pad", "2.0.0")])
            (await _host.PutAsync($"/npm/team/{name}", TestTarball.Body(name, version).ToJsonString())).EnsureSuccessStatusCode().Dispose();
        foreach (var file in files)
        {
            foreach (var line in await File.ReadAllLinesAsync(file)) await ReplayAsync(Path.GetFileName(file), JsonNode.Parse(line)!);
        }
    }

    private async Task ReplayAsync(string file, JsonNode sent)
    {
        // The address is sent as it was recorded: %2f stays %2f.
        var path = (string)sent["path"]!;
        using var request = new HttpRequestMessage(new HttpMethod((string)sent["method"]!), $"/npm/team{path}");
        if (sent["body"] is not null) request.Content = new ByteArrayContent("{}"u8.ToArray());
        foreach (var (name, value) in sent["headers"]!.AsObject())
        {
            if (name is "host" or "connection" or "content-length" or "authorization" or "content-encoding" or "expect"
                or "transfer-encoding") continue;
            if (!request.Headers.TryAddWithoutValidation(name, (string?)value))
                request.Content?.Headers.TryAddWithoutValidation(name, (string?)value);
        }

        using var answer = await _host.Client.SendAsync(request);
        Assert.True((int)answer.StatusCode < 500, $"{file}: {request.Method} {path} gave {(int)answer.StatusCode}");
        if (answer.Content.Headers.ContentType?.MediaType is { } type && type.Contains("json", StringComparison.Ordinal)
            && !answer.Content.Headers.ContentEncoding.Contains("gzip") && request.Method != HttpMethod.Head)
        {
            var json = JsonNode.Parse(await answer.Content.ReadAsStringAsync());
            if (!answer.IsSuccessStatusCode) Assert.NotNull((string?)json!["error"]);
        }

        if (request.Method == HttpMethod.Get && path is "/left" or "/@acme%2fpad" or "/@acme/pad")
            Assert.True(answer.IsSuccessStatusCode || request.Method != HttpMethod.Get, $"{file}: {path} gave {answer.StatusCode}");
    }

    [Fact]
    public async Task bodies_as_they_were_sent_are_published()
    {
        var published = 0;
        foreach (var file in Directory.EnumerateFiles(Fixtures.Require(Folder + "/publish-bodies"), "*publish*.json").Order())
        {
            // Each client has a package of that name of its own.
            var repository = $"of-{published++}";
            await _host.DefineAsync(repository, format: "npm");
            var body = await File.ReadAllTextAsync(file);
            using var answer = await _host.PutAsync($"/npm/{repository}/{JsonNode.Parse(body)!["name"]}", body);
            Assert.True(answer.StatusCode == HttpStatusCode.Created, $"{file}: {await answer.Content.ReadAsStringAsync()}");
        }

        Assert.True(published >= 7, $"only {published}");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }
}
