using System.Net;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Auxo.Console.Tests;

/// <summary>The real console on a port, before services that answer as recorded, or as a test says.</summary>
internal sealed class ConsoleHost : IAsyncDisposable
{
    private readonly RunningService _console;
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-console-").FullName;

    private ConsoleHost(FakeAuxo services, IEnumerable<(string, string)> settings)
    {
        Services = services;
        Auxo.Instances.PrivateFiles.MakeFolder(Path.Combine(_home, "run"));
        _console = RunningService.OnPort<Program>(web =>
        {
            web.UseSetting("AUXO_HOME", _home).UseSetting("Logging:LogLevel:Default", "None");
            foreach (var name in Contracts.KnownServices.Names)
                web.UseSetting($"Auxo:Console:Services:{name}", $"{services.Address}/{name}/");
            foreach (var (name, value) in settings) web.UseSetting(name, value);
        });
        using var client = _console.Connect();
        Address = client.BaseAddress!;
    }

    public FakeAuxo Services { get; }

    public Uri Address { get; }

    /// <summary>Starts it; the token of the fake services is that of <paramref name="holder"/>.</summary>
    public static async Task<ConsoleHost> StartAsync(
        Action<IEndpointRouteBuilder>? map = null, string holder = "alice", string scopes = "\"admin\"",
        params IEnumerable<(string, string)> settings)
        => new(await FakeAuxo.StartAsync(app =>
        {
            app.MapGet("/registry/tokens/self", () => FakeAuxo.Json(
                $$"""{"name":"{{holder}}","scopes":[{{scopes}}],"expiresAt":null}"""));
            map?.Invoke(app);
        }), settings);

    /// <summary>A browser without a screen: it keeps cookies and follows nothing by itself.</summary>
    public HttpClient Visitor(bool follow = false)
        => new(new SocketsHttpHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = follow, UseProxy = false })
        {
            BaseAddress = Address,
        };

    /// <summary>A link that signs in.</summary>
    public async Task<Uri> LinkAsync()
    {
        using var client = Visitor();
        using var request = new HttpRequestMessage(HttpMethod.Post, "login/links");
        request.Headers.Authorization = new("Bearer", FakeAuxo.Token);
        using var answer = await client.SendAsync(request);
        var body = System.Text.Json.Nodes.JsonNode.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!;
        return new Uri((string)body["url"]!);
    }

    /// <summary>A visitor who has opened such a link.</summary>
    public async Task<HttpClient> SignedInAsync()
    {
        var client = Visitor();
        using var opened = await client.GetAsync(await LinkAsync());
        Assert.Equal(HttpStatusCode.Redirect, opened.StatusCode);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await _console.DisposeAsync();
        await Services.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }
}
