using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Pipeline.Logs.Lines;

/// <summary>A line in which something was found.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Text">A part of the line with what was found in it, without colours.</param>
public sealed record FoundLine(long Number, string Text);

/// <summary>The lines in which something was found.</summary>
/// <param name="Lines">The first of them.</param>
/// <param name="Next">Give it as <c>from</c> for those that follow; null when there are no more.</param>
public sealed record LogSearchResponse(IReadOnlyList<FoundLine> Lines, long? Next);

/// <summary>
/// <c>GET /builds/{id}/logs/{step}/search?q=&amp;from=&amp;limit=</c>: the lines that have a text in them, upper or lower case alike. The
/// log is read as a stream, from line <c>from</c> on, and no further than needed.
/// </summary>
internal static class SearchLog
{
    private const int LongestQuery = 200;
    private const int Most = 10_000;

    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/builds/{id:guid}/logs/{step}/search", HandleAsync).WithName("SearchLog");

    private static async Task<Results<Ok<LogSearchResponse>, ProblemHttpResult>> HandleAsync(
        Guid id, string step, string q, LogStore logs, LongReads reads, HttpResponse response, CancellationToken ct, long from = 1,
        int limit = 1000)
    {
        if (q.Length is 0 or > LongestQuery || q.AsSpan().ContainsAny('\r', '\n')) return AuxoProblem.BadRequest(
            "log/invalid-query", $"'q' must have 1 to {LongestQuery} characters, all on one line.");
        if (limit is < 1 or > Most) return AuxoProblem.BadRequest("request/invalid-limit", $"'limit' must be between 1 and {Most}.");
        if (from < 1) return AuxoProblem.BadRequest("log/no-such-line", "'from' is the number of a line, from 1.");
        if (logs.Find(id, step) is not { } log) return GetLog.NoLog(id, step);
        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(await reads.RunAsync(() => Find(log, q, from, limit, ct), ct));
    }

    /// <summary>Searches.</summary>
    internal static LogSearchResponse Find(StepLogFile log, string query, long from, int limit, CancellationToken ct)
    {
        using var file = log.Open();
        var (offset, line) = (0L, 1L);
        if (from > 1)
        {
            var index = LogIndex.Read(log.Path, file, log.LengthBytes, log.IsComplete, ct);
            if (from > index.Lines) return new LogSearchResponse([], null);
            var mark = index.Before(from);
            var reader = new LineReader(file, mark.Offset, index.Length);
            reader.Skip(from - 1 - mark.LineEnds, ct);
            (offset, line) = (reader.Offset, from);
        }

        var found = new List<FoundLine>();
        foreach (var next in new TextSearch([query]).Lines(file, offset, log.LengthBytes, line, ct))
        {
            if (found.Count == limit) return new LogSearchResponse(found, next.Number);
            found.Add(next);
        }

        return new LogSearchResponse(found, null);
    }
}
