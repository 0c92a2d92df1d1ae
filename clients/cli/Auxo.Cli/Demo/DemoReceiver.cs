using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Auxo.Cli.Demo;

/// <summary>A notification as it arrived.</summary>
/// <param name="Id">Its <c>webhook-id</c>, the same at every attempt.</param>
/// <param name="Type">Such as <c>build.failed</c>.</param>
/// <param name="Signed">True when the signature is that of the channel's secret (Standard Webhooks).</param>
internal sealed record DemoNotification(string Id, string Type, bool Signed);

/// <summary>Somebody who wants notifications: a webhook receiver on loopback, which checks signatures by itself.</summary>
internal sealed class DemoReceiver : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Channel<DemoNotification> _received = Channel.CreateUnbounded<DemoNotification>();

    public DemoReceiver()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Url = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
        }

        _listener.Prefixes.Add(Url);
        _listener.Start();
        _ = Task.Run(ServeAsync);
    }

    /// <summary>Where it listens.</summary>
    public string Url { get; }

    /// <summary><c>whsec_…</c>; what comes before it is known counts as unsigned.</summary>
    public string? Secret { get; set; }

    /// <summary>The next one of this kind.</summary>
    public async Task<DemoNotification> NextAsync(string type, CancellationToken ct)
    {
        while (true)
        {
            var next = await _received.Reader.ReadAsync(ct);
            if (next.Type == type) return next;
        }
    }

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                var id = context.Request.Headers["webhook-id"] ?? "";
                var type = (string?)JsonNode.Parse(body.ToArray())?["type"] ?? "";
                _received.Writer.TryWrite(new DemoNotification(id, type, IsSigned(context.Request, id, body.ToArray())));
                context.Response.StatusCode = 204;
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The demo is over.
        }
    }

    private bool IsSigned(HttpListenerRequest request, string id, byte[] body)
    {
        if (Secret is null) return false;
        var signed = Encoding.UTF8.GetBytes($"{id}.{request.Headers["webhook-timestamp"]}.").Concat(body).ToArray();
        var expected = "v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(Secret["whsec_".Length..]), signed));
        return (request.Headers["webhook-signature"] ?? "").Split(' ').Contains(expected, StringComparer.Ordinal);
    }
}
