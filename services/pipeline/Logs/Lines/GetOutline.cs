using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Pipeline.Logs.Lines;

/// <summary>
/// <c>GET /builds/{id}/logs/{step}/outline</c>: what a reader may want to go to or to fold away, of the first 128 MiB of the log.
/// </summary>
internal static class GetOutline
{
    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/builds/{id:guid}/logs/{step}/outline", HandleAsync).WithName("GetLogOutline");

    private static async Task<Results<Ok<LogOutline>, ProblemHttpResult>> HandleAsync(
        Guid id, string step, LogStore logs, LogOutlines outlines, HttpResponse response, CancellationToken ct)
    {
        if (logs.Find(id, step) is not { } log) return GetLog.NoLog(id, step);
        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(await outlines.OfAsync(log, ct));
    }
}
