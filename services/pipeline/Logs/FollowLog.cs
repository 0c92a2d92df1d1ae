using System.Buffers;
using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;

using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Pipeline.Logs;

/// <summary>
/// <c>GET /builds/{id}/logs/{step}/events</c>: the log as server-sent events while it is written. An event's id is the byte
/// offset after its text, so a client that comes back with <c>Last-Event-ID</c> (or <c>?after=</c>) misses nothing and sees
/// nothing twice. <c>event: end</c> carries the total. Bytes that are no UTF-8 come as U+FFFD, and every line end as <c>\n</c>;
/// <see cref="GetLog"/> has the bytes as they are.
/// </summary>
internal static class FollowLog
{
    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/builds/{id:guid}/logs/{step}/events", Handle).WithName("FollowLog");

    private static Results<ServerSentEventsResult<string>, ProblemHttpResult> Handle(
        Guid id, string step, long? after, LogStore logs, HttpRequest request)
    {
        if (logs.Find(id, step) is not { } log) return GetLog.NoLog(id, step);
        var offset = long.TryParse(request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            ? last
            : after ?? 0;
        if (offset < 0 || offset > log.LengthBytes) return NoOffset(log, offset);
        request.HttpContext.Response.Headers.XContentTypeOptions = "nosniff";
        return TypedResults.ServerSentEvents(UntilStop(request.HttpContext, logs, id, step, offset));
    }

    internal static ProblemHttpResult NoOffset(StepLogFile log, long offset)
        => AuxoProblem.BadRequest("log/no-such-offset", $"The log has {log.LengthBytes} bytes; it cannot be followed from {offset}.");

    /// <summary>
    /// A stop of the service ends the stream without <c>end</c>: the client comes back and goes on where it was. So does the end of
    /// its access, after which it is refused.
    /// </summary>
    private static async IAsyncEnumerable<SseItem<string>> UntilStop(
        HttpContext http, LogStore logs, Guid id, string step, long offset)
    {
        await using var access = AccessWatch.Begin(http);
        // The headers go out now: a step that prints nothing for an hour is no reason to leave a client in doubt whether it is connected.
        await http.Response.Body.FlushAsync(access.Ended);
        await using var events = Events(logs.FollowAsync(id, step, offset, access.Ended), offset, access.Ended)
            .GetAsyncEnumerator(CancellationToken.None);
        while (await NextAsync()) yield return events.Current;

        async ValueTask<bool> NextAsync()
        {
            try
            {
                return await events.MoveNextAsync();
            }
            catch (OperationCanceledException) when (access.Ended.IsCancellationRequested)
            {
                return false;
            }
        }
    }

    /// <summary>
    /// Cuts chunks of bytes into texts that end at whole characters; the id is the offset after the last byte that an event
    /// used.
    /// </summary>
    internal static async IAsyncEnumerable<SseItem<string>> Events(
        IAsyncEnumerable<LogChunk> chunks, long offset, [EnumeratorCancellation] CancellationToken ct)
    {
        var kept = Array.Empty<byte>();
        await foreach (var chunk in chunks.WithCancellation(ct))
        {
            byte[] bytes = kept.Length == 0 ? chunk.Bytes.ToArray() : [.. kept, .. chunk.Bytes.Span];
            var whole = WholeCharacters(bytes);
            kept = bytes[whole..];
            offset = chunk.End - kept.Length;
            if (whole > 0) yield return Item(bytes.AsSpan(0, whole), offset);
        }

        if (kept.Length > 0) yield return Item(kept, offset += kept.Length);
        yield return new SseItem<string>(offset.ToString(CultureInfo.InvariantCulture), "end")
        {
            EventId = offset.ToString(CultureInfo.InvariantCulture),
        };
    }

    /// <summary>How many bytes to send now: all, but for a character (or a CR LF) that has only begun.</summary>
    internal static int WholeCharacters(ReadOnlySpan<byte> bytes)
    {
        if (bytes is [.., (byte)'\r']) return bytes.Length - 1;
        for (var back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            var b = bytes[^back];
            if ((b & 0xC0) == 0x80) continue;
            var begun = Rune.DecodeFromUtf8(bytes[^back..], out _, out _) == OperationStatus.NeedMoreData;
            return begun ? bytes.Length - back : bytes.Length;
        }

        return bytes.Length;
    }

    private static SseItem<string> Item(ReadOnlySpan<byte> bytes, long end)
        => new(Encoding.UTF8.GetString(bytes).Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n'))
        {
            EventId = end.ToString(CultureInfo.InvariantCulture),
        };
}
