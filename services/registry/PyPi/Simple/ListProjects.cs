using Auxo.Registry.Access;
using Auxo.Registry.Packages;
using Auxo.Registry.Repositories;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Registry.PyPi.Simple;

/// <summary><c>GET /pypi/{repository}/simple/</c>: the names of all projects, as JSON or HTML.</summary>
internal static class ListProjects
{
    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapMethods("/pypi/{repository}/simple", [HttpMethods.Get, HttpMethods.Head], HandleAsync)
            .WithName("ListPythonProjects").WithTags(PyPiRoutes.Tag).RequireRepositoryScope(RegistryScopes.Read);

    private static async Task<Results<DocumentResult, RedirectHttpResult, ProblemHttpResult>> HandleAsync(
        string repository, HttpContext http, RepositoryRows rows, SimplePages pages, string? format, CancellationToken ct)
    {
        if (await PyPiRepository.FindAsync(rows, repository, ct) is not { } there) return PyPiRepository.None(repository);
        // The addresses in it are relative: they need the slash.
        if (!http.Request.Path.Value!.EndsWith('/'))
            return TypedResults.Redirect(
                $"/pypi/{there.At.Segment}/simple/{http.Request.QueryString}", permanent: true, preserveMethod: true);
        if (SimpleFormat.Choose(http.Request.Headers.Accept, format) is not { } chosen) return GetProject.NotAcceptable(http);
        return new DocumentResult(await pages.ListAsync(there, chosen, ct));
    }
}
