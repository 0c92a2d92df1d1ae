using Auxo.Contracts;
using Auxo.Git;

namespace Auxo.Radicle;

/// <summary>Where the signed refs of some owners stand in a repository; nothing is verified, as for saying who is how far.</summary>
public static class SignedRefsTips
{
    /// <summary>The commit of each owner's signed refs; owners without any are left out.</summary>
    /// <exception cref="GitException">The repository cannot be read.</exception>
    public static async Task<IReadOnlyDictionary<Did, CommitId>> ReadAsync(
        string repository, IReadOnlyCollection<Did> owners, CancellationToken cancellationToken)
    {
        var tips = new Dictionary<Did, CommitId>();
        foreach (var owner in owners)
            if (LooseRef.Read(repository, Name(owner)) is { } tip) tips[owner] = tip;
        if (tips.Count == owners.Count || !File.Exists(Path.Combine(repository, "packed-refs"))) return tips;
        var all = await GitTree.RefsAsync(repository, "refs/namespaces/", cancellationToken);
        foreach (var owner in owners.Where(o => !tips.ContainsKey(o)))
            if (all.TryGetValue(Name(owner), out var packed) && CommitId.TryParse(packed, provider: null, out var tip)) tips[owner] = tip;
        return tips;
    }

    private static string Name(Did owner) => $"refs/namespaces/{owner.Nid}/refs/rad/sigrefs";
}
