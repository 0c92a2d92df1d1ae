using Auxo.Pipeline.Artifacts;
using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Runners.Leases;
using Auxo.ServiceDefaults.Disk;

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
        if (build.Plan.Steps.All(static step => step.Artifacts.Count == 0))
            return AuxoProblem.Unprocessable("artifact/not-wanted", "No step of the build keeps artifacts.");
        http.LimitBody(settings.ArtifactBytes);
        if (disk.Refuse(http.Request.ContentLength ?? 0) is { } full)
            return AuxoProblem.Of(StatusCodes.Status507InsufficientStorage, "disk/full", full);
        // Written in any case: a runner learns nothing of what is here already, and a content that is here is young again.
        return await artifacts.TakeAsync(digest, http.Request.Body, ct)
            ? Results.NoContent()
            : AuxoProblem.Unprocessable("artifact/other-content", "The content is not that of its digest, or too large.");
    }
}
