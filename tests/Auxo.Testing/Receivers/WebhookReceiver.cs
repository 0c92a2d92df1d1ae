using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Auxo.Testing.Receivers;

/// <summary>A request as it came.</summary>
public sealed record Received(string Path, IHeaderDictionary Headers, byte[] Body, DateTimeOffset At)
{
    /// <summary>Its <c>webhook-id</c>, the same for every attempt.</summary>
    public string Id => Headers["webhook-id"]!;

    /// <summary>The body.</summary>
    public JsonNode Json => JsonNode.Parse(Body)!;

    /// <summary>
    /// Standard Webhooks as a receiver implements it, from the specification's text and not from the sender: which of the given
    /// secrets verify.
    /// </summary>
    public bool IsSignedWith(string secret)
    {
        if (!long.TryParse((string?)Headers["webhook-timestamp"], NumberStyles.None, CultureInfo.InvariantCulture,
            out var sent)) return false;
        if (Math.Abs(DateTimeOffset.FromUnixTimeSeconds(sent).Subtract(At).TotalMinutes) > 5) return false;
        using var mac = new HMACSHA256(Convert.FromBase64String(secret["whsec_".Length..]));
        var expected = Convert.ToBase64String(
            mac.ComputeHash([.. Encoding.ASCII.GetBytes(Id + "." + Headers["webhook-timestamp"] + "."), .. Body]));
        return ((string?)Headers["webhook-signature"] ?? "")
            .Split(' ').Any(s => s.StartsWith("v1,", StringComparison.Ordinal) && s[3..] == expected);
    }
}

/// <summary>A receiver on loopback whose answers a test writes; without one it says 204.</summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly WebApplication _app =
        WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=None"]).Build();
    private readonly Channel<Received> _received = Channel.CreateUnbounded<Received>();
    private readonly Queue<RequestDelegate> _answers = new();

    /// <summary>Where it listens, with what a receiver's address has in it that nobody else should see.</summary>
    public Uri Address => new(_app.Urls.First() + "/hooks/T0k3n-in-the-path?key=s3cr3t");

    /// <summary>What a request gets for which no answer was given.</summary>
    public RequestDelegate Otherwise { get; set; } = Status(204);

    /// <summary>How many came that nobody has taken.</summary>
    public int Waiting => _received.Reader.Count;

    /// <summary>Starts one.</summary>
    /// <param name="answers">What the first requests get, in order.</param>
    public static async Task<WebhookReceiver> StartAsync(params RequestDelegate[] answers)
    {
        var receiver = new WebhookReceiver();
        receiver.Answer(answers);
        receiver._app.Run(receiver.ReceiveAsync);
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>What the next requests get, in order.</summary>
    public void Answer(params RequestDelegate[] answers)
    {
        lock (_answers)
        {
            foreach (var answer in answers) _answers.Enqueue(answer);
        }
    }

    /// <summary>The next request.</summary>
    public async Task<Received> NextAsync() => await _received.Reader.ReadAsync().AsTask().WaitAsync(Limit);

    /// <summary>Answers so.</summary>
    public static RequestDelegate Status(int status, string body = "", params (string Name, string Value)[] headers) => http =>
    {
        http.Response.StatusCode = status;
        foreach (var (name, value) in headers) http.Response.Headers[name] = value;
        return body.Length == 0 ? Task.CompletedTask : http.Response.WriteAsync(body);
    };

    /// <summary>Never answers.</summary>
    public static Task Hang(HttpContext http) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted)
        .ContinueWith(static _ => { }, TaskScheduler.Default);

    /// <summary>Goes away in the middle.</summary>
    public static Task Abort(HttpContext http)
    {
        http.Abort();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        RequestDelegate? answer;
        lock (_answers) _answers.TryDequeue(out answer);
        var headers = new HeaderDictionary();
        foreach (var (name, value) in http.Request.Headers) headers[name] = value;
        _received.Writer.TryWrite(
            new Received(http.Request.Path + http.Request.QueryString, headers, body.ToArray(), TimeProvider.System.GetUtcNow()));
        http.Request.Body = new MemoryStream(body.ToArray());
        await (answer ?? Otherwise)(http);
    }
}
