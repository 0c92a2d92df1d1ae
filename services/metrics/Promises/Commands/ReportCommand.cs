using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Metrics.Promises.Commands;

/// <summary>A command of the command line that succeeded.</summary>
/// <param name="Command"><c>patch create</c> or <c>patch merge</c>.</param>
/// <param name="Seconds">How long its person waited: 0 to 86400.</param>
public sealed record CommandBody(string? Command, double? Seconds);

/// <summary>
/// <c>POST /api/commands</c>: the command line tells how long somebody waited for it. Answered with nothing, also where the day is full.
/// </summary>
public static class ReportCommand
{
    private const double Day = 86_400;

    /// <summary>One after the other: all of a day are in one stream.</summary>
    private static readonly SemaphoreSlim Turn = new(1, 1);

    internal static void Map(IEndpointRouteBuilder app)
        => app.MapPost("/api/commands", HandleAsync).WithName("ReportCommand").RequireScope(MetricsScopes.Write);

    private static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        CommandBody body, Outbox outbox, TimeProvider time, CancellationToken ct)
    {
        if (body.Command is not { } command || !KnownCommands.All.Contains(command, StringComparer.Ordinal))
            return AuxoProblem.Unprocessable(
                "command/unknown", $"'command' must be one of those that are counted: {string.Join(", ", KnownCommands.All)}.");
        if (body.Seconds is not (>= 0 and <= Day and var seconds))
            return AuxoProblem.Unprocessable("command/impossible-time", "'seconds' must be between 0 and 86400, which is a day.");
        await Turn.WaitAsync(ct);
        try
        {
            await using var work = outbox.Open();
            var now = time.GetUtcNow();
            var stream = await work.Session.Events.FetchForWriting<CommandDay>(CommandDay.StreamKey(now), ct);
            var events = CommandDay.Decide(stream.Aggregate, command, seconds, now);
            if (events.Count == 0) return TypedResults.NoContent();
            stream.AppendMany(events);
            await work.SaveChangesAsync(ct);
            return TypedResults.NoContent();
        }
        finally
        {
            Turn.Release();
        }
    }
}
