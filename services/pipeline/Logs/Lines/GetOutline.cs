using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Pipeline.Logs.Lines;

/// <summary>
/// <c>GET /builds/{id}/logs/{step}/outline</c>: what a reader may want to go to or to fold away, of the first 128 MiB of the log.
/// </summary>
internal static class GetOutline
{
    private const long MostBytes = 128 << 20;
    private const int MostCandidates = 200_000;

    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/builds/{id:guid}/logs/{step}/outline", Handle).WithName("GetLogOutline");

    private static Results<Ok<LogOutline>, ProblemHttpResult> Handle(
        Guid id, string step, LogStore logs, HttpResponse response, CancellationToken ct)
    {
        if (logs.Find(id, step) is not { } log) return GetLog.NoLog(id, step);
        response.Headers.CacheControl = "no-store";
        using var file = log.Open();
        var candidates = new TextSearch(LogOutline.Words).Lines(file, 0, Math.Min(log.LengthBytes, MostBytes), 1, ct);
        return TypedResults.Ok(LogOutline.Of(candidates.Take(MostCandidates)));
    }
}
