using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Auxo.Cli.Mesh.Agents;

/// <summary>Answers <c>GET /metrics</c> and nothing else.</summary>
internal sealed class MetricsListener(string prefix, Func<string> page) : IDisposable
{
    private readonly HttpListener _listener = new();

    /// <summary>Where to listen: a port alone is one of this machine, which no other reaches. Null for nowhere.</summary>
    /// <exception cref="CliException">It is no address.</exception>
    public static string? Prefix(string? address)
    {
        if (address is null) return null;
        var text = address.Contains(':', StringComparison.Ordinal) ? address : "127.0.0.1:" + address;
        return IPEndPoint.TryParse(text, out var end) && end.Port > 0
            ? end.Address.Equals(IPAddress.Any) || end.Address.Equals(IPAddress.IPv6Any)
                ? $"http://*:{end.Port}/" : $"http://{end}/"
            : throw new CliException(ExitCode.Usage, $"'{address}' is no address to listen on.", "It looks like 127.0.0.1:9101.");
    }

    /// <exception cref="CliException">It cannot listen there.</exception>
    public void Start()
    {
        _listener.Prefixes.Add(prefix);
        try
        {
            _listener.Start();
        }
        catch (Exception e) when (e is HttpListenerException or SocketException)
        {
            throw new CliException(ExitCode.Negative, $"It cannot listen at {prefix}: {e.Message}", "Choose another port: --metrics", e);
        }

        _ = ServeAsync();
    }

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                using var response = context.Response;
                if (context.Request is not { HttpMethod: "GET", Url.AbsolutePath: "/metrics" })
                {
                    response.StatusCode = 404;
                    continue;
                }

                var body = Encoding.UTF8.GetBytes(page());
                response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
                response.ContentLength64 = body.Length;
                await response.OutputStream.WriteAsync(body);
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException or InvalidOperationException)
            {
                // Who asked went away, or the agent ends.
            }
        }
    }
}
