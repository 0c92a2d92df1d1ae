using Auxo.Registry.NuGet.Flat;
using Auxo.Registry.NuGet.Protocol;
using Auxo.Registry.NuGet.Pushing;
using Auxo.Registry.NuGet.Searching;

namespace Auxo.Registry.NuGet;

/// <summary>What the clients of NuGet ask of a repository of the format <c>nuget</c>; <c>v3/index.json</c> names all the rest.</summary>
internal static class NuGetRoutes
{
    public const string Tag = "NuGet";
    public const string Root = "/nuget/{repository}/v3";

    public static void Map(IEndpointRouteBuilder routes)
    {
        GetServiceIndex.Map(routes);
        ListVersions.Map(routes);
        GetPackageFile.Map(routes);
        GetRegistration.Map(routes);
        GetVulnerabilities.Map(routes);
        SearchPackages.Map(routes);
        CompleteNames.Map(routes);
        PushPackage.Map(routes);
        PushSymbols.Map(routes);
        UnlistPackage.Map(routes);
        RemovePackage.Map(routes);
    }

    /// <summary>The package that a route is about, in normal form; null when its name is none.</summary>
    public static string? PackageOf(HttpContext http)
        => http.Request.RouteValues["id"] is string id && PackageId.Refuse(id) is null ? PackageId.Normalize(id) : null;
}
