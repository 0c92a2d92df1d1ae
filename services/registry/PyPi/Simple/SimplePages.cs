using System.Text.Json;

using Auxo.Registry.Packages;
using Auxo.Registry.PyPi.Mirroring;
using Auxo.Registry.PyPi.Versions;

using Npgsql;

namespace Auxo.Registry.PyPi.Simple;

/// <summary>The pages of the simple API, from what was published here and, in a mirror, from what upstream has.</summary>
public sealed class SimplePages(NpgsqlDataSource source, PackageDocuments documents, PyPiMirror mirror)
{
    private const int ListPage = 1000;

    /// <summary>The page of a project; null when nothing of it is here or upstream.</summary>
    internal async Task<PackageDocument?> FindAsync(PyPiRepository repository, string project, SimpleFormat format, CancellationToken ct)
    {
        if (await mirror.FindPageAsync(repository, project, ct) is { } upstream)
            return await documents.FindAsync(
                Key(repository, project, format),
                () => Task.FromResult<string?>(mirror.Revision(repository, project, upstream)),
                async () => Render(await mirror.ReadAsync(repository, project, upstream, ct), format));
        return await documents.FindAsync(
            Key(repository, project, format),
            async () => (await PackageTable.RevisionAsync(source, repository.Name, project, ct))?.ToString(),
            async () => await PackageTable.FindAsync(source, repository.Name, project, ct) is { } package
                ? Render(Of(package, repository.At.AsOf), format)
                : null);
    }

    /// <summary>The page that lists every project.</summary>
    internal async Task<PackageDocument> ListAsync(PyPiRepository repository, SimpleFormat format, CancellationToken ct)
        => (await documents.FindAsync(
            Key(repository, "", format),
            async () => (await source.ReadAsync(static r => r.GetString(0), ct,
                "select coalesce(sum(revision), 0)::text from registry.packages where repository = $1", repository.Name))[0],
            async () =>
            {
                var names = new List<string>();
                do names.AddRange(await PackageTable.ListNamesAsync(
                    source, repository.Name, names is [.., var last] ? last : "", ListPage, ct));
                while (names.Count > 0 && names.Count % ListPage == 0);
                return PackageDocument.Of(
                    format.IsJson ? SimpleJson.RenderList(names) : SimpleHtml.RenderList(names), format.MediaType);
            }))!;

    /// <summary>What is shown of a package, now or at a moment; the versions in the order of PEP 440.</summary>
    public static SimpleProject Of(StoredPackage package, DateTimeOffset? asOf)
    {
        var releases = package.Versions
            .Select(v => (v.Version, Files: v.Files.Where(f => asOf is null || f.StoredAt <= asOf)
                .Select(f => (Parsed: DistributionFile.Parse(f.Name, out _), File: f)).Where(static f => f.Parsed is not null)
                .Select(f => FileOf(package.Name, f.File, v.Marks.GetValueOrDefault("yanked"))).ToList()))
            .Where(static v => v.Files.Count > 0)
            .OrderBy(static v => PythonVersion.Parse(v.Version)).ToList();
        return new SimpleProject(
            package.Name, [.. releases.Select(static v => v.Version)], [.. releases.SelectMany(static v => v.Files)]);
    }

    /// <summary>A project without a file is none: clients say more clearly then that it is not there.</summary>
    private static PackageDocument? Render(SimpleProject page, SimpleFormat format)
        => page.Files.Count == 0 ? null
            : PackageDocument.Of(format.IsJson ? SimpleJson.Render(page) : SimpleHtml.Render(page), format.MediaType);

    private static SimpleFile FileOf(string project, StoredPackageFile file, string? yanked)
    {
        var facts = file.Metadata is null ? null : JsonSerializer.Deserialize(file.Metadata, PyPiJson.Default.DistributionFacts);
        return new SimpleFile(
            file.Name, $"../../files/{project}/{file.Name}", file.Digest.Hex, file.SizeBytes, file.StoredAt, facts?.RequiresPython,
            facts?.MetadataSha256, yanked);
    }

    private static DocumentKey Key(PyPiRepository repository, string project, SimpleFormat format)
        => new(repository.Name, project, $"{format.MediaType} {repository.At.AsOf?.UtcTicks}", "");
}
