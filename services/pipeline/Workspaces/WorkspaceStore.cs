using Auxo.Pipeline.Execution;

namespace Auxo.Pipeline.Workspaces;

/// <summary>
/// Makes workspaces: exactly one commit's files, without a clone, in one git process. Where a spare tree of the same source is
/// ready, only what differs between its commit and the wanted one is written.
/// </summary>
/// <param name="layout">Where mirrors and workspaces live.</param>
/// <param name="user">Who shall own the files; null for the user of this process.</param>
public sealed class WorkspaceStore(InstanceLayout layout, StepUser? user)
{
    /// <summary>Each spare is a whole tree on the disk: this many sources have one, those whose builds were last.</summary>
    private const int MostSpares = 8;

    /// <summary>
    /// Nobody but this process touches a spare, so size and time tell all about a file; the default would also ask for the
    /// inode's change, which giving the tree to the step's user is.
    /// </summary>
    private static readonly string[] TrustTimes = ["-c", "core.checkStat=minimal", "-c", "core.trustctime=false"];

    /// <summary>Differs after every start of the machine (Linux; elsewhere empty).</summary>
    private static readonly string Boot = File.Exists("/proc/sys/kernel/random/boot_id")
        ? File.ReadAllText("/proc/sys/kernel/random/boot_id")
        : "";

    private EmptyWorkspace? _empty;

