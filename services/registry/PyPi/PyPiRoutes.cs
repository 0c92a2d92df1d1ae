using Auxo.Registry.PyPi.Simple;
using Auxo.Registry.PyPi.Uploading;

namespace Auxo.Registry.PyPi;

/// <summary>What pip, uv, twine and their like ask of a repository of the format <c>pypi</c>.</summary>
internal static class PyPiRoutes
{
    public const string Tag = "PyPI";

    public static void Map(IEndpointRouteBuilder routes)
    {
        ListProjects.Map(routes);
        GetProject.Map(routes);
        GetDistribution.Map(routes);
        UploadDistribution.Map(routes);
        YankRelease.Map(routes);
        RemoveRelease.Map(routes);
    }

    /// <summary>The project that a route is about, in normal form; null when its name is none.</summary>
    public static string? ProjectOf(HttpContext http)
        => http.Request.RouteValues["project"] is string name && ProjectName.Refuse(name) is null ? ProjectName.Normalize(name) : null;
}
