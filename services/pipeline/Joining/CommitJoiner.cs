using System.Text;

using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Workspaces;

namespace Auxo.Pipeline.Joining;

/// <summary>
/// Makes joined commits, in a repository of our own that borrows the objects of the source: nothing is written into Radicle's storage.
/// </summary>
public sealed class CommitJoiner(InstanceLayout layout, RepositoryFolders folders)
{
    /// <summary>A merge takes milliseconds; somebody else's repository could make it take for ever.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The same for all, so that the same commits make the same one.</summary>
    private static readonly IReadOnlyDictionary<string, string> Nobody = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["GIT_AUTHOR_NAME"] = "auxo", ["GIT_AUTHOR_EMAIL"] = "auxo@localhost", ["GIT_AUTHOR_DATE"] = "@946684800 +0000",
        ["GIT_COMMITTER_NAME"] = "auxo", ["GIT_COMMITTER_EMAIL"] = "auxo@localhost", ["GIT_COMMITTER_DATE"] = "@946684800 +0000",
    };

    /// <summary>Where what a build builds can be read: its source, or the repository that has its joined commit.</summary>
    /// <exception cref="WorkspaceException">The source is not there any more.</exception>
    public async Task<string> FolderAsync(Build build, CancellationToken ct)
        => build.Plan.Joined is null ? folders.FolderOf(build.Source) : await FolderAsync(build.Source, ct);

    /// <summary>The repository of joined commits of a source; made when it is not there.</summary>
    /// <inheritdoc cref="FolderAsync(Build, CancellationToken)"/>
    public Task<string> FolderAsync(RepositoryLocator source, CancellationToken ct)
        => Mirror.OpenAsync(layout.Mirrors, folders.FolderOf(source), ct);

    /// <summary>Joins a patch with what it needs.</summary>
    /// <param name="source">The repository.</param>
    /// <param name="onto">The default branch's head; null where there is none.</param>
    /// <param name="linked">What the patch needs, in the order in which it is joined.</param>
    /// <param name="head">The patch.</param>
    /// <param name="ct">Stops.</param>
    /// <returns>Null, without a reason, where the patch has the commits of all of them.</returns>
    /// <exception cref="GitException">A commit is not there, or git cannot do it.</exception>
    /// <exception cref="WorkspaceException">The source is not there.</exception>
    public async Task<(JoinedCommit? Joined, string? Refusal)> JoinAsync(
        RepositoryLocator source, CommitId? onto, IReadOnlyList<NeededPatch> linked, CommitId head, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            return await JoinAsync(await FolderAsync(source, limit.Token), onto, linked, head, limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return (null, $"it could not be joined with the patches that it needs within {Patience.TotalSeconds:0} s");
        }
    }

    private static async Task<(JoinedCommit?, string?)> JoinAsync(
        string folder, CommitId? onto, IReadOnlyList<NeededPatch> linked, CommitId head, CancellationToken ct)
    {
        var needed = new List<NeededPatch>();
        foreach (var patch in linked)
        {
            await GitTree.MeasureAsync(folder, patch.Head.Value, ct);
            if (!await ContainsAsync(folder, head.Value, patch.Head.Value, ct)) needed.Add(patch);
        }

        if (needed.Count == 0) return (null, null);
        var (at, words) = (onto?.Value, "the default branch");
        var all = needed.Select(static p => (Commit: p.Head.Value, Name: $"patch {p.PatchId.Short}"));
        foreach (var (commit, name) in all.Append((head.Value, "this patch")))
        {
            if (at is null || await ContainsAsync(folder, commit, at, ct)) at = commit;
            else if (!await ContainsAsync(folder, at, commit, ct))
            {
                var (tree, clash) = await MergeAsync(folder, at, commit, ct);
                if (clash is not null)
                    return (null, $"{name} and {words} change the same lines of {clash}; bring one of them up to date with the other");
                string[] arguments = ["commit-tree", tree, "-p", at, "-p", commit, "-m", "Patches that are built together"];
                at = (await GitCommand.RunAsync(folder, arguments, ct, environment: Nobody)).Trim();
            }

            words = words == "the default branch" && onto is null ? name : $"{words} with {name}";
        }

        // What the default branch has, the delegates have taken: nobody else's trust matters for it.
        var open = new List<NeededPatch>();
        foreach (var patch in needed)
            if (onto is not { } main || !await ContainsAsync(folder, main.Value, patch.Head.Value, ct)) open.Add(patch);
        return (new JoinedCommit(CommitId.Parse(at!), onto, open), null);
    }

    private static async Task<bool> ContainsAsync(string folder, string commit, string ancestor, CancellationToken ct)
        => commit == ancestor || await GitCommand.AskAsync(folder, ct, "merge-base", "--is-ancestor", ancestor, commit) is not null;

    /// <summary>
    /// The tree of a merge, or the first paths that both change. What git reads from its input it answers without failing, a conflict too.
    /// </summary>
    private static async Task<(string Tree, string? Clash)> MergeAsync(string folder, string one, string other, CancellationToken ct)
    {
        var output = await GitCommand.RunAsync(
            folder, ["merge-tree", "--write-tree", "--stdin", "-z", "--name-only", "--no-messages"], ct,
            Encoding.ASCII.GetBytes($"{one} {other}\n"), GitCommand.LittleMemory);
        var parts = output.Split('\0');
        return parts[0] switch
        {
            "1" => (parts[1], null),
            "0" => (parts[1], string.Join(
                ", ", parts.Skip(2).TakeWhile(static p => p.Length > 0).Distinct(StringComparer.Ordinal).Take(3))),
            _ => throw new FormatException("git said neither that it could join the patches nor that it could not"),
        };
    }
}
