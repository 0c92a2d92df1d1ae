using System.Collections.Concurrent;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Auxo.Registry.Tests.Mirrors;

/// <summary>Another registry, which answers as a test wants and remembers what it was asked.</summary>
public sealed class UpstreamStandIn : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Path, IHeaderDictionary Headers)> _asked = new();

    private UpstreamStandIn(WebApplication app) => _app = app;

    /// <summary>Its address, without a slash at its end.</summary>
    public string Address { get; private set; } = "";

    /// <summary>How it answers; a test changes it at any time.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = static http =>
    {
        http.Response.StatusCode = 404;
        return Task.CompletedTask;
    };

    /// <summary>What was asked so far: path and headers.</summary>
    public IReadOnlyList<(string Path, IHeaderDictionary Headers)> Asked => [.. _asked];

    public static async Task<UpstreamStandIn> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var standIn = new UpstreamStandIn(app);
        app.Run(http =>
        {
            standIn._asked.Enqueue(
                (http.Request.Path + http.Request.QueryString, new HeaderDictionary(http.Request.Headers.ToDictionary())));
            return standIn.Answer(http);
        });
        await app.StartAsync();
        standIn.Address = app.Urls.First();
        return standIn;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
