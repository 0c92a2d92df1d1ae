using System.Net;

using Alba;

using Microsoft.AspNetCore.Builder;

namespace Auxo.ServiceDefaults.Tests;

/// <summary>A real service, as each of ours is built: in memory, or on a port of loopback where a test needs a socket.</summary>
internal sealed class TestService : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestService(WebApplication app)
    {
        _app = app;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, ActivityHeadersPropagator = null }) { BaseAddress =
            new Uri(app.Urls.First()) };
    }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>In memory.</summary>
    public static Task<IAlbaHost> HostAsync(
        Action<WebApplication>? map = null, Action<WebApplicationBuilder>? configure = null, params string[] settings)
        => Builder(configure, settings).StartAlbaAsync(app => Map(app, map));

    /// <summary>On a port.</summary>
    public static async Task<TestService> StartAsync(
        Action<WebApplication>? map = null, Action<WebApplicationBuilder>? configure = null, params string[] settings)
    {
        var app = Builder(configure, settings).Build();
        Map(app, map);
        await app.StartAsync();
        return new TestService(app);
    }

    public async Task<HttpResponseMessage> GetAsync(string path, string? token = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await Client.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }

    private static WebApplicationBuilder Builder(Action<WebApplicationBuilder>? configure, string[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder(
            ["--Logging:Console:LogLevel:Default=None", .. settings, "--urls=http://127.0.0.1:0"]);
        builder.AddServiceDefaults("pipeline");
        configure?.Invoke(builder);
        return builder;
    }

    private static void Map(WebApplication app, Action<WebApplication>? map)
    {
        app.MapDefaultEndpoints();
        map?.Invoke(app);
    }
}

/// <summary>One request to a host in memory, and the status that it must be answered with.</summary>
internal static class Asking
{
    public static Task<IScenarioResult> GetAsync(this IAlbaHost host, string path, HttpStatusCode expected, string? token = null)
        => host.Scenario(s =>
        {
            s.Get.Url(path);
            if (token is not null) s.WithRequestHeader("Authorization", "Bearer " + token);
            s.StatusCodeShouldBe(expected);
        });
}
