namespace Auxo.Git;

/// <summary>Commits with exactly the same files.</summary>
public static class EqualCommits
{
    /// <summary>No more of them are looked for.</summary>
    public const int Most = 20;

    /// <summary>
    /// A commit, and those of its parents that have its tree: a merge that changes nothing against the patch's head is that head. A build
    /// of any of them is a build of all.
    /// </summary>
    /// <param name="objects">The repository.</param>
    /// <param name="commit">40 hex digits.</param>
    /// <param name="ct">Stops.</param>
    /// <returns>The commit first; only itself where it is not in the repository.</returns>
    /// <exception cref="GitException">The repository cannot be read.</exception>
    public static async Task<IReadOnlyList<string>> OfAsync(GitObjects objects, string commit, CancellationToken ct)
    {
        var equal = new List<string> { commit };
        if (await ReadAsync(objects, commit, ct) is not { } top) return equal;
        var next = new Queue<string>(top.Parents);
        while (equal.Count < Most && next.TryDequeue(out var parent))
        {
            if (equal.Contains(parent) || await ReadAsync(objects, parent, ct) is not { } read || read.Tree != top.Tree) continue;
            equal.Add(parent);
            foreach (var further in read.Parents) next.Enqueue(further);
        }

        return equal;
    }

    /// <summary>A commit's tree and parents, which its first lines name.</summary>
    private static async Task<(string Tree, IReadOnlyList<string> Parents)?> ReadAsync(
        GitObjects objects, string commit, CancellationToken ct)
    {
        if (await objects.ReadAsync(commit, ct) is not { Type: "commit" } read) return null;
        var lines = read.Text.Split('\n').TakeWhile(static line => line.Length > 0).ToList();
        const string tree = "tree ", parent = "parent ";
        return lines.Find(static line => line.StartsWith(tree, StringComparison.Ordinal)) is not { } first ? null
            : (first[tree.Length..], [.. lines.Where(static line => line.StartsWith(parent, StringComparison.Ordinal))
                .Select(static line => line[parent.Length..])]);
    }
}
