using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading.Channels;

using MimeKit;

namespace Auxo.Testing.Receivers;

/// <summary>A mail as the server took it: the envelope, and the message as any mail program reads it.</summary>
/// <param name="From">Of the envelope.</param>
/// <param name="To">Of the envelope.</param>
/// <param name="Message">The mail.</param>
/// <param name="Encrypted">True when it came through TLS.</param>
public sealed record TakenMail(string From, IReadOnlyList<string> To, MimeMessage Message, bool Encrypted);

/// <summary>A small mail server on loopback that speaks real SMTP over real sockets. A test may change the answer to any command.</summary>
public sealed class SmtpReceiver : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<TakenMail> _taken = Channel.CreateUnbounded<TakenMail>();
    private readonly Func<string, string?> _answer;
    private readonly X509Certificate2? _certificate;
    private readonly bool _tlsAtOnce;
    private readonly Task _serving;

    private SmtpReceiver(Func<string, string?> answer, X509Certificate2? certificate, bool tlsAtOnce)
    {
        (_answer, _certificate, _tlsAtOnce) = (answer, certificate, tlsAtOnce);
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Every command line that came.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Commands { get; } = new();

    /// <summary>How many mails nobody has looked at.</summary>
    public int Waiting => _taken.Reader.Count;

    /// <summary>Starts one.</summary>
    /// <param name="answer">Given a command, its answer; null for the usual one; "hang" for none, "close" to go away. The end
    /// of the data is the command <c>.</c></param>
    /// <param name="certificate">With one it offers STARTTLS.</param>
    /// <param name="tlsAtOnce">It speaks TLS from the first byte instead.</param>
    public static SmtpReceiver Start(Func<string, string?>? answer = null, X509Certificate2? certificate = null, bool tlsAtOnce = false)
        => new(answer ?? (static _ => null), certificate, tlsAtOnce);

    /// <summary>The next mail.</summary>
    public async Task<TakenMail> NextAsync() => await _taken.Reader.ReadAsync().AsTask().WaitAsync(Limit);

    /// <inheritdoc/>
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
        try
        {
            await using Stream stream = client.GetStream();
            if (!_tlsAtOnce)
            {
                if (await TalkAsync(stream, greets: true, encrypted: false) && _certificate is not null) await EncryptAsync(
                    stream, greets: false);
                return;
            }

            await EncryptAsync(stream, greets: true);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or AuthenticationException)
        {
            // The other side went or wants no TLS with us, or the test is over.
        }
    }

    private async Task EncryptAsync(Stream stream, bool greets)
    {
        await using var secure = new SslStream(stream);
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
        await TalkAsync(secure, greets, encrypted: true);
    }

    /// <summary>Speaks until the end; true when it goes on encrypted.</summary>
    private async Task<bool> TalkAsync(Stream stream, bool greets, bool encrypted)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
        await using var writer = new StreamWriter(stream, Encoding.Latin1, leaveOpen: true) { NewLine = "\r\n", AutoFlush = true };
        var (from, to) = ("", new List<string>());
        if (greets && !await SayAsync(writer, "", "220 receiver")) return false;
        while (await reader.ReadLineAsync(_stop.Token) is { } line)
        {
            Commands.Enqueue(line);
            var word = line.Split(' ', ':')[0].ToUpperInvariant();
            var usual = word switch
            {
                "EHLO" => encrypted
                    ? "250-receiver\r\n250-AUTH PLAIN\r\n250 8BITMIME"
                    : _certificate is null ? "250-receiver\r\n250 8BITMIME"
                    : "250-receiver\r\n250-STARTTLS\r\n250 8BITMIME",
                "STARTTLS" => "220 go ahead", "DATA" => "354 go on", "QUIT" => "221 bye", "AUTH" => "235 welcome", _ => "250 ok",
            };
            if (word == "MAIL") (from, to) = (line, []);
            if (!await SayAsync(writer, line, usual, out var said)) return false;
            if (word == "STARTTLS" && said.StartsWith("220", StringComparison.Ordinal)) return true;
            if (word == "RCPT" && said.StartsWith("250", StringComparison.Ordinal)) to.Add(line.Split('<', '>')[1]);
            if (word == "QUIT") return false;
            if (word != "DATA" || !said.StartsWith("354", StringComparison.Ordinal)) continue;
            var mail = await DataAsync(reader);
            if (!await SayAsync(writer, ".", "250 taken", out said)) return false;
            if (said.StartsWith("250", StringComparison.Ordinal))
                _taken.Writer.TryWrite(new TakenMail(
                    from.Split('<', '>')[1], to, await MimeMessage.LoadAsync(new MemoryStream(Encoding.Latin1.GetBytes(mail))), encrypted));
        }

        return false;
    }

    private async Task<string> DataAsync(StreamReader reader)
    {
        var data = new StringBuilder();
        while (await reader.ReadLineAsync(_stop.Token) is { } line && line != ".") data.Append(line.StartsWith('.') ? line[1..] : line)
            .Append("\r\n");
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
