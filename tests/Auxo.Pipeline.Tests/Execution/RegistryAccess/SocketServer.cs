using Auxo.Instances;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Auxo.Pipeline.Tests.Execution.RegistryAccess;

/// <summary>
/// A real HTTP server where the registry would hear steps. It answers who shows a token with what was asked and the token, and anybody
/// else with 401.
/// </summary>
internal sealed class SocketServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SocketServer(WebApplication app) => _app = app;

    /// <summary>What it was asked so far, in order.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>The tokens that it was shown, as the header had them.</summary>
    public List<string> Shown { get; } = [];

    public static async Task<SocketServer> StartAsync(InstanceLayout layout)
    {
        PrivateFiles.MakeFolder(Path.GetDirectoryName(layout.StepSocket!)!);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenUnixSocket(layout.StepSocket!);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        var server = new SocketServer(builder.Build());
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        lock (Asked) Asked.Add($"{http.Request.Method} {http.Request.Host} {http.Request.Path}");
        if (http.Request.Headers.Authorization.ToString() is not { Length: > 0 } shown)
        {
            http.Response.StatusCode = 401;
            return;
        }

        lock (Shown) Shown.Add(shown);
        if (http.Request.Method == "PUT")
        {
            await using var counted = new CountingStream();
            await http.Request.Body.CopyToAsync(counted, http.RequestAborted);
            await http.Response.WriteAsync($"got {counted.Length} bytes", http.RequestAborted);
        }
        else if (http.Request.Path == "/raw/files/large")
        {
            var part = new byte[1 << 20];
            for (var i = 0; i < 32; i++) await http.Response.Body.WriteAsync(part, http.RequestAborted);
        }
        else
        {
            await http.Response.WriteAsync($"{http.Request.Path} for {shown}\n", http.RequestAborted);
        }
    }

    private sealed class CountingStream : Stream
    {
        private long _length;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _length;

        public override long Position { get => _length; set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => _length += count;
    }
}
