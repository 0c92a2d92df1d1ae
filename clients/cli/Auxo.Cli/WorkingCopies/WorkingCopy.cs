using Auxo.Cli.Gate;
using Auxo.Contracts;
using Auxo.Git;

namespace Auxo.Cli.WorkingCopies;

/// <summary>The files of a repository that somebody works on: in the main folder or a further work tree, from any folder in it.</summary>
/// <param name="Top">The top of the work tree.</param>
/// <param name="Git">The folder of its refs and objects, which all its work trees share.</param>
/// <param name="Rid">The repository on Radicle; null for a plain git repository.</param>
internal sealed record WorkingCopy(string Top, string Git, Rid? Rid)
{
    /// <summary>Finds the one that a folder is in.</summary>
    /// <exception cref="CliException">The folder is in none.</exception>
    public static async Task<WorkingCopy> FindAsync(string folder, CancellationToken ct)
    {
        if (!Directory.Exists(folder)) throw new CliException(ExitCode.Usage, $"There is no folder {folder}.",
            "Give the folder of a git repository.");
        if (await GitLocation.FindAsync(folder, ct) is not { } location)
            throw await NoRepository.AtAsync(folder, "Go into one.", ct);
        var top = await GitCommand.AskAsync(folder, ct, "rev-parse", "--show-toplevel")
            ?? throw new CliException(ExitCode.Usage, $"{folder} has no work tree: it is a bare repository.",
                "Go into a clone of it.");
        var url = await GitCommand.AskAsync(folder, ct, "config", "--get", "remote.rad.url");
        return new WorkingCopy(top, location.Folder, WorkTree.RidOf(url) is { } rid ? Contracts.Rid.Parse(rid) : null);
    }

    /// <summary>The branch that is checked out; null when HEAD is on none.</summary>
    public Task<string?> BranchAsync(CancellationToken ct)
        => GitCommand.AskAsync(Top, ct, "symbolic-ref", "--short", "--quiet", "HEAD");

    /// <summary>A commit in full; null when there is none of that name.</summary>
    public Task<string?> CommitAsync(string revision, CancellationToken ct)
        => GitCommand.AskAsync(Top, ct, "rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}");

    /// <summary>A file of a commit; null when it has none of that name.</summary>
    public static async Task<byte[]?> FileAsync(string repository, string commit, string path, int most, CancellationToken ct)
    {
        try
        {
            return await GitCommand.RunBytesAsync(repository, ["cat-file", "blob", $"{commit}:{path}"], ct, most: most);
        }
        catch (GitException)
        {
            return null;
        }
    }
}
