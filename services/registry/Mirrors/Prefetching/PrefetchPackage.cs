using Auxo.Registry.Access;
using Auxo.Registry.Repositories;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Registry.Mirrors.Prefetching;

/// <summary>A version of a package that shall be in a mirror before somebody installs it.</summary>
/// <param name="Package">Its name, as a lock file has it.</param>
/// <param name="Version">Its version.</param>
/// <param name="Platform">
/// Of packages that have a file for each platform (those of Python) only the files of this one, such as <c>linux_x86_64</c>; null for all.
/// </param>
public sealed record PrefetchBody(string? Package, string? Version, string? Platform = null);

/// <summary>What was done for it.</summary>
/// <param name="Fetched">Files that came from upstream now.</param>
/// <param name="Present">Files that were here.</param>
public sealed record PrefetchAnswer(int Fetched, int Present);

/// <summary>
/// <c>POST /mirrors/{repository}/prefetch</c>: fetches the files of one version, as an installation would, and hands out none. It is
/// refused with what an installation would be told.
/// </summary>
internal static class PrefetchPackage
{
    private const int LongestPlatform = 64;

    /// <summary>Adds what it needs.</summary>
    public static void AddPrefetching(this IServiceCollection services)
    {
        services.AddSingleton<PrefetchNpm>();
        services.AddSingleton<PrefetchPyPi>();
        services.AddSingleton<PrefetchNuGet>();
    }

    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapPost("/mirrors/{repository}/prefetch", HandleAsync)
            .WithName("PrefetchPackage").WithTags("Mirrors").RequireRepositoryScope(RegistryScopes.Read);

    private static async Task<Results<Ok<PrefetchAnswer>, ProblemHttpResult>> HandleAsync(
        string repository, PrefetchBody? body, RepositoryRows rows, PrefetchNpm npm, PrefetchPyPi pypi, PrefetchNuGet nuget,
        CancellationToken ct)
    {
        if (body is not { Package: { Length: > 0 } package, Version: { Length: > 0 } version }
            || package.Contains('\0') || version.Contains('\0')) return AuxoProblem.BadRequest(
            "mirror/invalid-package", "The body names a version: {\"package\":\"left-pad\",\"version\":\"1.3.0\"}.");
        if (body.Platform is { Length: > LongestPlatform } || body.Platform?.Contains('_') == false)
            return AuxoProblem.BadRequest("mirror/invalid-package", "'platform' is like linux_x86_64, macosx_arm64 or win_amd64.");
        if (RepositoryAt.Parse(repository) is not { } at || await rows.FindAsync(at.Name, ct) is not { Mirror: not null } found)
            return ManageMirrors.NoMirror(repository);
        var done = found.Format switch
        {
            RepositoryFormats.Npm => await npm.RunAsync(found, at, package, version, ct),
            RepositoryFormats.PyPi => await pypi.RunAsync(found, at, package, version, body.Platform, ct),
            RepositoryFormats.NuGet => await nuget.RunAsync(found, at, package, version, ct),
            _ => null,
        };
        return done is null
            ? AuxoProblem.NotFound("mirror/not-found",
                $"'{at.Name}' has no {Shown(package)} {Shown(version)}, nor has its upstream, or it is younger than the mirror's cooldown.")
            : TypedResults.Ok(done);
    }

    private static string Shown(string text) => text.Length > 80 ? text[..79] + "…" : text;
}

/// <summary>Counts what came and what was here.</summary>
internal sealed class FetchedFiles(DateTimeOffset since)
{
    private int _fetched;
    private int _present;

    public void Add(MirroredFile file)
    {
        if (file.FetchedAt >= since) _fetched++;
        else _present++;
    }

    public PrefetchAnswer Answer => new(_fetched, _present);
}
