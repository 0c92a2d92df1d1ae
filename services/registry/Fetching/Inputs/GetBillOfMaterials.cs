using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.Fetching.Inputs;

/// <summary><c>GET /builds/{build}/sbom</c>: what the steps of a build that ended fetched here, as CycloneDX.</summary>
public static class GetBillOfMaterials
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/builds/{build:guid}/sbom", HandleAsync)
            .WithName("GetBillOfMaterials").WithTags("Fetches").RequireScope(RegistryScopes.Read);

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> HandleAsync(
        Guid build, NpgsqlDataSource source, IDocumentStore store, FetchLog fetches, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        if (await FinishedBuild.FindAsync(source, session, build, ct) is not { } found)
            return AuxoProblem.NotFound("build/not-ended",
                $"The registry knows of no end of build {BuildId.Short(build)}. What a build fetched is said when it has ended; of authors "
                    + "who are not trusted nothing is known, since their steps do not reach the registry.");
        // Whoever asks right after the end gets what he would get later.
        await fetches.WrittenAsync(ct);
        var inputs = await source.ReadAsync(
            static r => new BuildInput(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4),
                r.GetString(5)["sha256:".Length..], r.GetString(6)), ct,
            """
            select distinct on (f.repository, f.package, f.file, f.digest)
                coalesce(f.format, r.format, ''), f.repository, f.package, f.version, f.file, f.digest, f.source
            from registry.fetches f left join registry.repositories r on r.name = f.repository
            where f.caller = $1
            order by f.repository, f.package, f.file, f.digest, f.day
            """, $"build {build}");
        return TypedResults.Bytes(BillOfMaterials.Write(found, inputs), BillOfMaterials.MediaType);
    }
}
