using Auxo.Registry.NuGet;
using Auxo.Registry.NuGet.Flat;
using Auxo.Registry.NuGet.Mirroring;
using Auxo.Registry.Packages;
using Auxo.Registry.Repositories;

using Npgsql;

namespace Auxo.Registry.Mirrors.Prefetching;

/// <summary>A package of NuGet: its list of versions and its <c>.nupkg</c>.</summary>
internal sealed class PrefetchNuGet(NuGetMirror mirror, NpgsqlDataSource source, TimeProvider time)
{
    /// <summary>What was done; null when there is no such version.</summary>
    public async Task<PrefetchAnswer?> RunAsync(
        RegistryRepository repository, RepositoryAt at, string package, string version, CancellationToken ct)
    {
        if (PackageId.Refuse(package) is not null || PackageId.ParseVersion(version) is not { } parsed) return null;
        var (id, normal) = (PackageId.Normalize(package), PackageId.Normalize(parsed));
        var (file, fetched) = (PackageFileName.Package(id, normal), new FetchedFiles(time.GetUtcNow()));
        if (await PackageTable.FindFileAsync(source, at.Name, id, file, ct) is not null) return new PrefetchAnswer(0, 1);
        if (await mirror.FindFileAsync(new NuGetRepository(repository, at), id, normal, file, ct) is not { } found) return null;
        fetched.Add(found);
        return fetched.Answer;
    }
}
