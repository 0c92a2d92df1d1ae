using Auxo.Registry.Access;
using Auxo.Registry.Expiring;

namespace Auxo.Registry.Oci.Retention;

/// <summary>A manifest of an image, as retention sees it.</summary>
/// <param name="Digest">Which.</param>
/// <param name="PushedAt">When it came.</param>
/// <param name="FetchedAt">When it was last handed out; null when it was not, lately.</param>
/// <param name="Subject">The manifest to which it refers, which need not be there.</param>
/// <param name="Children">What an index lists.</param>
public sealed record KeptManifest(
    string Digest, DateTimeOffset PushedAt, DateTimeOffset? FetchedAt, string? Subject, IReadOnlyList<string> Children);

/// <summary>A tag of an image.</summary>
/// <param name="Name">Which.</param>
/// <param name="Digest">What it means.</param>
/// <param name="SetAt">Since when.</param>
public sealed record KeptTag(string Name, string Digest, DateTimeOffset SetAt);

/// <summary>What of an image goes.</summary>
/// <param name="Tags">These tags.</param>
/// <param name="Manifests">These manifests; those of one list belong together and go together.</param>
public sealed record ImageCleanUp(IReadOnlyList<KeptTag> Tags, IReadOnlyList<IReadOnlyList<KeptManifest>> Manifests);

/// <summary>Which tags and manifests of an image are cleaned up. The dry run and the cleaning are one function.</summary>
public static class ImageRetention
{
    /// <summary>
    /// A tag goes when it fits a pattern, is not among the newest of those that do, and was neither set nor fetched lately. A manifest
    /// goes when no tag means it, it is not among the newest of the image, it was neither pushed nor fetched lately, and nothing that
    /// stays belongs to it: what an index lists stays with the index, and what refers to another one (a signature, an SBOM) and that
    /// one stay together.
    /// </summary>
    /// <param name="manifests">All of the image.</param>
    /// <param name="tags">All of the image.</param>
    /// <param name="patterns">Which tags may go at all; none by default.</param>
    /// <param name="policy">What is kept however old it gets.</param>
    /// <param name="now">The time.</param>
    public static ImageCleanUp Decide(
        IReadOnlyList<KeptManifest> manifests, IReadOnlyList<KeptTag> tags, IReadOnlyList<string> patterns, RetentionPolicy policy,
        DateTimeOffset now)
    {
        var byDigest = manifests.ToDictionary(static m => m.Digest, StringComparer.Ordinal);
        var before = now - policy.Age;
        var gone = tags.Where(tag => patterns.Any(pattern => PackagePattern.Matches(pattern, tag.Name)))
            .OrderByDescending(static t => t.SetAt).ThenBy(static t => t.Name, StringComparer.Ordinal).Skip(policy.Newest)
            .Where(tag => tag.SetAt <= before && !(byDigest.GetValueOrDefault(tag.Digest)?.FetchedAt > before)).ToList();

        var stays = new HashSet<string>(tags.Except(gone).Select(static t => t.Digest), StringComparer.Ordinal);
        stays.UnionWith(manifests.Where(m => m.PushedAt > before || m.FetchedAt > before).Select(static m => m.Digest));
        stays.UnionWith(Newest(manifests, byDigest, policy.Newest));
        var kept = Reach(stays, byDigest, Ways(manifests));
        return new ImageCleanUp(
            [.. gone.OrderBy(static t => t.Name, StringComparer.Ordinal)], Together([.. manifests.Where(m => !kept.Contains(m.Digest))]));
    }

    /// <summary>The newest of those that stand for themselves: no index lists them, and they refer to none.</summary>
    private static IEnumerable<string> Newest(IReadOnlyList<KeptManifest> manifests, Dictionary<string, KeptManifest> byDigest, int count)
    {
        var listed = manifests.SelectMany(static m => m.Children).ToHashSet(StringComparer.Ordinal);
        return manifests.Where(m => !listed.Contains(m.Digest) && (m.Subject is null || !byDigest.ContainsKey(m.Subject)))
            .OrderByDescending(static m => m.PushedAt).ThenBy(static m => m.Digest, StringComparer.Ordinal)
            .Take(count).Select(static m => m.Digest);
    }

    /// <summary>From each manifest to those that stay with it.</summary>
    private static ILookup<string, string> Ways(IEnumerable<KeptManifest> manifests)
        => manifests.SelectMany(static m => m.Children.Select(child => (From: m.Digest, To: child))
                .Concat(m.Subject is { } subject ? [(m.Digest, subject), (subject, m.Digest)] : []))
            .ToLookup(static way => way.From, static way => way.To, StringComparer.Ordinal);

    private static HashSet<string> Reach(
        IEnumerable<string> from, Dictionary<string, KeptManifest> byDigest, ILookup<string, string> ways)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(from);
        while (open.TryPop(out var digest))
        {
            // What is not there leads nowhere, but two that refer to it do not stand together for that.
            if (!byDigest.ContainsKey(digest) || !reached.Add(digest)) continue;
            foreach (var next in ways[digest]) open.Push(next);
        }

        return reached;
    }

    /// <summary>Those that hang together, in any direction: an index never goes without what it lists, and none goes before it.</summary>
    private static List<IReadOnlyList<KeptManifest>> Together(List<KeptManifest> gone)
    {
        var byDigest = gone.ToDictionary(static m => m.Digest, StringComparer.Ordinal);
        var ways = gone.SelectMany(static m => m.Children.Append(m.Subject).OfType<string>()
                .SelectMany(other => new (string From, string To)[] { (m.Digest, other), (other, m.Digest) }))
            .ToLookup(static way => way.From, static way => way.To, StringComparer.Ordinal);
        var (groups, taken) = (new List<IReadOnlyList<KeptManifest>>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var first in gone.OrderBy(static m => m.PushedAt).ThenBy(static m => m.Digest, StringComparer.Ordinal))
        {
            if (taken.Contains(first.Digest)) continue;
            var group = Reach([first.Digest], byDigest, ways);
            taken.UnionWith(group);
            groups.Add([.. group.Order(StringComparer.Ordinal).Select(digest => byDigest[digest])]);
        }

        return groups;
    }
}
