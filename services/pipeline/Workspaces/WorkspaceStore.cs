using Auxo.Pipeline.Execution;

namespace Auxo.Pipeline.Workspaces;

/// <summary>
/// Makes workspaces: exactly one commit's files, without a clone, in one git process. Where a spare tree of the same source is ready, only what differs between
/// its commit and the wanted one is written.
/// </summary>
/// <param name="home">Where mirrors and workspaces live.</param>
/// <param name="user">Who shall own the files; null for the user of this process.</param>
public sealed class WorkspaceStore(AuxoHome home, StepUser? user)
{
    /// <summary>Each spare is a whole tree on the disk: this many sources have one, those whose builds were last.</summary>
    private const int MostSpares = 8;

    /// <summary>
    /// Nobody but this process touches a spare, so size and time tell all about a file; the default would also ask for the inode's change, which giving
    /// the tree to the step's user is.
    /// </summary>
    private static readonly string[] TrustTimes = ["-c", "core.checkStat=minimal", "-c", "core.trustctime=false"];

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
        Directory.CreateDirectory(home.Workspaces);
        var workspace = new Workspace(folder, mirror, await Mirror.PinAsync(mirror, buildId, commit, ct));
        try
        {
            if (!await TakeSpareAsync(mirror, commit, folder, ct)) await CheckOutAsync(mirror, commit, folder, [], ct);
            if (user is not null) await WorkspaceFolder.OwnAsync(workspace.Path, user, ct);
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

    /// <summary>Writes the files of a commit for the next build of the same source to begin with; does nothing when there is a spare already.</summary>
    /// <param name="source">As for a workspace.</param>
    /// <param name="commit">The nearer to the next build's, the better.</param>
    /// <param name="ct">Stops; what was written is swept at the next start.</param>
    /// <exception cref="WorkspaceException">The source is not there any more.</exception>
    /// <exception cref="GitException">The commit is not.</exception>
    public async Task MakeSpareAsync(string source, CommitId commit, CancellationToken ct)
    {
        var mirror = await Mirror.OpenAsync(home.Mirrors, source, ct);
        var spare = SpareOf(mirror);
        if (Directory.Exists(spare)) return;
        Directory.CreateDirectory(home.Spares);
        var made = Aside(home.Spares);
        await CheckOutAsync(mirror, commit, made, [], ct);
        if (user is not null) await WorkspaceFolder.OwnAsync(Workspace.TreeOf(made), user, ct);
        // git reads files again that are as young as its index, since they may have changed in the same tick. These have not.
        var index = Workspace.IndexOf(made);
        File.SetLastWriteTimeUtc(index, File.GetLastWriteTimeUtc(index).AddSeconds(2));
        Directory.Move(made, spare);

        foreach (var old in new DirectoryInfo(home.Spares).EnumerateDirectories("*.git").OrderByDescending(static d => d.LastWriteTimeUtc).Skip(MostSpares))
            await SetAsideAndRemoveAsync(old.FullName, home.Spares, ct);
    }

    /// <summary>Removes what builds of an earlier process left. Call it once, before the first build.</summary>
    public async Task SweepAsync(CancellationToken ct)
    {
        foreach (var place in (string[])[home.Workspaces, home.Spares])
        {
            if (!Directory.Exists(place)) continue;
            foreach (var folder in Directory.EnumerateDirectories(place)) await SetAsideAndRemoveAsync(folder, place, ct);
        }

        if (!Directory.Exists(home.Mirrors)) return;
        foreach (var mirror in Directory.EnumerateDirectories(home.Mirrors, "*.git"))
        {
            var pins = new DirectoryInfo(Path.Combine(mirror, "refs", "auxo", "builds"));
            if (!pins.Exists) continue;
            foreach (var pin in pins.EnumerateFiles()) pin.Delete();
        }
    }

    private string SpareOf(string mirror) => Path.Combine(home.Spares, Path.GetFileName(mirror));

    private static string Aside(string place) => Path.Combine(place, "aside-" + Guid.NewGuid().ToString("N"));

    /// <summary>Moved first, so that what is half removed is never taken for something whole.</summary>
    private static async Task SetAsideAndRemoveAsync(string folder, string place, CancellationToken ct)
    {
        var aside = Aside(place);
        Directory.Move(folder, aside);
        await WorkspaceFolder.RemoveAsync(aside, ct);
    }

    /// <summary>Whoever moves the spare has it; the other builds write their files anew.</summary>
    private async Task<bool> TakeSpareAsync(string mirror, CommitId commit, string folder, CancellationToken ct)
    {
        try
        {
            Directory.Move(SpareOf(mirror), folder);
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }

        try
        {
            await CheckOutAsync(mirror, commit, folder, TrustTimes, ct);
            return true;
        }
        catch (GitException)
        {
            // Whatever it was, a fresh tree shows it again or does not have it.
            await WorkspaceFolder.RemoveAsync(folder, ct);
            return false;
        }
    }

    /// <summary>
    /// <c>read-tree -u</c> makes an index of its own and the folder be as the commit in one process. No hooks exist in the mirror, no filter is configured,
    /// submodules become empty folders, links stay links and are never written through.
    /// </summary>
    private static Task<byte[]> CheckOutAsync(string mirror, CommitId commit, string folder, IReadOnlyList<string> settings, CancellationToken ct)
    {
        var tree = Workspace.TreeOf(folder);
        Directory.CreateDirectory(tree);
        return GitCommand.RunBytesAsync(
            mirror,
            [.. settings, "-c", "core.bare=false", "-c", "advice.updateSparsePath=false", "read-tree", "--reset", "-u", commit.Value + "^{commit}"],
            ct,
            environment: new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["GIT_DIR"] = mirror, ["GIT_WORK_TREE"] = tree, ["GIT_INDEX_FILE"] = Workspace.IndexOf(folder),
            });
    }

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
