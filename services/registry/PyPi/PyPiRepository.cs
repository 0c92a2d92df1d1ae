using Auxo.Registry.Packages;
using Auxo.Registry.PyPi.Versions;
using Auxo.Registry.Repositories;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.PyPi;

/// <summary>A repository of the format <c>pypi</c>, as an address names it.</summary>
/// <param name="Settings">How it is set.</param>
/// <param name="At">Its name, and the moment at which it is looked at.</param>
internal sealed record PyPiRepository(RegistryRepository Settings, RepositoryAt At)
{
    public string Name => Settings.Name;

    /// <summary>Finds it; null when there is none of that name and format.</summary>
    public static async ValueTask<PyPiRepository?> FindAsync(RepositoryRows rows, string segment, CancellationToken ct)
        => RepositoryAt.Parse(segment) is { } at && await rows.FindAsync(at.Name, RepositoryFormats.PyPi, ct) is { } row
            ? new PyPiRepository(row, at)
            : null;

    public static ProblemHttpResult None(string segment)
        => AuxoProblem.NotFound("repository/not-found",
            $"There is no PyPI repository '{(segment.Length > 80 ? segment[..79] + "…" : segment)}'.");

    /// <summary>A version as it is stored, whatever its spelling; null when there is no such release.</summary>
    public async Task<string?> FindReleaseAsync(NpgsqlDataSource source, string project, string version, CancellationToken ct)
        => PythonVersion.Parse(version) is { } wanted && await PackageTable.FindAsync(source, Name, project, ct) is { } package
            ? package.Versions.FirstOrDefault(v => wanted.Equals(PythonVersion.Parse(v.Version)))?.Version
            : null;

    /// <summary>404: there is no such project.</summary>
    public ProblemHttpResult NoProject(string project)
        => AuxoProblem.NotFound("package/not-found", $"'{Name}' has no project '{project}'.");

    /// <summary>404: there is no such release.</summary>
    public ProblemHttpResult NoRelease(string version)
        => AuxoProblem.NotFound("package/not-found",
            $"'{Name}' has no release '{(version.Length > 80 ? version[..79] + "…" : version)}' of this project.");
}
