using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

using Auxo.Instances;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Auxo.Hosting.Supervision;

/// <summary>
/// The AppHost's own HTTP: state, logs as server-sent events, start, stop, restart. Loopback only; all but <c>/health</c> needs
/// the admin's token.
/// </summary>
internal static class ResourcesApi
{
    /// <summary>Starts to answer on <paramref name="url"/>.</summary>
    public static async Task<WebApplication> StartAsync(Supervisor supervisor, string url, string adminToken)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [] });
        builder.Logging.ClearProviders().AddFilter(static _ => false);
        builder.WebHost.UseUrls(url).ConfigureKestrel(static k => k.AddServerHeader = false);
        builder.Services.ConfigureHttpJsonOptions(
            static json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, HostingJson.Default));
        // Signals are the application's business, not this listener's.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        var app = builder.Build();
        var expected = SHA256.HashData(Encoding.UTF8.GetBytes("Bearer " + adminToken));
        app.Use((context, next) =>
        {
            var presented = SHA256.HashData(Encoding.UTF8.GetBytes(context.Request.Headers.Authorization.ToString()));
            if (context.Request.Path == "/health" || CryptographicOperations.FixedTimeEquals(presented, expected)) return next(context);
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return TypedResults.Problem("This needs the administrator's token; instance.json names its file.", statusCode: 401)
                .ExecuteAsync(context);
        });
        app.MapGet("/health", ()
            => TypedResults.StatusCode(supervisor.Runners.All(static r => r.Snapshot.IsWell) ? 200 : 503));
        app.MapGet("/resources", () => TypedResults.Ok(new ResourceList([.. supervisor.Runners.Select(static r => r.Snapshot)], null)));
        app.MapGet("/resources/{name}/logs", Results<ServerSentEventsResult<string>, NotFound> (
            string name, HttpRequest request, IHostApplicationLifetime lifetime, CancellationToken ct) =>
        {
            if (supervisor.Find(name) is not { } runner) return TypedResults.NotFound();
            _ = long.TryParse(request.Headers["Last-Event-ID"], out var after);
            return TypedResults.ServerSentEvents(Events(runner.Log, after, lifetime.ApplicationStopping, ct));
        });
        foreach (var (command, run) in Commands)
        {
            app.MapPost("/resources/{name}/" + command, async Task<Results<Ok<ResourceSnapshot>, NotFound>> (string name) =>
            {
                if (supervisor.Find(name) is not { } runner) return TypedResults.NotFound();
                await run(runner);
                return TypedResults.Ok(runner.Snapshot);
            });
        }

        await app.StartAsync(CancellationToken.None);
        return app;
    }

    private static readonly Dictionary<string, Func<ResourceRunner, Task>> Commands = new(StringComparer.Ordinal)
    {
        ["start"] = static r => r.StartAsync(),
        ["stop"] = static r => r.StopAsync(),
        ["restart"] = static async r =>
        {
            await r.StopAsync();
            await r.StartAsync();
        },
    };

    private static async IAsyncEnumerable<SseItem<string>> Events(
        ResourceLog log, long after, CancellationToken stopping, [EnumeratorCancellation] CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, ct);
        await foreach (var line in log.ReadAsync(after, either.Token)) yield return new SseItem<string>(line.Text)
        {
            EventId = line.Number.ToString(),
        };
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>A page of resources; there is always one page only.</summary>
internal sealed record ResourceList(IReadOnlyList<ResourceSnapshot> Items, string? Next);

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(ResourceList))]
[JsonSerializable(typeof(string))]
internal sealed partial class HostingJson : JsonSerializerContext;
