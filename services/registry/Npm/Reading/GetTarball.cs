using Auxo.Registry.Blobs;
using Auxo.Registry.Fetching;
using Auxo.Registry.Npm.Mirrored;
using Auxo.Registry.Npm.Names;
using Auxo.Registry.Packages;
using Auxo.Registry.Repositories;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.Npm.Reading;

/// <summary>Finds a package's tarball: here, or upstream.</summary>
public sealed class GetTarball(NpgsqlDataSource source, BlobStore blobs, NpmPackages packages, NpmMirror mirror, FetchLog fetches)
{
    internal async Task<IResult> RunAsync(
        HttpContext http, RegistryRepository repository, RepositoryAt at, NpmName name, string file, CancellationToken ct)
    {
        if (await OwnAsync(at, name, file, ct) is not { } found)
        {
            return repository.Mirror is not null && !await packages.IsOursAsync(at.Name, name.Value, ct)
                && await mirror.TarballAsync(repository, at, name, file, ct) is { } theirs
                ? Send(http, at, name, file, theirs.Content, theirs.SizeBytes, theirs.FetchedAt, theirs.Source)
                : NoFile(name, file);
        }

        // A file that was removed a moment ago has no row any more, and its content may be gone.
        return blobs.Files.Exists(found.Digest) || await OwnAsync(at, name, file, ct) is not null
            ? Send(http, at, name, file, found.Digest, found.SizeBytes, found.StoredAt, "")
            : NoFile(name, file);
    }

    private async Task<StoredPackageFile?> OwnAsync(RepositoryAt at, NpmName name, string file, CancellationToken ct)
        => file.EndsWith(".tgz", StringComparison.Ordinal)
            && await PackageTable.FindFileAsync(source, at.Name, name.Value, file, ct) is { } found
            && (at.AsOf is null || found.StoredAt <= at.AsOf) ? found : null;

    private BlobResult Send(
        HttpContext http, RepositoryAt at, NpmName name, string file, Digest digest, long sizeBytes, DateTimeOffset storedAt,
        string upstream)
    {
        var answer = BlobResult.OfVersion(blobs, digest, sizeBytes, "application/octet-stream", file, storedAt);
        fetches.Add(http, at.Name, name.Value, file[(name.Bare.Length + 1)..^4], file, digest, sizeBytes, upstream);
        return answer;
    }

    private static ProblemHttpResult NoFile(NpmName name, string file)
        => AuxoProblem.NotFound("npm/no-such-file", $"'{name}' has no file '{NpmProblems.Shown(file)}'.");
}
