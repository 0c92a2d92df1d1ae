using System.Security.Cryptography;

using Auxo.Registry.Debian.Indexes;
using Auxo.Registry.Mirrors;
using Auxo.Registry.Repositories;

using Npgsql;

namespace Auxo.Registry.Debian;

/// <summary>
/// A Debian repository of somebody else. What is signed (<c>InRelease</c>) is asked for again after a few minutes and is passed on as it
/// is; it names the indexes by their hashes, and these name the packages, so all the rest is checked and stays.
/// </summary>
public sealed class DebianMirror(Mirror mirror, NpgsqlDataSource source, ReadIndexes indexes)
{
    private const long MostRelease = 16L << 20;
    private const long MostIndex = 1L << 30;

    /// <summary>So many versions of each index are looked through for a package: apt may have a list of some days ago.</summary>
    private const int MostVersions = 3;
    private const int MostKept = 500;

    /// <summary>What is signed; null when upstream has none of that name.</summary>
    /// <exception cref="UpstreamAwayException">It is not here, and upstream cannot be asked.</exception>
    internal async Task<MirroredDocument?> ReleaseAsync(RegistryRepository repository, string path, CancellationToken ct)
    {
        var now = false;
        if (path.EndsWith(".gpg", StringComparison.Ordinal))
        {
            // A signature that is older than what it signs is of what was before.
            var (signature, signed) = (await MirrorTable.FindDocumentAsync(source, repository.Name, path, ct),
                await MirrorTable.FindDocumentAsync(source, repository.Name, path[..^".gpg".Length], ct));
            now = signature is not null && signed is not null && signature.CheckedAt < signed.FetchedAt;
        }

        return await mirror.DocumentAsync(repository, path, AddressOf(repository, path), "", MostRelease, ct, now: now)
            is { Content: not null } found ? found : null;
    }

    /// <summary>An index or a package, checked; null when no index names it, or upstream has it no more.</summary>
    /// <exception cref="UpstreamAwayException">It is not here, and upstream cannot be asked.</exception>
    /// <exception cref="UpstreamChangedException">It is not what the index says.</exception>
    internal async Task<MirroredFile?> FindAsync(RegistryRepository repository, DebianPath path, CancellationToken ct)
    {
        if (path.Target == DebianTarget.Changes) return null;
        if (path.Hash is { } hash) return await FetchAsync(repository, path.Value, path.Value, hash, MostIndex, ct);
        if (await MirrorTable.FindFileAsync(source, repository.Name, path.Value, ct) is { } kept)
            return await FetchAsync(
                repository, path.Value, path.Value, ExpectedDigest.OfIntegrity(kept.Promised), kept.SizeBytes, ct);
        foreach (var release in await ReleasesAsync(repository, path.Value, ct))
        {
            var index = path.Value[DebianPath.FolderOf(release.Key).Length..];
            if ((await ReadAsync(release, ct)).Indexes.ContainsKey(index)) return await IndexAsync(repository, release, index, ct);
        }

        return await ListedAsync(repository, path.Value, ct) is not var (sha256, size) ? null
            : await FetchAsync(repository, path.Value, path.Value, new ExpectedDigest(HashAlgorithmName.SHA256, sha256),
                size >= 0 ? size : repository.QuotaBytes, ct);
    }

    /// <summary>The indexes of what is signed that were fetched: those that somebody uses.</summary>
    internal async Task<IReadOnlyList<string>> UsedIndexesAsync(
        RegistryRepository repository, MirroredDocument release, CancellationToken ct)
    {
        if (!IsRelease(release)) return [];
        var folder = DebianPath.FolderOf(release.Key);
        var kept = (await MirrorTable.FilesAsync(source, repository.Name, "by-hash/", MostKept, ct)).Select(static f => f.Key)
            .ToHashSet(StringComparer.Ordinal);
        return [.. (await ReadAsync(release, ct)).Indexes.Where(i => kept.Contains(DebianPath.ByHash(folder + i.Key, i.Value.Sha256)))
            .Select(static i => i.Key)];
    }

