using Auxo.Registry.Blobs;
using Auxo.Registry.Expiring;
using Auxo.Registry.Fetching;
using Auxo.Registry.Files;
using Auxo.Registry.Oci.Manifests;
using Auxo.Registry.Packages;

using Npgsql;

namespace Auxo.Registry.Oci.Retention;

/// <summary>
/// Cleans up the images of a repository, one after the other and each as whoever pushes to it: what is decided is what is there at the
/// moment of the save. Blobs that no manifest holds any more go with the next sweep.
/// </summary>
public sealed class CleanUpImages(
    NpgsqlDataSource source, IDocumentStore store, BlobStore blobs, ImageGate gate, FetchLog fetches, RetentionPolicy policy,
    TimeProvider time)
{
    private const int MostAtOnce = 500;

    /// <summary>What would go.</summary>
    public async Task<IReadOnlyList<ExpiredPackageVersion>> PreviewAsync(
        string repository, IReadOnlyList<string> patterns, CancellationToken ct)
    {
        await fetches.WrittenAsync(ct);
        var (gone, now) = (new List<ExpiredPackageVersion>(), time.GetUtcNow());
        foreach (var image in await ImageHoldings.ImagesAsync(source, repository, ct))
        {
            var (decided, holdings) = await DecideAsync(repository, image, patterns, now, ct);
            gone.AddRange(Say(image, decided.Tags, decided.Manifests, holdings));
        }

        return gone;
    }

    /// <summary>Lets it go, and says what went.</summary>
    /// <param name="repository">Its name.</param>
    /// <param name="patterns">Which tags may go.</param>
    /// <param name="by">Who says so.</param>
    /// <param name="ct">Stops between two saves.</param>
    public async Task<IReadOnlyList<ExpiredPackageVersion>> RunAsync(
        string repository, IReadOnlyList<string> patterns, string by, CancellationToken ct)
    {
        await fetches.WrittenAsync(ct);
        var (gone, now) = (new List<ExpiredPackageVersion>(), time.GetUtcNow());
        foreach (var image in await ImageHoldings.ImagesAsync(source, repository, ct))
        {
            var path = new OciPath(repository, image, OciTarget.Manifest, "");
            while (true)
            {
                ct.ThrowIfCancellationRequested();
                var (some, more) = await gate.RunAsync(path.Name, () => OnceAsync(path, patterns, by, now));
                gone.AddRange(some);
                if (!more) break;
            }
        }

        return gone;
    }

    private async Task<(List<ExpiredPackageVersion> Gone, bool More)> OnceAsync(
        OciPath path, IReadOnlyList<string> patterns, string by, DateTimeOffset now)
    {
        await using var session = store.TracedSession();
        var stream = await ImageStream.OpenAsync(session, path.Name, CancellationToken.None);
        var (decided, holdings) = await DecideAsync(path.Repository, path.Image, patterns, now, CancellationToken.None);
        var groups = new List<IReadOnlyList<KeptManifest>>();
        foreach (var group in decided.Manifests)
        {
            if (groups.Sum(static g => g.Count) >= MostAtOnce) break;
            groups.Add(group);
        }

        var (at, events) = (time.GetUtcNow(), new List<ImageEvent>());
        foreach (var tag in decided.Tags)
        {
            events.Add(new ImageEvent.TagRemoved(tag.Name, tag.Digest, by, at));
            session.QueueSqlCommand(ManifestTable.RemoveTag(path, tag.Name));
        }

        foreach (var manifest in groups.SelectMany(static g => g))
        {
            events.Add(new ImageEvent.ManifestDeleted(manifest.Digest, [], by, at));
            session.QueueSqlCommand(FileTable.Charge(path.Repository, -holdings.Sizes[manifest.Digest], -1));
            session.QueueSqlCommand(ManifestTable.Delete(path, OciDigest.TryParse(manifest.Digest, out var digest) ? digest : default));
        }

        stream.Append(events);
        if (events.Count > 0) await session.SaveChangesAsync(CancellationToken.None);
        return (Say(path.Image, decided.Tags, groups, holdings), groups.Count < decided.Manifests.Count);
    }

    private async Task<(ImageCleanUp, ImageHoldings)> DecideAsync(
        string repository, string image, IReadOnlyList<string> patterns, DateTimeOffset now, CancellationToken ct)
    {
        var holdings = await ImageHoldings.ReadAsync(source, blobs.Files, repository, image, now - policy.Age, ct);
        return (ImageRetention.Decide(holdings.Manifests, holdings.Tags, patterns, policy, now), holdings);
    }

    private List<ExpiredPackageVersion> Say(
        string image, IReadOnlyList<KeptTag> tags, IEnumerable<IReadOnlyList<KeptManifest>> groups, ImageHoldings holdings)
    {
        var manifests = groups.SelectMany(static g => g).ToList();
        var freed = holdings.FreedBy(manifests);
        var days = $"in {policy.Age.TotalDays:0} days nobody fetched it";
        return
        [
            .. tags.Select(tag => new ExpiredPackageVersion(
                image, tag.Name, 0, $"a tag that may go, not among the newest {policy.Newest} of those, and {days}")),
            .. manifests.Select(manifest => new ExpiredPackageVersion(
                image, manifest.Digest, freed[manifest.Digest],
                $"no tag and nothing that stays needs it, it is not among the newest {policy.Newest}, and {days}")),
        ];
    }
}
