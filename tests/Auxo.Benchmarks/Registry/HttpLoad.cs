using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

using Auxo.Benchmarks.Measuring;

namespace Auxo.Benchmarks.Registry;

/// <summary>What one round of a load came to.</summary>
/// <param name="PerSecond">Answers per second, over all connections.</param>
/// <param name="Milliseconds">Of each request.</param>
internal sealed record LoadRound(double PerSecond, IReadOnlyList<double> Milliseconds)
{
    /// <summary>Of the server's processors, for each request, in milliseconds; 0 where nobody looked.</summary>
    public double ProcessorMilliseconds { get; init; }
}

/// <summary>
/// The same request over and over, on connections of its own that block: the cheapest that a program can do, because it shares
/// the machine with what it measures. Answers are read to their end and thrown away.
/// </summary>
/// <param name="server">On loopback.</param>
/// <param name="head">The request's head for the request of this number, up to and without its empty line.</param>
/// <param name="body">Sent with every request; its first 16 bytes become the number, so that no two contents are the same.</param>
/// <param name="status">What every answer must have.</param>
internal sealed class HttpLoad(Uri server, Func<long, string> head, byte[]? body, params int[] status)
{
    private const int Stamp = 16;
    private static long s_next;

    /// <summary>Contents differ in this many ways; 0 for always.</summary>
    public int Variants { get; init; }

    /// <summary>The server's process, for <see cref="LoadRound.ProcessorMilliseconds"/>; 0 for none.</summary>
    public int ProcessId { get; init; }

    /// <summary>Runs for so long, and until the requests that have begun then are answered.</summary>
    /// <exception cref="InvalidOperationException">An answer was another one.</exception>
    public async Task<LoadRound> RunAsync(int connections, TimeSpan duration)
    {
        var used = ProcessId > 0 ? ProcessorTime.SecondsOf(ProcessId) : 0;
        var begun = TimeProvider.System.GetTimestamp();
        var until = begun + (long)(duration.TotalSeconds * TimeProvider.System.TimestampFrequency);
        // A thread of its own for each: they block.
        var all = await Task.WhenAll(Enumerable.Range(0, connections)
            .Select(_ => Task.Factory.StartNew(
                () => SendUntil(until), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        var took = TimeProvider.System.GetElapsedTime(begun);
        var milliseconds = all.SelectMany(static m => m).ToList();
        used = ProcessId > 0 ? ProcessorTime.SecondsOf(ProcessId) - used : 0;
        return new LoadRound(milliseconds.Count / took.TotalSeconds, milliseconds)
        {
            ProcessorMilliseconds = used * 1000 / milliseconds.Count,
        };
    }

    /// <summary>
    /// Sends until the server's code is compiled as well as it ever will be: some thousand requests, or
    /// <paramref name="limit"/>.
    /// </summary>
    public async Task WarmUpAsync(TimeSpan limit)
    {
        var begun = TimeProvider.System.GetTimestamp();
        for (var sent = 0; sent < 5000
            && TimeProvider.System.GetElapsedTime(begun) < limit;) sent += (await RunAsync(8, TimeSpan.FromMilliseconds(500)))
                .Milliseconds.Count;
    }

    private List<double> SendUntil(long until)
    {
        var own = body?.AsSpan().ToArray();
        var buffer = new byte[256 << 10];
        var latencies = new List<double>();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(new IPEndPoint(IPAddress.Loopback, server.Port));
        do
        {
            var number = Interlocked.Increment(ref s_next);
            if (own is not null) Utf8Formatter.TryFormat(
                Variants > 0 ? number % Variants : number, own.AsSpan(0, Stamp), out _, new System.Buffers.StandardFormat('D', Stamp));
            var request = Encoding.ASCII.GetBytes(
                $"{head(number)}\r\nHost: {server.Authority}\r\n{(own is null ? "" : $"Content-Length: {own.Length}\r\n")}\r\n");
            var begun = TimeProvider.System.GetTimestamp();
            socket.Send(own is { Length: <= 4096 } ? [.. request, .. own] : request);
            if (own is { Length: > 4096 }) SendAll(socket, own);
            Read(socket, buffer);
            latencies.Add(TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds);
        }
        while (TimeProvider.System.GetTimestamp() < until);
        return latencies;
    }

    private static void SendAll(Socket socket, byte[] bytes)
    {
        for (var at = 0; at < bytes.Length;) at += socket.Send(bytes, at, Math.Min(bytes.Length - at, 1 << 20), SocketFlags.None);
    }

    private void Read(Socket socket, byte[] buffer)
    {
        var (length, end) = (0, -1);
        while (end < 0)
        {
            var read = socket.Receive(buffer, length, buffer.Length - length, SocketFlags.None);
            if (read == 0) throw new InvalidOperationException($"{server.Authority} closed the connection without an answer.");
            length += read;
            end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
        }

        var text = Encoding.ASCII.GetString(buffer, 0, end);
        if (!status.Contains(int.Parse(text.AsSpan(9, 3), CultureInfo.InvariantCulture))) throw new InvalidOperationException(
            $"{server.Authority} answered: {Encoding.UTF8.GetString(buffer, 0, length)}");
        if (Header(text, "Content-Length") is { } announced)
        {
            for (var left = long.Parse(announced, CultureInfo.InvariantCulture) - (length - end - 4); left > 0;)
            {
                var read = socket.Receive(buffer, 0, (int)Math.Min(buffer.Length, left), SocketFlags.None);
                if (read == 0) throw new InvalidOperationException($"{server.Authority} broke off in an answer.");
                left -= read;
            }
        }
        else if (Header(text, "Transfer-Encoding") is not null)
        {
            while (!buffer.AsSpan(end, length - end).EndsWith("\r\n0\r\n\r\n"u8)) length += socket.Receive(
                buffer, length, buffer.Length - length, SocketFlags.None);
        }
    }

    private static string? Header(string head, string name)
    {
        var at = head.IndexOf($"\r\n{name}:", StringComparison.OrdinalIgnoreCase);
        if (at < 0) return null;
        var value = head.AsSpan(at + name.Length + 3);
        return (value.IndexOf('\r') is >= 0 and var end ? value[..end] : value).Trim().ToString();
    }
}
