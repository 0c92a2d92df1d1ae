using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

using MimeKit;

namespace Auxo.Notify.Tests;

/// <summary>A mail as the server took it: the envelope, and the message as any mail program reads it.</summary>
public sealed record TakenMail(string From, IReadOnlyList<string> To, MimeMessage Message);

/// <summary>A small mail server on loopback that speaks real SMTP over real sockets. A test may change the answer to any command.</summary>
public sealed class SmtpReceiver : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<TakenMail> _taken = Channel.CreateUnbounded<TakenMail>();
    private readonly Func<string, string?> _answer;
    private readonly Task _serving;

    private SmtpReceiver(Func<string, string?> answer)
    {
        _answer = answer;
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Every command line that came.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Commands { get; } = new();

    /// <summary>How many mails nobody has looked at.</summary>
    public int Waiting => _taken.Reader.Count;

    /// <param name="answer">Given a command, its answer; null for the usual one; "hang" for none, "close" to go away. The end of the data is the command <c>.</c></param>
    public static SmtpReceiver Start(Func<string, string?>? answer = null) => new(answer ?? (static _ => null));

    /// <summary>The next mail.</summary>
    public async Task<TakenMail> NextAsync() => await _taken.Reader.ReadAsync().AsTask().WaitAsync(Limit);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var sessions = new List<Task>();
        try
        {
            while (true) sessions.Add(SessionAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(sessions);
        }
    }

    private async Task SessionAsync(TcpClient client)
    {
        using var owned = client;
        var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.Latin1);
        await using var writer = new StreamWriter(stream, Encoding.Latin1) { NewLine = "\r\n", AutoFlush = true };
        var (from, to) = ("", new List<string>());
        try
        {
            if (!await SayAsync(writer, "", "220 receiver")) return;
            while (await reader.ReadLineAsync(_stop.Token) is { } line)
            {
                Commands.Enqueue(line);
                var word = line.Split(' ', ':')[0].ToUpperInvariant();
                var usual = word switch { "EHLO" => "250-receiver\r\n250 8BITMIME", "DATA" => "354 go on", "QUIT" => "221 bye", "AUTH" => "235 welcome", _ => "250 ok" };
                if (word == "MAIL") (from, to) = (line, []);
                if (!await SayAsync(writer, line, usual, out var said)) return;
                if (word == "RCPT" && said.StartsWith("250", StringComparison.Ordinal)) to.Add(line.Split('<', '>')[1]);
                if (word == "QUIT") return;
                if (word != "DATA" || !said.StartsWith("354", StringComparison.Ordinal)) continue;
                var mail = await DataAsync(reader);
                if (!await SayAsync(writer, ".", "250 taken", out said)) return;
                if (said.StartsWith("250", StringComparison.Ordinal))
                    _taken.Writer.TryWrite(new TakenMail(from.Split('<', '>')[1], to, await MimeMessage.LoadAsync(new MemoryStream(Encoding.Latin1.GetBytes(mail)))));
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The other side went, or the test is over.
        }
    }

    private async Task<string> DataAsync(StreamReader reader)
    {
        var data = new StringBuilder();
        while (await reader.ReadLineAsync(_stop.Token) is { } line && line != ".") data.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        return data.ToString();
    }

    private Task<bool> SayAsync(StreamWriter writer, string command, string usual) => SayAsync(writer, command, usual, out _);

    private Task<bool> SayAsync(StreamWriter writer, string command, string usual, out string said)
    {
        said = _answer(command) ?? usual;
        return SayAsync(writer, said);
    }

    private async Task<bool> SayAsync(StreamWriter writer, string said)
    {
        if (said == "close") return false;
        if (said == "hang") await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token);
        await writer.WriteLineAsync(said);
        return true;
    }
}
