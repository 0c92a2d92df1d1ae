using Auxo.Registry.Access;
using Auxo.Registry.Packages;
using Auxo.Registry.Repositories;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Registry.PyPi.Simple;

/// <summary>
/// <c>GET /pypi/{repository}/simple/{project}/</c>: the project's files, as JSON or HTML. Another spelling of the name, or no slash
/// at the end, leads to the one address of the project.
/// </summary>
internal static class GetProject
{
    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapMethods("/pypi/{repository}/simple/{project}", [HttpMethods.Get, HttpMethods.Head], HandleAsync)
            .WithName("GetPythonProject").WithTags(PyPiRoutes.Tag).RequireRepositoryScope(RegistryScopes.Read, PyPiRoutes.ProjectOf);

    private static async Task<Results<DocumentResult, RedirectHttpResult, ProblemHttpResult>> HandleAsync(
        string repository, string project, HttpContext http, RepositoryRows rows, SimplePages pages, string? format,
        CancellationToken ct)
    {
        if (await PyPiRepository.FindAsync(rows, repository, ct) is not { } there) return PyPiRepository.None(repository);
        if (PyPiRoutes.ProjectOf(http) is not { } name)
            return AuxoProblem.NotFound("package/invalid-name", ProjectName.Refuse(project)!);
        if (name != project || !http.Request.Path.Value!.EndsWith('/'))
            return TypedResults.Redirect(
                $"/pypi/{there.At.Segment}/simple/{name}/{http.Request.QueryString}", permanent: true, preserveMethod: true);
        if (SimpleFormat.Choose(http.Request.Headers.Accept, format) is not { } chosen) return NotAcceptable(http);
        return await pages.FindAsync(there, name, chosen, ct) is { } document ? new DocumentResult(document) : there.NoProject(name);
    }

    /// <summary>406: the client takes none of the forms.</summary>
    internal static ProblemHttpResult NotAcceptable(HttpContext http)
    {
        http.Response.Headers.Vary = "Accept";
        return AuxoProblem.Of(StatusCodes.Status406NotAcceptable, "request/not-acceptable",
            $"This index answers as {SimpleFormat.Json.MediaType}, {SimpleFormat.Html.MediaType} or text/html; "
                + "'Accept' names none of them.");
    }
}
