using Auxo.Registry.Access;
using Auxo.Registry.Packages;
using Auxo.Registry.Repositories;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.PyPi;

/// <summary>Why a release is yanked.</summary>
/// <param name="Reason">Shown by pip to who installs it all the same; null or empty for none, 500 characters at most.</param>
public sealed record YankBody(string? Reason);

/// <summary>
/// <c>PUT</c> and <c>DELETE /pypi/{repository}/projects/{project}/{version}/yanked</c>: nobody gets a yanked release (PEP 592) but who
/// asks for exactly that version. Clients have no command for it, and the standard no route.
/// </summary>
internal static class YankRelease
{
    private const string Route = "/pypi/{repository}/projects/{project}/{version}/yanked";
    private const int MaxReason = 500;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut(Route, YankAsync).WithName("YankPythonRelease").WithTags(PyPiRoutes.Tag)
            .RequireRepositoryScope(RegistryScopes.Write, PyPiRoutes.ProjectOf);
        routes.MapDelete(Route, UnyankAsync).WithName("UnyankPythonRelease").WithTags(PyPiRoutes.Tag)
            .RequireRepositoryScope(RegistryScopes.Write, PyPiRoutes.ProjectOf);
    }

    private static Task<Results<NoContent, ProblemHttpResult>> YankAsync(
        string repository, string version, YankBody? body, HttpContext http, RepositoryRows rows, NpgsqlDataSource source,
        ChangePackage change, CancellationToken ct)
        => MarkAsync(repository, version, body?.Reason ?? "", http, rows, source, change, ct);

    private static Task<Results<NoContent, ProblemHttpResult>> UnyankAsync(
        string repository, string version, HttpContext http, RepositoryRows rows, NpgsqlDataSource source, ChangePackage change,
        CancellationToken ct)
        => MarkAsync(repository, version, null, http, rows, source, change, ct);

    private static async Task<Results<NoContent, ProblemHttpResult>> MarkAsync(
        string repository, string version, string? reason, HttpContext http, RepositoryRows rows, NpgsqlDataSource source,
        ChangePackage change, CancellationToken ct)
    {
        if (await PyPiRepository.FindAsync(rows, repository, ct) is not { At.AsOf: null } there) return PyPiRepository.None(repository);
        if (reason?.Length > MaxReason || reason?.Any(char.IsControl) == true) return AuxoProblem.BadRequest(
            "package/invalid-reason", $"'reason' is one line of at most {MaxReason} characters.");
        return PyPiRoutes.ProjectOf(http) is { } project && await there.FindReleaseAsync(source, project, version, ct) is { } release
            && await change.RunAsync(there.Name, project, [new PackageChange.Mark(release, "yanked", reason)], http.Caller())
            ? TypedResults.NoContent()
            : there.NoRelease(version);
    }
}
