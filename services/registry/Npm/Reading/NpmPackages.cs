using System.Globalization;

using Auxo.Registry.Access;
using Auxo.Registry.Npm.Mirrored;
using Auxo.Registry.Npm.Names;
using Auxo.Registry.Npm.Signing;
using Auxo.Registry.Packages;
using Auxo.Registry.Repositories;

using Npgsql;

namespace Auxo.Registry.Npm.Reading;

/// <summary>
/// Documents about packages, made once and sent often. A name that was ever published here is ours, and nobody else's package is given
/// out under it; any other comes from upstream, where there is one.
/// </summary>
public sealed class NpmPackages(NpgsqlDataSource source, PackageDocuments documents, SigningKey key, NpmMirror mirror)
{
    /// <summary>The package; null when there is none, or no version of it (any more).</summary>
    internal Task<PackageDocument?> PackumentAsync(
        HttpContext http, RegistryRepository repository, RepositoryAt at, NpmName name, bool full, CancellationToken ct)
    {
        var address = AddressOf(http, at);
        return FindAsync(
            http, repository, at, name, full ? "full" : "abbreviated", full ? "application/json" : Packument.AbbreviatedType,
            p => p.Render(full), p => p.Render(address, full), ct);
    }

    /// <summary>One version of it, by itself or by a tag.</summary>
    internal Task<PackageDocument?> VersionAsync(
        HttpContext http, RegistryRepository repository, RepositoryAt at, NpmName name, string versionOrTag, CancellationToken ct)
    {
        var address = AddressOf(http, at);
        return FindAsync(
            http, repository, at, name, "version " + versionOrTag, "application/json",
            p => p.RenderVersion(versionOrTag), p => p.RenderVersion(address, versionOrTag), ct);
    }

    /// <summary>Whether a package of that name was ever published here: then nobody else's is given out under it.</summary>
    public async Task<bool> IsOursAsync(string repository, string name, CancellationToken ct)
        => await PackageTable.RevisionAsync(source, repository, name, ct) is not null;

    /// <summary>The address of a repository as the client knows it.</summary>
    public static string AddressOf(HttpContext http, RepositoryAt at) => $"{PublicAddress.Of(http)}/npm/{at.Segment}";

    private Task<PackageDocument?> FindAsync(
        HttpContext http, RegistryRepository repository, RepositoryAt at, NpmName name, string form, string mediaType,
        Func<Packument, byte[]?> ours, Func<MirroredPackument, byte[]?> theirs, CancellationToken ct)
    {
        var address = AddressOf(http, at);
        OfferedPackage? offered = null;
        return documents.FindAsync(
            new DocumentKey(at.Name, name.Value, form, address),
            async () =>
            {
                if (await PackageTable.RevisionAsync(source, at.Name, name.Value, ct) is { } revision)
                    return revision.ToString(CultureInfo.InvariantCulture);
                offered = repository.Mirror is null ? null : await mirror.FindAsync(repository, at, name, ct);
                if (offered is { IsStale: true }) http.Response.Headers.Warning = "110 - \"upstream cannot be asked\"";
                return offered?.Revision;
            },
            async () =>
            {
                var bytes = offered is not null ? await mirror.ReadAsync(repository, offered, name, theirs, ct)
                    : await PackageTable.FindAsync(source, at.Name, name.Value, ct) is { } package
                        ? ours(new Packument(AsOf(package, at.AsOf), address, key))
                        : null;
                return bytes is null ? null : PackageDocument.Of(bytes, mediaType);
            });
    }

    /// <summary>As it stood at a moment: what came later is left out, and tags that point to it.</summary>
    internal static StoredPackage AsOf(StoredPackage package, DateTimeOffset? moment)
    {
        if (moment is not { } until || package.Versions.All(v => v.PublishedAt <= until)) return package;
        var there = package.Versions.Where(v => v.PublishedAt <= until).ToList();
        return package with
        {
            Versions = there,
            Tags = package.Tags.Where(t => there.Any(v => v.Version == t.Value)).ToDictionary(StringComparer.Ordinal),
        };
    }
}
