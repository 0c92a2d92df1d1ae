using Auxo.Registry.Npm.Mirrored;
using Auxo.Registry.Npm.Names;
using Auxo.Registry.Npm.Reading;
using Auxo.Registry.Packages;
using Auxo.Registry.Repositories;

using Npgsql;

namespace Auxo.Registry.Mirrors.Prefetching;

/// <summary>A package of npm: its list of versions and one tarball.</summary>
public sealed class PrefetchNpm(NpmPackages packages, NpmMirror mirror, NpgsqlDataSource source, TimeProvider time)
{
    /// <summary>What was done; null when there is no such version.</summary>
    internal async Task<PrefetchAnswer?> RunAsync(
        RegistryRepository repository, RepositoryAt at, string package, string version, CancellationToken ct)
    {
        if (!NpmName.TryParse(package, out var name, out _)) return null;
        var (file, fetched) = ($"{name.Bare}-{version}.tgz", new FetchedFiles(time.GetUtcNow()));
        if (await packages.IsOursAsync(at.Name, name.Value, ct))
            return await PackageTable.FindFileAsync(source, at.Name, name.Value, file, ct) is null ? null : new PrefetchAnswer(0, 1);
        if (await mirror.TarballAsync(repository, at, name, file, ct) is not { } tarball) return null;
        fetched.Add(tarball);
        return fetched.Answer;
    }
}
