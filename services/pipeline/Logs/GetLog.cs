using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Auxo.Pipeline.Logs;

/// <summary>
/// <c>GET /builds/{id}/logs/{step}</c>: the bytes as printed, whole or by range (<c>bytes=-1000</c> is the tail), also while
/// they are written.
/// </summary>
internal static class GetLog
{
    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapMethods("/builds/{id:guid}/logs/{step}", [HttpMethods.Get, HttpMethods.Head], Handle).WithName("GetLog");

    private static Results<PhysicalFileHttpResult, ProblemHttpResult> Handle(Guid id, string step, LogStore logs, HttpResponse response)
    {
        if (logs.Find(id, step) is not { } log) return NoLog(id, step);
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Auxo-Log-State"] = log.IsComplete ? "complete" : "open";
        // An open log is another thing at every moment: nothing may keep it, and only a finished one has a tag to resume by.
        response.Headers.CacheControl = log.IsComplete ? "private, no-cache" : "no-store";
        return TypedResults.PhysicalFile(
            log.Path, "text/plain; charset=utf-8", enableRangeProcessing: true,
            entityTag: log.IsComplete ? new EntityTagHeaderValue($"\"{log.LengthBytes:x}-{log.LastWrite.UtcTicks:x}\"") : null);
    }

    public static ProblemHttpResult NoLog(Guid id, string step)
        => AuxoProblem.NotFound(
            "log/not-found", $"Build {id} has no log for step '{step}' (yet): the step has not begun, or there is no such step.");
}
