using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Pipeline.Logs.Lines;

/// <summary>A line of a log.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Offset">Where it begins, in bytes.</param>
/// <param name="At">When it was printed, to a quarter of a second; null where it was not written down.</param>
/// <param name="Text">With colours, and of a line that was written over what was written last; long lines are cut.</param>
/// <param name="CutBytes">How many bytes of it are left out.</param>
public sealed record LogLine(long Number, long Offset, DateTimeOffset? At, string Text, long CutBytes);

/// <summary>Some lines of a log.</summary>
/// <param name="Lines">In order, and fewer than asked for where they are long.</param>
/// <param name="Total">How many the log has, now.</param>
/// <param name="End">The offset after the last of <paramref name="Lines"/>; without any, that of the log's end.</param>
/// <param name="IsUnfinished">Whether the last of <paramref name="Lines"/> has no end yet.</param>
/// <param name="IsComplete">Whether the log will have no more.</param>
public sealed record LogLinesResponse(IReadOnlyList<LogLine> Lines, long Total, long End, bool IsUnfinished, bool IsComplete);

/// <summary>
/// <c>GET /builds/{id}/logs/{step}/lines?from=&amp;count=</c>: lines by their numbers, from 1; a negative <c>from</c> counts from the end.
/// </summary>
internal static class GetLines
{
    private const int Most = 2000;
    private const int MostCharacters = 1 << 20;

    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/builds/{id:guid}/logs/{step}/lines", HandleAsync).WithName("GetLogLines");

    private static async Task<Results<Ok<LogLinesResponse>, ProblemHttpResult>> HandleAsync(
        Guid id, string step, LogStore logs, LongReads reads, HttpResponse response, CancellationToken ct, long from = 1,
        int count = 200)
    {
        if (from == 0) return AuxoProblem.BadRequest(
            "log/no-such-line", "'from' is the number of a line, from 1; -1 is the last line.");
        if (count is < 1 or > Most) return AuxoProblem.BadRequest("log/invalid-count", $"'count' must be between 1 and {Most}.");
        if (logs.Find(id, step) is not { } log) return GetLog.NoLog(id, step);
        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(await ReadAsync(log, reads, from, count, ct));
    }

    /// <summary>Reads them; of a log without an index when it is its turn.</summary>
    /// <exception cref="LogsBusyException">Its turn did not come.</exception>
    internal static async ValueTask<LogLinesResponse> ReadAsync(
        StepLogFile log, LongReads reads, long from, int count, CancellationToken ct)
        => LogIndex.IsBehind(log)
            ? await reads.RunAsync(() => Read(log, from, count, ct), ct)
            : Read(log, from, count, ct);

    /// <summary>Reads them.</summary>
    internal static LogLinesResponse Read(StepLogFile log, long from, int count, CancellationToken ct)
    {
        using var file = log.Open();
        var index = LogIndex.Read(log.Path, file, log.LengthBytes, log.IsComplete, ct);
        var first = from > 0 ? from : Math.Max(1, index.Lines + 1 + from);
        var lines = new List<LogLine>();
        if (first > index.Lines) return new LogLinesResponse(lines, index.Lines, index.Length, IsUnfinished: false, log.IsComplete);
        var mark = index.Before(first);
        var reader = new LineReader(file, mark.Offset, index.Length);
        reader.Skip(first - 1 - mark.LineEnds, ct);
        for (var characters = 0; lines.Count < count && characters < MostCharacters;)
        {
            if (reader.Next(ct) is not { } line) break;
            lines.Add(new LogLine(first + lines.Count, line.Offset, index.At(line.Offset), line.Text, line.CutBytes));
            characters += line.Text.Length;
        }

        return new LogLinesResponse(
            lines, index.Lines, reader.Offset, index.IsUnfinished && reader.Offset == index.Length, log.IsComplete);
    }
}
