using Auxo.Registry.Packages;
using Auxo.Registry.PyPi;
using Auxo.Registry.PyPi.Mirroring;
using Auxo.Registry.PyPi.Versions;
using Auxo.Registry.Repositories;

using Npgsql;

namespace Auxo.Registry.Mirrors.Prefetching;

/// <summary>
/// A release of Python: the wheels that run on a platform, of every Python, with their metadata; where there is none, its source.
/// </summary>
public sealed class PrefetchPyPi(PyPiMirror mirror, NpgsqlDataSource source, TimeProvider time)
{
    /// <summary>What was done; null when there is no such release.</summary>
    internal async Task<PrefetchAnswer?> RunAsync(
        RegistryRepository settings, RepositoryAt at, string package, string version, string? platform, CancellationToken ct)
    {
        if (ProjectName.Refuse(package) is not null || PythonVersion.Parse(version) is not { } wanted) return null;
        var (repository, project) = (new PyPiRepository(settings, at), ProjectName.Normalize(package));
        var fetched = new FetchedFiles(time.GetUtcNow());
        if (await PackageTable.RevisionAsync(source, at.Name, project, ct) is not null)
            return await repository.FindReleaseAsync(source, project, version, ct) is null ? null : new PrefetchAnswer(0, 1);
        if (await mirror.FindPageAsync(repository, project, ct) is not { } page) return null;
        var files = (await mirror.ReadAsync(repository, project, page, ct)).Files
            .Where(f => DistributionFile.Parse(f.FileName, out _)?.Version.Equals(wanted) == true).ToList();
        if (files.Count == 0) return null;
        foreach (var file in WheelPlatform.Choose(files, static f => f.FileName, platform))
        {
            if (file.MetadataSha256 is not null) await FetchAsync(file.FileName + GetDistribution.MetadataSuffix);
            if (await FetchAsync(file.FileName) is { } found) fetched.Add(found);
        }

        return fetched.Answer;

        Task<MirroredFile?> FetchAsync(string name) => mirror.FindFileAsync(repository, project, name, ct);
    }
}
