using System.Text.Json;

using Auxo.Registry.Files;
using Auxo.Registry.Mirrors;
using Auxo.Registry.Npm.Mirrored;
using Auxo.Registry.Npm.Names;
using Auxo.Registry.NuGet;
using Auxo.Registry.NuGet.Mirroring;
using Auxo.Registry.Packages;
using Auxo.Registry.PyPi;
using Auxo.Registry.PyPi.Mirroring;
using Auxo.Registry.Repositories;

using Npgsql;

namespace Auxo.Registry.Freshness;

/// <summary>
/// The newest version of a package that is offered here, from what is published here and what mirrors have kept. Nobody is asked for it:
/// what no client has fetched by a mirror is not known.
/// </summary>
public sealed class KnownVersions(NpgsqlDataSource source, Mirror mirror, TimeProvider time)
{
    /// <summary>A list that nobody has asked for again for longer says little of today.</summary>
    private static readonly TimeSpan Believed = TimeSpan.FromDays(30);

    /// <summary>The newest of a package, over all repositories of its ecosystem; null when nothing is known.</summary>
    internal async Task<PackageVersion?> NewestAsync(
        IEnumerable<RegistryRepository> repositories, string ecosystem, string name, CancellationToken ct)
    {
        if (NormalName(ecosystem, name) is not { } normal) return null;
        var found = new List<PackageVersion>();
        foreach (var repository in repositories.Where(repository => repository.Format == ecosystem))
        {
            // A name of which anything was published here is ours: a mirror is not asked for it.
            var newest = await PackageTable.FindAsync(source, repository.Name, normal, ct) is { } own
                ? Newest(ecosystem, own.Versions.Where(static one => one.Marks.Count == 0).Select(static one => one.Version))
                : await MirroredAsync(repository, normal, ct);
            if (newest is not null) found.Add(newest);
        }

        return PackageVersion.Newest(found);
    }

    private static string? NormalName(string ecosystem, string name) => ecosystem switch
    {
        RepositoryFormats.Npm => NpmName.TryParse(name, out var npm, out _) ? npm.Value : null,
        RepositoryFormats.NuGet => PackageId.Refuse(name) is null ? PackageId.Normalize(name) : null,
        RepositoryFormats.PyPi => ProjectName.Refuse(name) is null ? ProjectName.Normalize(name) : null,
        _ => null,
    };

    private async Task<PackageVersion?> MirroredAsync(RegistryRepository repository, string name, CancellationToken ct)
    {
        if (repository.Mirror is not { } settings
            || await KeptAsync(repository, settings, KeyOf(repository.Format, name), ct) is not { } kept) return null;
        var cooldown = Cooldown.For(settings, name, asOf: null, time.GetUtcNow());
        try
        {
            return repository.Format switch
            {
                RepositoryFormats.Npm => await mirror.UseAsync(kept.Content!.Value, bytes => OfNpm(bytes, name, cooldown), ct),
                RepositoryFormats.PyPi => await mirror.UseAsync(kept.Content!.Value, bytes => OfPyPi(bytes, kept, cooldown), ct),
                _ => await OfNuGetAsync(repository, settings, name, kept, cooldown, ct),
            };
        }
        catch (Exception e) when (e is JsonException or MissingContentException)
        {
            // Whoever installs it is told; here it is only not known.
            return null;
        }
    }

    private static string KeyOf(string format, string name) => format switch
    {
        RepositoryFormats.Npm => name,
        RepositoryFormats.PyPi => $"pypi/{name}",
        _ => NuGetMirror.RegistrationKey(name),
    };

    private async Task<MirroredDocument?> KeptAsync(
        RegistryRepository repository, MirrorSettings settings, string key, CancellationToken ct)
        => await MirrorTable.FindDocumentAsync(source, repository.Name, key, ct) is { Content: not null } kept
            && time.GetUtcNow() - kept.CheckedAt <= Believed + TimeSpan.FromDays(settings.RefreshDays) ? kept : null;

    private static PackageVersion? OfNpm(byte[] bytes, string name, Cooldown cooldown)
    {
        using var json = JsonDocument.Parse(bytes);
        if (!NpmName.TryParse(name, out var npm, out _)) return null;
        var package = new MirroredPackument(json.RootElement, npm, cooldown);
        return package.Fits && package.Latest is { } latest ? PackageVersion.Read(RepositoryFormats.Npm, latest) : null;
    }

    private static PackageVersion? OfPyPi(byte[] bytes, MirroredDocument kept, Cooldown cooldown)
        => Newest(RepositoryFormats.PyPi, UpstreamProject.Read(bytes, new Uri(kept.Source)).Files
            .Where(file => file is { Version: not null, Yanked: null } && cooldown.Offers(file.UploadedAt))
            .Select(static file => file.Version!.Normal).Distinct(StringComparer.Ordinal));

    /// <summary>A registration has long lists in pages of their own; when one of them is not here the newest is not known.</summary>
    private async Task<PackageVersion?> OfNuGetAsync(
        RegistryRepository repository, MirrorSettings settings, string id, MirroredDocument index, Cooldown cooldown, CancellationToken ct)
    {
        var versions = new List<string>();
        using var json = JsonDocument.Parse(await mirror.ReadAsync(index.Content!.Value, ct), Options);
        foreach (var page in UpstreamJson.List(json.RootElement, "items"))
        {
            if (UpstreamJson.TryList(page, "items", out var inline))
            {
                Add(inline, index);
                continue;
            }

            if (await KeptAsync(repository, settings, NuGetMirror.PageKey(id, page), ct) is not { } kept) return null;
            using var inner = JsonDocument.Parse(await mirror.ReadAsync(kept.Content!.Value, ct), Options);
            Add(UpstreamJson.List(inner.RootElement, "items"), kept);
        }

        return Newest(RepositoryFormats.NuGet, versions);

        void Add(IEnumerable<JsonElement> leaves, MirroredDocument from) => versions.AddRange(leaves
            .Select(leaf => UpstreamVersion.Read(leaf, id, new Uri(from.Source))).OfType<UpstreamVersion>()
            .Where(version => version.Listed.Stored.Marks.Count == 0 && cooldown.Offers(version.KnownSince))
            .Select(static version => version.Listed.Stored.Version));
    }

    private static JsonDocumentOptions Options => new() { MaxDepth = 32 };

    private static PackageVersion? Newest(string ecosystem, IEnumerable<string> versions)
        => PackageVersion.Newest([.. versions.Select(version => PackageVersion.Read(ecosystem, version)).OfType<PackageVersion>()]);
}
