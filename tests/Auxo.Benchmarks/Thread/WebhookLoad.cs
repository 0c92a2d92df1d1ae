using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

using Auxo.Benchmarks.Measuring;

namespace Auxo.Benchmarks.Thread;

/// <summary>
/// Posts signed webhooks over sockets of its own, one after the other on each connection. Every one differs in one number, so
/// none is a repetition. It does little itself, because it shares the machine with what it measures.
/// </summary>
internal sealed class WebhookLoad(Uri ingest, string rid, string secret, string commit)
{
    private const int BodyBytes = 6109;
    private static long s_next = TimeProvider.System.GetTimestamp();

    /// <summary>Posts for so long; the latencies in milliseconds.</summary>
    /// <exception cref="InvalidOperationException">One was not accepted.</exception>
    public async Task<Series> RunAsync(int connections, TimeSpan duration, CancellationToken ct)
    {
        var until = TimeProvider.System.GetTimestamp() + (long)(duration.TotalSeconds * TimeProvider.System.TimestampFrequency);
        var all = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(() => PostUntilAsync(until, ct), ct)));
        return new Series(all.SelectMany(static l => l));
    }

    /// <summary>Posts one and waits for its answer.</summary>
    public Task SendOneAsync(CancellationToken ct) => PostUntilAsync(TimeProvider.System.GetTimestamp(), ct);

    private async Task<List<double>> PostUntilAsync(long until, CancellationToken ct)
    {
        var (request, number, signature, body) = Request();
        var key = Encoding.ASCII.GetBytes(secret);
        var answer = new byte[4096];
        var latencies = new List<double>();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, ingest.Port), ct);
        do
        {
            Utf8Formatter.TryFormat(Interlocked.Increment(ref s_next), request.AsSpan(number, 19), out _,
                new System.Buffers.StandardFormat('D', 19));
            Encoding.ASCII.GetBytes(Convert.ToHexStringLower(HMACSHA256.HashData(key, request.AsSpan(body))), request.AsSpan(signature));
            var begun = TimeProvider.System.GetTimestamp();
            await socket.SendAsync(request, ct);
            await ReadAsync(socket, answer, ct);
            latencies.Add(TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds);
        }
        while (TimeProvider.System.GetTimestamp() < until);
        return latencies;
    }

    private static async Task ReadAsync(Socket socket, byte[] buffer, CancellationToken ct)
    {
        var length = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length), ct);
            length += read;
            var text = buffer.AsSpan(0, length);
            // A short answer with a body in braces; whatever else comes is no acceptance.
            if (text.IndexOf("\r\n\r\n"u8) is > 0 and var end && text[(end + 4)..].EndsWith("}"u8))
            {
                if (text.StartsWith("HTTP/1.1 202"u8) && text[end..].IndexOf("accepted"u8) > 0) return;
                throw new InvalidOperationException($"A webhook was not accepted: {Encoding.UTF8.GetString(text)}");
            }

            if (read == 0 || length == buffer.Length) throw new InvalidOperationException(
                $"A webhook got no whole answer: {Encoding.UTF8.GetString(text)}");
        }
    }

    /// <summary>A push in the words of Radicle's webhooks, with room for its number and its signature.</summary>
    private (byte[] Request, int Number, int Signature, int Body) Request()
    {
        const string number = "0000000000000000000";
        var zeros = new string('0', 64);
        var body =
            $$"""{"event_type":"push","delivery":"{{number}}","before":"{{commit}}","after":"{{commit}}","branch":"main",""" +
            $$""" "repository":{"id":"{{rid}}","name":"hooks"},"commits":[{"id":"{{commit}}","message":""";
        body += "\"" + new string('x', BodyBytes - body.Length - 5) + "\"}]}";
        var head =
            $"POST /hooks/radicle HTTP/1.1\r\nHost: {ingest.Authority}\r\nContent-Type: "
                + "application/json\r\nx-radicle-event-type: push\r\nX-Hub-Signature-256: "
                + $"sha256={zeros}\r\nContent-Length: {body.Length}\r\n\r\n";
        var request = head + body;
        return (Encoding.ASCII.GetBytes(request), request.IndexOf(number, head.Length, StringComparison.Ordinal),
            request.IndexOf(zeros, StringComparison.Ordinal), head.Length);
    }
}
