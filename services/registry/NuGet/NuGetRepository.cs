using Auxo.Registry.Access;
using Auxo.Registry.Packages;
using Auxo.Registry.Repositories;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Registry.NuGet;

/// <summary>A repository of the format <c>nuget</c>, as an address names it.</summary>
/// <param name="Settings">How it is set.</param>
/// <param name="At">Its name, and the moment at which it is looked at.</param>
internal sealed record NuGetRepository(RegistryRepository Settings, RepositoryAt At)
{
    public string Name => Settings.Name;

    /// <summary>Finds it; null when there is none of that name and format.</summary>
    public static async ValueTask<NuGetRepository?> FindAsync(RepositoryRows rows, string segment, CancellationToken ct)
        => RepositoryAt.Parse(segment) is { } at && await rows.FindAsync(at.Name, RepositoryFormats.NuGet, ct) is { } row
            ? new NuGetRepository(row, at)
            : null;

    public static ProblemHttpResult None(string segment)
        => AuxoProblem.NotFound("repository/not-found",
            $"There is no NuGet repository '{(segment.Length > 80 ? segment[..79] + "…" : segment)}'.");

    public ProblemHttpResult NoPackage(string id) => AuxoProblem.NotFound("package/not-found", $"'{Name}' has no package '{id}'.");

    /// <summary>What every address in an answer to this request begins with, such as <c>https://auxo.example/nuget/ours/v3</c>.</summary>
    public string AddressFor(HttpContext http) => $"{PublicAddress.Of(http)}/nuget/{At.Segment}/v3";

    /// <summary>A document that is kept for this request's address.</summary>
    public DocumentKey Document(HttpContext http, string name, string form) => new(Name, name, form, AddressFor(http));
}
