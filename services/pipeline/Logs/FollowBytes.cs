using Auxo.ServiceDefaults.Access;

namespace Auxo.Pipeline.Logs;

/// <summary>
/// <c>GET /builds/{id}/logs/{step}/bytes?after=</c>: the log's bytes from an offset on, as they are, and those that follow while it is
/// written; the answer ends when the log is complete. Nothing is made of them for each reader, so fifty cost little more than one.
/// A reader who is cut off counts what he has and asks for what follows.
/// </summary>
internal static class FollowBytes
{
    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/builds/{id:guid}/logs/{step}/bytes", HandleAsync).WithName("FollowLogBytes");

    private static async Task<IResult> HandleAsync(
        Guid id, string step, LogStore logs, HttpResponse response, CancellationToken ct, long after = 0)
    {
        if (logs.Find(id, step) is not { } log) return GetLog.NoLog(id, step);
        if (after < 0 || after > log.LengthBytes) return FollowLog.NoOffset(log, after);
        await using var access = AccessWatch.Begin(response.HttpContext);
        response.ContentType = "text/plain; charset=utf-8";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = "no-store";
        try
        {
            await response.Body.FlushAsync(access.Ended);
            await foreach (var chunk in logs.FollowAsync(id, step, after, access.Ended))
                await response.Body.WriteAsync(chunk.Bytes, access.Ended);
        }
        catch (OperationCanceledException) when (access.Ended.IsCancellationRequested)
        {
            // The reader has gone, or asks again after the stop, or after the end of the access.
            if (!ct.IsCancellationRequested) response.HttpContext.Abort();
        }

        return TypedResults.Empty;
    }
}
