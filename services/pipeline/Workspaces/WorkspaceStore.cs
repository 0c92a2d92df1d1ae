using Auxo.Pipeline.Execution;

namespace Auxo.Pipeline.Workspaces;

/// <summary>Makes workspaces: exactly one commit's files, without a clone, in one git process.</summary>
/// <param name="home">Where mirrors and workspaces live.</param>
/// <param name="user">Who shall own the files; null for the user of this process.</param>
public sealed class WorkspaceStore(AuxoHome home, StepUser? user)
{
    /// <summary>Writes the files of a commit.</summary>
    /// <param name="source">A git repository on this machine: bare, normal, a linked work tree, or Radicle's storage. Only its objects are read.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="buildId">Names the workspace; what an earlier try of the same build left is replaced.</param>
    /// <param name="ct">Stops; what was written is removed.</param>
    /// <exception cref="WorkspaceException">The source or the commit is not there, or git refuses the tree.</exception>
    public async Task<Workspace> PrepareAsync(string source, CommitId commit, Guid buildId, CancellationToken ct)
    {
        var mirror = await Mirror.OpenAsync(home.Mirrors, source, ct);
        var folder = Path.Combine(home.Workspaces, buildId.ToString("N"));
        await WorkspaceFolder.RemoveAsync(folder, ct);
        var tree = Workspace.TreeOf(folder);
        Directory.CreateDirectory(tree);
        var workspace = new Workspace(folder, mirror, await Mirror.PinAsync(mirror, buildId, commit, ct));
        try
        {
            await CheckOutAsync(mirror, commit, tree, Path.Combine(folder, "index"), ct);
            if (user is not null) await WorkspaceFolder.OwnAsync(tree, user, ct);
            return workspace;
        }
        catch (GitException e)
        {
            await workspace.DisposeAsync();
            throw await ExplainAsync(mirror, source, commit, e);
        }
        catch
        {
            await workspace.DisposeAsync();
            throw;
        }
    }

    /// <summary>Removes what builds of an earlier process left. Call it once, before the first build.</summary>
    public async Task SweepAsync(CancellationToken ct)
    {
        if (Directory.Exists(home.Workspaces))
        {
            // Moved aside first, so that a half-removed workspace is never taken for a whole one.
            foreach (var folder in Directory.EnumerateDirectories(home.Workspaces))
            {
                var aside = Path.Combine(home.Workspaces, "swept-" + Guid.NewGuid().ToString("N"));
                Directory.Move(folder, aside);
                await WorkspaceFolder.RemoveAsync(aside, ct);
            }
        }

        if (!Directory.Exists(home.Mirrors)) return;
        foreach (var mirror in Directory.EnumerateDirectories(home.Mirrors, "*.git"))
        {
            var pins = new DirectoryInfo(Path.Combine(mirror, "refs", "auxo", "builds"));
            if (!pins.Exists) continue;
            foreach (var pin in pins.EnumerateFiles()) pin.Delete();
        }
    }

    /// <summary>
    /// <c>read-tree -u</c> fills an index of its own and the folder in one process. No hooks exist in the mirror, no filter is configured, submodules
    /// become empty folders, links stay links and are never written through.
    /// </summary>
    private static Task<byte[]> CheckOutAsync(string mirror, CommitId commit, string tree, string index, CancellationToken ct)
        => GitCommand.RunBytesAsync(
            mirror,
            ["-c", "core.bare=false", "-c", "advice.updateSparsePath=false", "read-tree", "--reset", "-u", commit.Value + "^{commit}"],
            ct,
            environment: new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["GIT_DIR"] = mirror, ["GIT_WORK_TREE"] = tree, ["GIT_INDEX_FILE"] = index,
            });

    private static async Task<WorkspaceException> ExplainAsync(string mirror, string source, CommitId commit, GitException error)
    {
        try
        {
            await GitCommand.RunBytesAsync(mirror, ["cat-file", "-e", commit.Value + "^{commit}"], CancellationToken.None);
        }
        catch (GitException)
        {
            return new WorkspaceException("workspace/commit-missing", $"{source} has no commit {commit}; it was removed there, or was never pushed.", error);
        }

        return new WorkspaceException("workspace/refused", $"git did not check out {commit.Short}: {error.Errors.Trim().ReplaceLineEndings("; ")}", error);
    }
}
