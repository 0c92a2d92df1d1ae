using Auxo.Registry.Files;
using Auxo.Registry.Repositories;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.Mirrors;

/// <summary>
/// <c>GET /mirrors</c>: how the mirrors are. <c>POST /mirrors/{repository}/refresh</c>: ask upstream now about all that is used.
/// <c>DELETE /mirrors/{repository}/content?key=</c>: let one thing go, so that it is fetched anew.
/// </summary>
public static class ManageMirrors
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/mirrors", ListAsync).WithName("ListMirrors").WithTags("Mirrors").RequireScope(RegistryScopes.Read);
        routes.MapPost("/mirrors/{repository}/refresh", RefreshAsync)
            .WithName("RefreshMirror").WithTags("Mirrors").RequireScopeFor(RegistryScopes.Write, "repository");
        routes.MapDelete("/mirrors/{repository}/content", ForgetAsync)
            .WithName("ForgetMirrored").WithTags("Mirrors").RequireScopeFor(RegistryScopes.Write, "repository");
    }

    private static async Task<Ok<ListAnswer<MirrorStatus>>> ListAsync(NpgsqlDataSource source, TimeProvider time, CancellationToken ct)
        => TypedResults.Ok(new ListAnswer<MirrorStatus>(
            await MirrorStatus.ListAsync(source, null, time.GetUtcNow() - MirrorRefresh.Used, ct), null));

    private static async Task<Results<Ok<RefreshResult>, ProblemHttpResult>> RefreshAsync(
        string repository, NpgsqlDataSource source, MirrorRefresh refresh, TimeProvider time, CancellationToken ct)
        => await RepositoryTable.FindAsync(source, repository, ct) is not { Mirror: not null } found
            ? NoMirror(repository)
            : TypedResults.Ok(await refresh.RunAsync(found, time.GetUtcNow(), ct));

    private static async Task<Results<NoContent, ProblemHttpResult>> ForgetAsync(
        string repository, string key, NpgsqlDataSource source, CancellationToken ct)
        => await MirrorTable.ForgetAsync(source, repository, key.Replace("\0", "", StringComparison.Ordinal), ct)
            ? TypedResults.NoContent()
            : AuxoProblem.NotFound("mirror/not-found", $"The mirror has nothing under '{key}'.");

    internal static ProblemHttpResult NoMirror(string repository)
        => AuxoProblem.NotFound("mirror/not-found",
            $"'{repository}' is no mirror. 'auxo mirror add FORMAT UPSTREAM' makes one; 'auxo mirror list' shows them.");
}
