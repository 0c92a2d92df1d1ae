using System.Text.Json;

using Auxo.Registry.Mirrors;
using Auxo.Registry.Packages;
using Auxo.Registry.PyPi.Simple;
using Auxo.Registry.Repositories;

using Npgsql;

namespace Auxo.Registry.PyPi.Mirroring;

/// <summary>
/// The projects of upstream in a repository that has one. A name of which anything was ever published here is ours: upstream is never
/// asked for it, so nobody can put a higher version there.
/// </summary>
public sealed class PyPiMirror(Mirror mirror, NpgsqlDataSource source, TimeProvider time)
{
    private const long MaxPage = 64 << 20;

    /// <summary>Upstream's page of a project, and what it was made from; null when upstream has none, or may not be asked.</summary>
    /// <exception cref="UpstreamAwayException">It is not here, and upstream cannot be asked.</exception>
    internal async Task<MirroredDocument?> FindPageAsync(PyPiRepository repository, string project, CancellationToken ct)
    {
        if (repository.Settings.Mirror is not { } settings
            || await PackageTable.RevisionAsync(source, repository.Name, project, ct) is not null) return null;
        return await mirror.DocumentAsync(
            repository.Settings, $"pypi/{project}", PageOf(settings, project), SimpleFormat.Json.MediaType, MaxPage, ct)
            is { Content: not null } page ? page : null;
    }

    /// <summary>What is offered of it now, or was at the moment that the address names.</summary>
    internal async Task<SimpleProject> ReadAsync(PyPiRepository repository, string project, MirroredDocument page, CancellationToken ct)
        => OfferedProject.Of(project, await ReadAsync(repository, page, ct), CooldownOf(repository, project));

    /// <summary>Changes when what is offered does, though upstream's page is as it was.</summary>
    internal string Revision(PyPiRepository repository, string project, MirroredDocument page)
        => CooldownOf(repository, project).RevisionOf(page.Content);

    /// <summary>A file, whole and checked; null when upstream has none that is offered.</summary>
    /// <exception cref="UpstreamAwayException">It is not here, and upstream cannot be asked.</exception>
    /// <exception cref="UpstreamChangedException">It is not what upstream's page promises.</exception>
    internal async Task<MirroredFile?> FindFileAsync(PyPiRepository repository, string project, string file, CancellationToken ct)
    {
        if (await FindPageAsync(repository, project, ct) is not { } page) return null;
        var key = $"pypi/{project}/{file}";
        var stem = file.EndsWith(GetDistribution.MetadataSuffix, StringComparison.Ordinal)
            ? file[..^GetDistribution.MetadataSuffix.Length] : file;
        if ((await ReadAsync(repository, page, ct)).Files.FirstOrDefault(f => f.FileName == stem) is not { } offered)
            // What upstream took away stays for those who build with it.
            return await MirrorTable.FindFileAsync(source, repository.Name, key, ct);
        if (!CooldownOf(repository, project).Offers(offered.UploadedAt)) return null;
        var promised = file == stem ? offered.Sha256 : offered.MetadataSha256;
        if (promised is null) return null;
        var address = file == stem ? offered.Address : MetadataOf(offered.Address);
        return await mirror.FileAsync(
            repository.Settings, key, address, ExpectedDigest.OfHex("sha256", promised), repository.Settings.QuotaBytes, ct);
    }

    private async Task<UpstreamProject> ReadAsync(PyPiRepository repository, MirroredDocument page, CancellationToken ct)
    {
        try
        {
            return await mirror.UseAsync(
                page.Content!.Value, bytes => UpstreamProject.Read(bytes, new Uri(page.Source)), ct);
        }
        catch (JsonException e)
        {
            throw new UpstreamAwayException(
                repository.Name, "what it answered is no page of the simple API as JSON; is its address that of '…/simple/'?", e);
        }
    }

    private Cooldown CooldownOf(PyPiRepository repository, string project)
        => Cooldown.For(repository.Settings.Mirror!, project, repository.At.AsOf, time.GetUtcNow());

    private static Uri PageOf(MirrorSettings settings, string project) => new($"{settings.Upstream.TrimEnd('/')}/{project}/");

    private static Uri MetadataOf(Uri file)
        => new UriBuilder(file) { Path = file.AbsolutePath + GetDistribution.MetadataSuffix, Fragment = "" }.Uri;
}
