using Auxo.Pipeline.Artifacts;
using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Runners.Leases;
using Auxo.ServiceDefaults.Disk;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Pipeline.Runners.Protocol;

/// <summary>
/// <c>PUT /runner/{runner}/builds/{id}/blobs/{digest}</c>: the content of an artifact, by its digest. Only a build whose steps keep
/// artifacts may send one.
/// </summary>
internal static class TakeArtifact
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPut("/blobs/{digest}", HandleAsync).WithName("TakeArtifact");

    private static async Task<IResult> HandleAsync(
        string runner, Guid id, string digest, HttpContext http, Handovers handovers, ArtifactStore artifacts, ExecutionSettings settings,
        DiskGuard disk, CancellationToken ct)
    {
        var (held, refusal) = await handovers.HoldAsync(http, runner, id, ct);
        if (held?.Build is not { } build) return refusal!;
        var keeping = build.Plan.Steps.Count(static step => step.Artifacts.Count > 0);
        if (keeping == 0) return AuxoProblem.Unprocessable("artifact/not-wanted", "No step of the build keeps artifacts.");
        if (http.Request.ContentLength is not { } size)
            return AuxoProblem.Of(
                StatusCodes.Status411LengthRequired, "artifact/no-length", "Send the header Content-Length with the content.");
        if (size > settings.ArtifactBytes) return TooMuch(settings);
        http.LimitBody(settings.ArtifactBytes);
        if (disk.Refuse(size) is { } full)
            return AuxoProblem.Of(StatusCodes.Status507InsufficientStorage, "disk/full", full);
        // Written in any case: a runner learns nothing of what is here already, and a content that is here is young again.
        var end = await held.Artifacts.TakeAsync(
            digest, size, keeping * settings.ArtifactBytes, (long)keeping * settings.Artifacts,
            async () => held.Ended is null && await artifacts.TakeAsync(digest, http.Request.Body, ct), ct);
        if (held.Ended is not null)
            return (await handovers.HoldAsync(http, runner, id, ct)).Refusal ?? RunnerCalls.Over(LeaseState.Lost);
        return end switch
        {
            ContentEnd.Taken => Results.NoContent(),
            ContentEnd.TooMuch => TooMuch(settings),
            _ => AuxoProblem.Unprocessable("artifact/other-content", "The content is not that of its digest, or too large."),
        };
    }

    private static ProblemHttpResult TooMuch(ExecutionSettings settings)
        => AuxoProblem.Of(
            StatusCodes.Status413PayloadTooLarge, "artifact/too-much",
            $"The artifacts of a step may have {settings.ArtifactBytes >> 20} MiB and {settings.Artifacts} files.");
}
