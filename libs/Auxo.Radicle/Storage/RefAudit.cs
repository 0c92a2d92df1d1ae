using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>Compares the refs that are there with those that were signed.</summary>
public static class RefAudit
{
    private const string Prefix = "refs/namespaces/";

    /// <summary>Refs in namespaces that nobody signed, or that are not where their owner says. None of them is believed.</summary>
    public static IEnumerable<RefProblem> Unsigned(IReadOnlyDictionary<string, CommitId> all, IReadOnlyList<SignedRefs> signed)
    {
        var owners = signed.ToDictionary(s => s.Owner.Nid, StringComparer.Ordinal);
        foreach (var (name, target) in all.OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            if (!name.StartsWith(Prefix, StringComparison.Ordinal) || name.IndexOf('/', Prefix.Length) is not (> 0 and var slash)) continue;
            var local = name[(slash + 1)..];
            if (!owners.TryGetValue(name[Prefix.Length..slash], out var refs)) yield return new RefProblem(
                name, "Its namespace is not signed.");
            else if (local is "refs/rad/sigrefs") continue;
            else if (!refs.Refs.TryGetValue(local, out var said)) yield return new RefProblem(name, "It is not among the signed refs.");
            else if (said != target) yield return new RefProblem(name, $"Its owner signed {said.Short}, it is at {target.Short}.");
        }
    }
}
