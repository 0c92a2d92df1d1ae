using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Local.Staged;

/// <summary>
/// What <c>git commit</c> would record now, as a commit in a repository of its own beside it: nothing of the real one is changed, not
/// its index, not its objects.
/// </summary>
/// <param name="Top">The top folder of the work tree.</param>
/// <param name="Repository">The bare repository with the commit; it borrows the objects of the real one.</param>
/// <param name="Commit">The commit.</param>
/// <param name="Head">The commit before; null where there is none yet.</param>
/// <param name="Changes">What it would change.</param>
internal sealed record StagedTree(string Top, string Repository, CommitId Commit, CommitId? Head, StagedChanges Changes)
{
    /// <summary>git knows this tree without having it.</summary>
    private const string EmptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

    /// <summary>How git tells a hook where it works: <c>git commit FILE</c> has an index of its own.</summary>
    private static readonly string[] GitsOwn = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"];

    /// <summary>Takes it.</summary>
    /// <param name="folder">Some folder of the work tree.</param>
    /// <param name="place">An empty folder.</param>
    /// <param name="configuration">The environment that git gave the hook.</param>
    /// <param name="ct">Stops.</param>
    /// <exception cref="LocalException">The folder is no work tree, or its index cannot be committed.</exception>
    public static async Task<StagedTree> TakeAsync(string folder, string place, IConfiguration configuration, CancellationToken ct)
    {
        if (!Directory.Exists(folder)) throw new LocalException($"There is no folder {folder}.");
        var given = GitsOwn.Where(name => configuration[name] is { Length: > 0 })
            .ToDictionary(static name => name, name => configuration[name]!, StringComparer.Ordinal);
        string[] said;
        // A commit waits for this: what does not depend on one another is asked at once.
        var (making, asked) = (WorkingTree.EmptyAsync(place, ct), HeadAsync(folder, given, ct));
        try
        {
            said = (await GitCommand.RunAsync(
                folder, ["rev-parse", "--path-format=absolute", "--show-toplevel", "--absolute-git-dir", "--git-path", "objects",
                    "--git-path", "index", "--show-object-format"], ct, environment: given)).Split('\n');
        }
        catch (GitException)
        {
            throw await WorkingTree.NoneAsync(folder, ct);
        }
        finally
        {
            await Task.WhenAll(making, asked);
        }

        if (said is not [var top, var git, var objects, var index, var format, _])
            throw new LocalException($"The path of {folder} cannot be read: there is a line's end in it.");
        if (format != "sha1") throw new LocalException(
            $"{top} names its objects by {format}, which neither Radicle nor Auxo reads.");
        try
        {
            var repository = await making;
            await WorkingTree.BorrowAsync(repository, objects, ct);
            CopyIndex(index, git, repository);
            var head = await asked;
            var tree = await WriteTreeAsync(repository, ct);
            string[] parent = head is null ? [] : ["-p", head.Value.Value];
            var committing = GitCommand.RunAsync(
                repository, ["commit-tree", tree, .. parent, "-m", "What is staged"], ct, environment: WorkingTree.Author);
            var changes = await ChangesAsync(repository, head?.Value ?? EmptyTree, tree, ct);
            var commit = CommitId.Parse((await committing).Trim());
            foreach (var other in await MergedAsync(git, ct))
                changes = changes.And(await ChangesAsync(repository, other, tree, ct));
            return new StagedTree(top, repository, commit, head, changes);
        }
        catch (GitException e)
        {
            throw new LocalException(PlainText.OneLine(e.Message, 300));
        }
    }

    /// <summary>A split index has its larger part in a file beside it.</summary>
    private static void CopyIndex(string index, string git, string repository)
    {
        // git writes into an index that it makes a tree of.
        if (File.Exists(index)) File.Copy(index, Path.Combine(repository, "index"));
        foreach (var shared in Directory.EnumerateFiles(git, "sharedindex.*"))
            File.Copy(shared, Path.Combine(repository, Path.GetFileName(shared)));
    }

    private static async Task<CommitId?> HeadAsync(string folder, Dictionary<string, string> given, CancellationToken ct)
    {
        try
        {
            return CommitId.Parse((await GitCommand.RunAsync(
                folder, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], ct, environment: given)).Trim());
        }
        catch (GitException)
        {
            // The first commit is still to come.
            return null;
        }
    }

    private static async Task<string> WriteTreeAsync(string repository, CancellationToken ct)
    {
        try
        {
            // A partial clone lacks what nobody has looked at yet.
            return (await GitCommand.RunAsync(repository, ["write-tree", "--missing-ok"], ct)).Trim();
        }
        catch (GitException e) when (e.Errors.Contains("unmerged", StringComparison.Ordinal))
        {
            throw new LocalException("Some files have conflicts. Resolve them and stage them (git add), then try again.");
        }
    }

    private static async Task<StagedChanges> ChangesAsync(string repository, string from, string tree, CancellationToken ct)
        => StagedChanges.Read(await GitCommand.RunBytesAsync(
            repository, ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", from, tree, "--"], ct,
            environment: GitCommand.LittleMemory));

    /// <summary>The other parents of a merge that is being committed.</summary>
    private static async Task<IReadOnlyList<string>> MergedAsync(string git, CancellationToken ct)
    {
        var file = Path.Combine(git, "MERGE_HEAD");
        return File.Exists(file)
            ? [.. (await File.ReadAllLinesAsync(file, ct)).Where(static line => line.Length == 40 && line.All(char.IsAsciiHexDigit))] : [];
    }
}
