using System.Buffers;

using Auxo.Pipeline.Runners.Leases;
using Auxo.ServiceDefaults.Disk;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Pipeline.Runners.Protocol;

/// <summary>
/// <c>PUT /runner/{runner}/builds/{id}/logs/{step}?offset=</c>: a part of a log. One that comes twice is taken once; after a gap the answer
/// says where to go on.
/// </summary>
internal static class TakeLog
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPut("/logs/{step}", HandleAsync).WithName("TakeLog");

    private static async Task<IResult> HandleAsync(
        string runner, Guid id, string step, long offset, HttpContext http, Handovers handovers, DiskGuard disk, CancellationToken ct)
    {
        var (held, refusal) = await handovers.HoldAsync(http, runner, id, ct);
        if (held?.Build is not { } build) return refusal!;
        if (!build.Plan.Steps.Any(known => known.Name == step))
            return AuxoProblem.NotFound("log/no-step", "The build has no such step.");
        http.LimitBody(LogPart.MostBytes);
        if (disk.Refuse(LogPart.MostBytes) is { } full)
            return AuxoProblem.Of(StatusCodes.Status507InsufficientStorage, "disk/full", full);
        var buffer = ArrayPool<byte>.Shared.Rent(LogPart.MostBytes);
        try
        {
            if (await ReadAsync(http.Request.Body, buffer, ct) is not { } count)
                return TooLarge($"A part of a log has at most {LogPart.MostBytes} bytes.");
            // A part of a step that has its result comes a second time; those of one that runs again for its files are new.
            if (build.Results.Any(result => result.Step == step) && !held.Again.Contains(step, StringComparer.Ordinal))
                return Answer(offset + count);
            var (kind, length) = await held.Logs.TakeAsync(step, offset, buffer.AsMemory(0, count), ct);
            return kind switch
            {
                LogPartKind.Gap => Results.Json(
                    new LogAnswer(length), RunnerJson.Default.LogAnswer, statusCode: StatusCodes.Status409Conflict),
                LogPartKind.TooLong => TooLarge("The log is as long as a log may be."),
                _ => Answer(length),
            };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static IResult Answer(long length) => Results.Json(new LogAnswer(length), RunnerJson.Default.LogAnswer);

    private static ProblemHttpResult TooLarge(string why) => AuxoProblem.Of(StatusCodes.Status413PayloadTooLarge, "log/too-long", why);

    private static async Task<int?> ReadAsync(Stream body, byte[] buffer, CancellationToken ct)
    {
        var count = await body.ReadAtLeastAsync(buffer.AsMemory(0, LogPart.MostBytes), LogPart.MostBytes, throwOnEndOfStream: false, ct);
        return count < LogPart.MostBytes || await body.ReadAsync(new byte[1], ct) == 0 ? count : null;
    }
}
