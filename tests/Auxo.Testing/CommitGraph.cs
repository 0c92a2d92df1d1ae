using Auxo.Testing.Radicle;

namespace Auxo.Testing;

/// <summary>A bare repository of commits without files, written without a process: histories of any shape cost next to nothing.</summary>
public sealed class CommitGraph : IDisposable
{
    private const string EmptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
    private readonly LooseObjects _git;
    private int _count;

    public CommitGraph()
    {
        _git = new LooseObjects(Folder);
        Directory.CreateDirectory(Path.Combine(Folder, "refs/heads"));
        Directory.CreateDirectory(Path.Combine(Folder, "objects"));
        File.WriteAllText(Path.Combine(Folder, "HEAD"), "ref: refs/heads/main\n");
        File.WriteAllText(Path.Combine(Folder, "config"), "[core]\n\trepositoryformatversion = 0\n\tbare = true\n");
        _git.Tree(new Dictionary<string, byte[]>(StringComparer.Ordinal));
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("auxo-graph-").FullName;

    /// <summary>Writes a commit; no two have the same id.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="authored">The author's clock, as it stands in the commit: seconds since 1970 and a zone.</param>
    /// <param name="parents">None for a root.</param>
    public string Commit(string message, string authored, params string[] parents)
        => _git.Commit(
            $"tree {EmptyTree}\n{string.Concat(parents.Select(static p => $"parent {p}\n"))}author a <a@example.org> {authored}\n"
                + $"committer c <c{++_count}@example.org> {1_800_000_000 + _count} +0000\n\n{message}\n");

    /// <inheritdoc cref="Commit(string, string, string[])"/>
    public string Commit(string message, DateTimeOffset authored, params string[] parents)
        => Commit(message, $"{authored.ToUnixTimeSeconds()} +0000", parents);

    public void Branch(string name, string commit) => _git.Ref("refs/heads/" + name, commit);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
