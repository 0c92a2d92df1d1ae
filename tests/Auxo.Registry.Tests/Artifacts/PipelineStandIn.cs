using System.Collections.Concurrent;
using System.Security.Cryptography;

using Auxo.Contracts;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Auxo.Registry.Tests.Artifacts;

/// <summary>What the pipeline serves to the registry, over real HTTP, with the faults that it may have.</summary>
internal sealed class PipelineStandIn : IAsyncDisposable
{
    public const string Token = "auxo_registry_test";
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, byte[]> _blobs = new(StringComparer.Ordinal);

    private PipelineStandIn(WebApplication app) => _app = app;

    public string Address => _app.Urls.First();

    /// <summary>The digests that were asked for.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Called before each answer; may answer by itself.</summary>
    public Func<HttpContext, Task<bool>> Fault { get; set; } = static _ => Task.FromResult(false);

    public static async Task<PipelineStandIn> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=None"]);
        var app = builder.Build();
        var standIn = new PipelineStandIn(app);
        app.MapGet("/blobs/{digest}", async (string digest, HttpContext http) =>
        {
            standIn.Asked.Enqueue(digest);
            if (http.Request.Headers.Authorization != "Bearer " + Token) http.Response.StatusCode = 401;
            else if (await standIn.Fault(http)) return;
            else if (!standIn._blobs.TryGetValue(digest, out var bytes)) http.Response.StatusCode = 404;
            else await http.Response.Body.WriteAsync(bytes);
        });
        await app.StartAsync();
        return standIn;
    }

    /// <summary>Something that a build kept.</summary>
    public BuildArtifact Keep(string name, byte[] content)
    {
        var digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));
        _blobs[digest] = content;
        return new BuildArtifact(name, "application/octet-stream", digest, content.Length);
    }

    public void Lose(BuildArtifact artifact) => _blobs.TryRemove(artifact.Digest, out _);

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
