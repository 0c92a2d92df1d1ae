namespace Auxo.Cli.Patches.Copies;

/// <summary>What <c>git status --porcelain=v2 --branch -z</c> says of a work tree.</summary>
/// <param name="Head">The commit that is checked out; null where there is none yet.</param>
/// <param name="Branch">The branch; null where HEAD is detached.</param>
/// <param name="Staged">Paths with changes in the index.</param>
/// <param name="Unstaged">Paths with changes that are not.</param>
/// <param name="Untracked">Paths that git does not know.</param>
internal sealed record WorkTreeStatus(
    string? Head, string? Branch, IReadOnlyList<string> Staged, IReadOnlyList<string> Unstaged, IReadOnlyList<string> Untracked)
{
    private const int Named = 3;

    public bool IsClean => Staged.Count + Unstaged.Count + Untracked.Count == 0;

    /// <summary>Such as <c>1 staged (a.sh), 2 not staged (b.sh, c.sh), 1 untracked (notes.txt)</c>.</summary>
    public string Words
        => string.Join(", ", new[] { Say(Staged, "staged"), Say(Unstaged, "not staged"), Say(Untracked, "untracked") }
            .Where(static words => words.Length > 0));

    public static WorkTreeStatus Parse(string porcelain)
    {
        string? head = null, branch = null;
        List<string> staged = [], unstaged = [], untracked = [];
        var entries = porcelain.Split('\0');
        for (var i = 0; i < entries.Length; i++)
        {
            switch (entries[i].Split(' ', 3))
            {
                case ["#", "branch.oid", var oid]:
                    head = oid.StartsWith('(') ? null : oid;
                    break;
                case ["#", "branch.head", var name]:
                    branch = name == "(detached)" ? null : name;
                    break;
                case ["1", [var index, var tree], var rest]:
                    Sort(index, tree, After(rest, 6));
                    break;
                case ["2", [var index, var tree], var rest]:
                    Sort(index, tree, After(rest, 7));
                    i++; // the name before
                    break;
                case ["u", _, var rest]:
                    unstaged.Add(After(rest, 8));
                    break;
                case ["?", ..]:
                    untracked.Add(entries[i][2..]);
                    break;
            }
        }

        return new WorkTreeStatus(head, branch, staged, unstaged, untracked);

        void Sort(char index, char tree, string path)
        {
            if (index != '.') staged.Add(path);
            if (tree != '.') unstaged.Add(path);
        }
    }

    /// <summary>What comes after so many fields; a path may have spaces.</summary>
    private static string After(string rest, int fields) => rest.Split(' ', fields + 1)[^1];

    private static string Say(IReadOnlyList<string> paths, string how)
        => paths.Count == 0
            ? ""
            : $"{paths.Count} {how} ({string.Join(", ", paths.Take(Named))}{(paths.Count > Named ? ", …" : "")})";
}