    /// <summary>Writes the files of a commit.</summary>
    /// <param name="source">A git repository on this machine: bare, normal, a linked work tree, or Radicle's storage. Only its
    /// objects are read.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="buildId">Names the workspace; what an earlier try of the same build left is replaced.</param>
    /// <param name="ct">Stops; what was written is removed.</param>
    /// <param name="makeReady">
    /// Begins to make what the first step can begin with, for the top folder, while the files are written; null when none is wanted.
    /// </param>
    /// <exception cref="WorkspaceException">The source or the commit is not there, or git refuses the tree.</exception>
    public async Task<Workspace> PrepareAsync(
        string source, CommitId commit, Guid buildId, CancellationToken ct, Func<string, IAsyncDisposable?>? makeReady = null)
    {
        var mirror = await Mirror.OpenAsync(layout.Mirrors, source, ct);
        var folder = FolderOf(buildId);
        await WorkspaceFolder.RemoveAsync(folder, ct);
        var workspace = new Workspace(folder, mirror, await Mirror.PinAsync(mirror, buildId, commit, ct));
        try
        {
            await FillAsync(workspace, folder, commit, makeReady, ct);
            if (user is not null) await WorkspaceFolder.OwnAsync(workspace.Path, user, ct);
            await File.WriteAllTextAsync(WholeOf(folder), Boot, ct);
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

    /// <summary>
    /// The workspace of a build that a stop or a crash of this process cut off, with what its steps made so far: the steps that
    /// have a result are not run again, and those that follow need what they made. Null when it is not there, not whole, or
    /// older than the machine's last start, whose crash may have cost bytes.
    /// </summary>
    /// <inheritdoc cref="PrepareAsync"/>
    public async Task<Workspace?> CarryOnAsync(string source, CommitId commit, Guid buildId, CancellationToken ct)
    {
        var folder = FolderOf(buildId);
        if (!File.Exists(WholeOf(folder)) || await File.ReadAllTextAsync(WholeOf(folder), ct) != Boot) return null;
        var mirror = await Mirror.OpenAsync(layout.Mirrors, source, ct);
        return new Workspace(folder, mirror, await Mirror.PinAsync(mirror, buildId, commit, ct));
    }

    /// <summary>
    /// Removes what a crash left of a build that had nothing more to do with its files. What is not there is no error.
    /// </summary>
    public Task RemoveAsync(Guid buildId)
        => WorkspaceFolder.RemoveAsync(FolderOf(buildId), CancellationToken.None);

    /// <summary>
    /// Writes the files of a commit for the next build of the same source to begin with; does nothing when there is a spare
    /// already.
    /// </summary>
    /// <param name="source">As for a workspace.</param>
    /// <param name="commit">The nearer to the next build's, the better.</param>
    /// <param name="ct">Stops; what was written is swept at the next start.</param>
    /// <exception cref="WorkspaceException">The source is not there any more.</exception>
    /// <exception cref="GitException">The commit is not.</exception>
    public async Task MakeSpareAsync(string source, CommitId commit, CancellationToken ct)
    {
        var mirror = await Mirror.OpenAsync(layout.Mirrors, source, ct);
        var spare = SpareOf(mirror);
        if (Directory.Exists(spare)) return;
        var made = Aside(layout.Spares);
        await CheckOutAsync(mirror, commit, made, [], ct);
        if (user is not null) await WorkspaceFolder.OwnAsync(Workspace.TreeOf(made), user, ct);
        // git reads files again that are as young as its index, since they may have changed in the same tick. These have not.
        var index = Workspace.IndexOf(made);
        File.SetLastWriteTimeUtc(index, File.GetLastWriteTimeUtc(index).AddSeconds(2));
        Directory.Move(made, spare);

        foreach (var old in new DirectoryInfo(layout.Spares)
            .EnumerateDirectories("*.git").OrderByDescending(static d => d.LastWriteTimeUtc).Skip(MostSpares))
            await SetAsideAndRemoveAsync(old.FullName, layout.Spares, ct);
    }

    /// <summary>
    /// Makes an empty workspace, with what the first step in it can begin with, for the next build to take; does nothing when there is
    /// one already.
    /// </summary>
    /// <param name="makeReady">Makes what a step can begin with, and returns when the folder may be moved.</param>
    public async Task MakeEmptyAsync(Func<string, Task<IAsyncDisposable?>> makeReady)
    {
        if (_empty is not null) return;
        var folder = Aside(layout.Spares);
        var tree = Directory.CreateDirectory(Workspace.TreeOf(folder)).FullName;
        _empty = new EmptyWorkspace(folder, await makeReady(tree));
    }

    /// <summary>Removes the empty workspace, when there is one.</summary>
    public async Task RemoveEmptyAsync()
    {
        if (Interlocked.Exchange(ref _empty, null) is not { } empty) return;
        if (empty.Ready is not null) await empty.Ready.DisposeAsync();
        await WorkspaceFolder.RemoveAsync(empty.Folder, CancellationToken.None);
    }

    /// <summary>Removes what an earlier process left. Call it once, before the first build.</summary>
    /// <param name="carriedOn">The builds that are not at their end: their workspaces stay.</param>
    /// <param name="ct">Stops.</param>
    public async Task SweepAsync(IReadOnlySet<Guid> carriedOn, CancellationToken ct)
    {
        foreach (var place in (string[])[layout.Workspaces, layout.Spares])
        {
            if (!Directory.Exists(place)) continue;
            foreach (var folder in Directory.EnumerateDirectories(place))
            {
                if (!Guid.TryParseExact(Path.GetFileName(folder), "N", out var build)
                    || !carriedOn.Contains(build)) await SetAsideAndRemoveAsync(folder, place, ct);
            }
        }

        if (!Directory.Exists(layout.Mirrors)) return;
        foreach (var mirror in Directory.EnumerateDirectories(layout.Mirrors, "*.git"))
        {
            var pins = new DirectoryInfo(Path.Combine(mirror, "refs", "auxo", "builds"));
            if (!pins.Exists) continue;
            foreach (var pin in pins.EnumerateFiles()) pin.Delete();
        }
    }

    /// <summary>Written when a workspace is whole; it names the start of the machine. Beside the tree, where no step comes.</summary>
    private static string WholeOf(string folder) => Path.Combine(folder, "whole");

    private string FolderOf(Guid buildId) => Path.Combine(layout.Workspaces, buildId.ToString("N"));

    private string SpareOf(string mirror) => Path.Combine(layout.Spares, Path.GetFileName(mirror));

    private static string Aside(string place) => Path.Combine(place, "aside-" + Guid.NewGuid().ToString("N"));

    /// <summary>Moved first, so that what is half removed is never taken for something whole.</summary>
    private static async Task SetAsideAndRemoveAsync(string folder, string place, CancellationToken ct)
    {
        var aside = Aside(place);
        Directory.Move(folder, aside);
        await WorkspaceFolder.RemoveAsync(aside, ct);
    }

    /// <summary>From the spare where there is one, else in the empty one that waits, else from nothing.</summary>
    private async Task FillAsync(
        Workspace workspace, string folder, CommitId commit, Func<string, IAsyncDisposable?>? makeReady, CancellationToken ct)
    {
        var isSpare = TakeSpare(workspace.Mirror, folder);
        if (!isSpare && makeReady is not null) TakeEmpty(workspace, folder);
        Directory.CreateDirectory(workspace.Path);
        // A sandbox that waits over the files has no program but the machine's own bash, so git may write them beneath it.
        if (makeReady is not null) workspace.MakeReady(makeReady);
        try
        {
            await CheckOutAsync(workspace.Mirror, commit, folder, isSpare ? TrustTimes : [], ct);
        }
        catch (GitException) when (isSpare)
        {
            // Whatever it was, a fresh tree shows it again or does not have it. What is ready is bound to the old one.
            if (workspace.TakeReady() is { } bound) await bound.DisposeAsync();
            await WorkspaceFolder.RemoveAsync(folder, ct);
            await CheckOutAsync(workspace.Mirror, commit, folder, [], ct);
        }
    }

    /// <summary>Whoever moves the spare has it; the other builds write their files again.</summary>
    private bool TakeSpare(string mirror, string folder)
    {
        if (!Directory.Exists(SpareOf(mirror))) return false;
        try
        {
            Directory.Move(SpareOf(mirror), folder);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }
    }

    private void TakeEmpty(Workspace workspace, string folder)
    {
        if (Interlocked.Exchange(ref _empty, null) is not { } empty) return;
        Directory.Move(empty.Folder, folder);
        workspace.MakeReady(_ => empty.Ready);
    }

    /// <summary>
    /// <c>read-tree -u</c> makes an index of its own and the folder be as the commit in one process. No hooks exist in the
    /// mirror, no filter is configured, submodules become empty folders, links stay links and are never written through.
    /// </summary>
    private static Task<byte[]> CheckOutAsync(
        string mirror, CommitId commit, string folder, IReadOnlyList<string> settings, CancellationToken ct)
    {
        var tree = Workspace.TreeOf(folder);
        Directory.CreateDirectory(tree);
        return GitCommand.RunBytesAsync(
            mirror,
            [.. settings, "-c", "core.bare=false", "-c", "advice.updateSparsePath=false", "read-tree", "--reset", "-u",
                commit.Value + "^{commit}"],
            ct,
            environment: new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["GIT_DIR"] = mirror, ["GIT_WORK_TREE"] = tree, ["GIT_INDEX_FILE"] = Workspace.IndexOf(folder),
            });
    }

    private sealed record EmptyWorkspace(string Folder, IAsyncDisposable? Ready);

    private static async Task<WorkspaceException> ExplainAsync(string mirror, string source, CommitId commit, GitException error)
    {
        try
        {
            await GitCommand.RunBytesAsync(mirror, ["cat-file", "-e", commit.Value + "^{commit}"], CancellationToken.None);
        }
        catch (GitException)
        {
            return new WorkspaceException(
                "workspace/commit-missing", $"{source} has no commit {commit}; it was removed there, or was never pushed.", error);
        }

        return new WorkspaceException(
            "workspace/refused", $"git did not check out {commit.Short}: {error.Errors.Trim().ReplaceLineEndings("; ")}", error);
    }
}
