using System.Net;
using System.Text;

namespace Auxo.ServiceDefaults.Egress;

/// <summary>What a receiver answered, cut to what is worth keeping.</summary>
/// <param name="Status">The HTTP status; a redirect is an answer like any other and is not followed.</param>
/// <param name="Excerpt">The first bytes of the body as text.</param>
/// <param name="RetryAfter">The header as it came: some services send what no standard knows.</param>
public sealed record GuardedAnswer(HttpStatusCode Status, string Excerpt, string? RetryAfter);

/// <summary>
/// One request to a user-given URL, with a limit for the whole of it: a receiver that answers byte by byte gains no time.
/// </summary>
public static class GuardedExchange
{
    /// <summary>How much of an answer is read.</summary>
    public const int MaxExcerptBytes = 2048;

    /// <summary>Sends and reads the beginning of the answer.</summary>
    /// <param name="client">Of <see cref="EgressGuard.CreateClient"/>.</param>
    /// <param name="request">The request.</param>
    /// <param name="limit">From the connection's begin to the last byte that is read.</param>
    /// <param name="time">The clock of the limit.</param>
    /// <param name="ct">The caller's own end.</param>
    /// <exception cref="TimeoutException">The limit passed without a status; what the receiver made of the request is unknown.</exception>
    /// <exception cref="HttpRequestException">No answer; perhaps because of an <see cref="EgressDeniedException"/>.</exception>
    public static async Task<GuardedAnswer> SendAsync(
        HttpClient client, HttpRequestMessage request, TimeSpan limit, TimeProvider time, CancellationToken ct)
    {
        using var clock = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, ct);
        HttpResponseMessage response;
        try
        {
            response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
        }
        catch (OperationCanceledException e) when (clock.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer within {limit.TotalSeconds:0.#} s", e);
        }

        using (response) return new GuardedAnswer(
            response.StatusCode, await ExcerptAsync(response.Content, both.Token, ct),
            response.Headers.NonValidated.TryGetValues("Retry-After", out var wish) ? wish.ToString() : null);
    }

    /// <summary>
    /// The status has been answered: a body that breaks off, drips or never ends only spoils the excerpt, and is no reason to
    /// send again.
    /// </summary>
    private static async Task<string> ExcerptAsync(HttpContent content, CancellationToken limited, CancellationToken ct)
    {
        var buffer = new byte[MaxExcerptBytes];
        var length = 0;
        try
        {
            await using var body = await content.ReadAsStreamAsync(limited);
            while (length < buffer.Length && await body.ReadAsync(buffer.AsMemory(length), limited) is > 0 and var read) length += read;
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            // What came stands in the buffer.
        }

        return Readable(buffer.AsSpan(0, length));
    }

    /// <summary>Text that can be stored and shown: no control characters (PostgreSQL takes no NUL), no half character at the end.</summary>
    private static string Readable(ReadOnlySpan<byte> bytes)
        => string.Concat(Encoding.UTF8.GetString(bytes)
            .TrimEnd('\uFFFD').Select(static c => char.IsControl(c) && c is not ('\n' or '\t') ? ' ' : c));
}
