using Auxo.Contracts;
using Auxo.Git;

namespace Auxo.Radicle;

/// <summary>
/// Whose refs a storage holds. New namespaces always start as loose refs, which a directory listing shows for microseconds;
/// only when git has packed refs since the last look a process is started to list them.
/// </summary>
internal sealed class Namespaces(string storage)
{
    private const string Suffix = "/refs/rad/sigrefs";
    private const string Prefix = "refs/namespaces/";
    private Listing? _last;

    public async Task<IReadOnlyCollection<Did>> ListAsync(CancellationToken cancellationToken)
    {
        var file = new FileInfo(Path.Combine(storage, "packed-refs"));
        var packed = file.Exists ? (file.Length, file.LastWriteTimeUtc) : (0, default);
        var last = _last;
        HashSet<Did> known = [.. last?.Owners ?? []];
        if (last?.Packed != packed)
        {
            var refs = await GitTree.RefsAsync(storage, Prefix, cancellationToken);
            known = [.. refs.Keys.Where(r => r.EndsWith(Suffix, StringComparison.Ordinal))
                .Select(r => Parse(r[Prefix.Length..^Suffix.Length])).OfType<Did>()];
        }

        var folder = new DirectoryInfo(Path.Combine(storage, Prefix));
        if (folder.Exists) known.UnionWith(folder.EnumerateDirectories().Select(d => Parse(d.Name)).OfType<Did>());
        _last = new Listing(known, packed);
        return known;
    }

    private static Did? Parse(string nid) => Did.TryParse(nid, provider: null, out var did) && did.Nid == nid ? did : null;

    private sealed record Listing(HashSet<Did> Owners, (long Length, DateTime At) Packed);
}
