using System.Net.Http.Headers;

using Alba;

using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Testing;

/// <summary>A service as its program puts it together: in memory, or on a port of loopback where a test needs sockets.</summary>
public sealed class RunningService : IAsyncDisposable
{
    private readonly IAsyncDisposable _host;
    private readonly Func<HttpClient> _connect;

    private readonly Func<HttpMessageHandler>? _transport;

    private RunningService(
        IAsyncDisposable host, IServiceProvider services, Func<HttpClient> connect, Func<HttpMessageHandler>? transport = null)
        => (_host, Services, _connect, _transport) = (host, services, connect, transport);

    /// <summary>What it registered.</summary>
    public IServiceProvider Services { get; }

    /// <summary>By Alba; nothing listens.</summary>
    public static async Task<RunningService> InMemoryAsync<TProgram>(Action<IWebHostBuilder> configure)
        where TProgram : class
    {
        var alba = await AlbaHost.For<TProgram>(configure);
        return new RunningService(alba, alba.Services, alba.Server.CreateClient, alba.Server.CreateHandler);
    }

    /// <summary>Alba knows no sockets: this is what it stands on, with Kestrel.</summary>
    public static RunningService OnPort<TProgram>(Action<IWebHostBuilder> configure)
        where TProgram : class
    {
        var factory = new WebApplicationFactory<TProgram>().WithWebHostBuilder(b => configure(b.UseSetting("urls", "http://127.0.0.1:0")));
        factory.UseKestrel(0);
        factory.StartServer();
        // Its clients would take the last address; that of the registry is a socket of the file system.
        var address = factory.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .First(static a => !a.StartsWith("http://unix:", StringComparison.Ordinal));
        return new RunningService(factory, factory.Services, () => factory.CreateClient(
            new WebApplicationFactoryClientOptions { BaseAddress = new Uri(address) }));
    }

    /// <summary>A client of it, without a token or with this one.</summary>
    public HttpClient Connect(string? token = null)
    {
        var client = _connect();
        if (token is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>The way to a service in memory, for a program that makes its client itself.</summary>
    public HttpMessageHandler Transport()
        => _transport?.Invoke() ?? throw new InvalidOperationException("A service on a port is reached by its address.");

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
