using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>What to read again in a repository after some of its refs changed.</summary>
/// <param name="Patches">Patches with new operations or a new head; some may be gone.</param>
/// <param name="Branches">Short names of branches that moved in somebody's namespace.</param>
/// <param name="Tags">Short names of tags that moved in somebody's namespace.</param>
/// <param name="Identity">Delegates, name or readers may have changed.</param>
public sealed record StorageChange(IReadOnlySet<PatchId> Patches, IReadOnlySet<string> Branches, IReadOnlySet<string> Tags, bool Identity)
{
    private const string PatchCob = $"refs/cobs/{CobTypes.Patch}/";
    private const string IdentityCob = $"refs/cobs/{CobTypes.Identity}/";
    private const string PatchHead = "refs/heads/patches/";
    private const string Branch = "refs/heads/";
    private const string Tag = "refs/tags/";

    /// <summary>True when nothing of it matters here: an issue, say.</summary>
    public bool IsEmpty => Patches.Count == 0 && Branches.Count == 0 && Tags.Count == 0 && !Identity;

    /// <summary>Sorts changed refs by what they mean.</summary>
    public static StorageChange Of(IEnumerable<RefChange> changes)
    {
        var patches = new HashSet<PatchId>();
        var branches = new HashSet<string>(StringComparer.Ordinal);
        var tags = new HashSet<string>(StringComparer.Ordinal);
        var identity = false;
        foreach (var name in changes.Select(c => c.Name))
        {
            if (After(name, PatchCob) is { } cob && PatchId.TryParse(cob, null, out var byCob)) patches.Add(byCob);
            else if (After(name, PatchHead) is { } head && PatchId.TryParse(head, null, out var byHead)) patches.Add(byHead);
            else if (After(name, Branch) is { } branch) branches.Add(branch);
            else if (After(name, Tag) is { } tag) tags.Add(tag);
            else if (name == "refs/rad/id" || After(name, IdentityCob) is not null) identity = true;
        }

        return new StorageChange(patches, branches, tags, identity);
    }

    private static string? After(string name, string prefix)
        => name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : null;
}