    /// <summary>Fetches indexes of what is signed, so that it can be used when upstream is away; false when it could not.</summary>
    internal async Task<bool> FetchIndexesAsync(
        RegistryRepository repository, MirroredDocument release, IReadOnlyList<string> names, CancellationToken ct)
    {
        try
        {
            foreach (var name in names) await IndexAsync(repository, release, name, ct);
            return true;
        }
        catch (Exception e) when (e is UpstreamAwayException or UpstreamChangedException or MirrorFullException)
        {
            return false;
        }
    }

    private async Task<MirroredFile?> IndexAsync(
        RegistryRepository repository, MirroredDocument release, string index, CancellationToken ct)
    {
        try
        {
            if (await AskIndexAsync(repository, release, index, ct) is { } found) return found;
        }
        catch (Exception e) when (e is UpstreamChangedException or UpstreamAwayException)
        {
            if (await NewerAsync(repository, release, ct) is not { } changed) throw;
            return await AskIndexAsync(repository, changed, index, ct);
        }

        return await NewerAsync(repository, release, ct) is { } newer ? await AskIndexAsync(repository, newer, index, ct) : null;
    }

    private async Task<MirroredFile?> AskIndexAsync(
        RegistryRepository repository, MirroredDocument release, string index, CancellationToken ct)
    {
        var file = await ReadAsync(release, ct);
        if (!file.Indexes.TryGetValue(index, out var said)) return null;
        var path = DebianPath.FolderOf(release.Key) + index;
        var byHash = DebianPath.ByHash(path, said.Sha256);
        return await FetchAsync(repository, byHash, file.HasByHash ? byHash : path, ExpectedDigest.OfHex("sha256", said.Sha256),
            said.SizeBytes, ct);
    }

    /// <summary>What is signed now, when upstream has moved on since it was asked a few minutes ago; else null.</summary>
    private async Task<MirroredDocument?> NewerAsync(RegistryRepository repository, MirroredDocument release, CancellationToken ct)
    {
        if (mirror.IsLeftAlone(repository.Name, new Uri(release.Source))) return null;
        var now = await mirror.DocumentAsync(
            repository, release.Key, new Uri(release.Source), release.Accept, MostRelease, ct, prepare: null, now: true);
        return now.Content is not null && now.Content != release.Content ? now : null;
    }

    /// <summary>What a package has to be, by the newest index that lists it.</summary>
    private async Task<(byte[] Sha256, long SizeBytes)?> ListedAsync(RegistryRepository repository, string path, CancellationToken ct)
    {
        var kept = await MirrorTable.FilesAsync(source, repository.Name, "by-hash/", MostKept, ct);
        foreach (var group in kept.Where(static f => DebianPath.MayList(f.Key)).GroupBy(static f => DebianPath.FolderOf(f.Key)))
        {
            foreach (var index in group.Take(MostVersions))
            {
                try
                {
                    if ((await indexes.FindAsync(index.Content, ct)).Find(path) is { } found) return found;
                }
                catch (InvalidDataException)
                {
                    // It is what upstream signed; apt will say so too.
                }
            }
        }

        return null;
    }

    /// <summary>What is signed of the folders in which a path lies, the newest first.</summary>
    private async Task<IEnumerable<MirroredDocument>> ReleasesAsync(RegistryRepository repository, string path, CancellationToken ct)
        => (await MirrorTable.DocumentsAsync(source, repository.Name, "Release", ct))
            .Where(d => IsRelease(d) && path.StartsWith(DebianPath.FolderOf(d.Key), StringComparison.Ordinal));

    private async Task<ReleaseFile> ReadAsync(MirroredDocument release, CancellationToken ct)
        => ReleaseFile.Parse(await mirror.ReadAsync(release.Content!.Value, ct));

    private Task<MirroredFile?> FetchAsync(
        RegistryRepository repository, string key, string path, ExpectedDigest? expected, long limitBytes, CancellationToken ct)
        => mirror.FileAsync(repository, key, AddressOf(repository, path), expected, limitBytes, ct);

    private static bool IsRelease(MirroredDocument document)
        => document.Content is not null && document.Key[(document.Key.LastIndexOf('/') + 1)..] is "InRelease" or "Release";

    private static Uri AddressOf(RegistryRepository repository, string path)
        => new($"{repository.Mirror!.Upstream.TrimEnd('/')}/{Files.FileName.Encode(path)}");
}
