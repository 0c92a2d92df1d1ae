using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Registry.Blobs;

/// <summary><c>POST /sweep</c>: removes unused contents now instead of within the hour, for somebody who needs the space.</summary>
public static class SweepNow
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapPost("/sweep", HandleAsync).WithName("SweepNow").WithTags("Contents").RequireScope(RegistryScopes.Manage);

    private static async Task<Results<Ok<SweepResult>, ProblemHttpResult>> HandleAsync(BlobSweep sweep, CancellationToken ct)
        => await sweep.RunAsync(orphans: true, ct) is { Skipped: false } result
            ? TypedResults.Ok(result)
            : AuxoProblem.Conflict(
                "blob/backup-runs", "A backup or another sweep is at work, and needs every content. Try again when it is done.");
}
