using Auxo.Cli.WorkingCopies;
using Auxo.Git;

namespace Auxo.Cli.Hooks;

/// <summary>To whom the hooks of a folder belong.</summary>
internal enum HookOwner
{
    /// <summary>To this repository on this machine, all of its work trees.</summary>
    Repository,

    /// <summary>To everybody who has the repository: the folder lies in the work tree (<c>.githooks</c>, husky).</summary>
    Team,

    /// <summary>To all repositories of the user: his own settings of git name it.</summary>
    User,
}

/// <summary>Where git looks for the hooks of a work tree.</summary>
/// <param name="Path">The folder, absolute; it need not be there.</param>
/// <param name="Owner">Whose it is.</param>
/// <param name="Top">The top of the work tree; the git folder of a bare repository.</param>
internal sealed record HookFolder(string Path, HookOwner Owner, string Top)
{
    private const string HooksPath = "core.hooksPath";

    /// <summary>The hooks that Auxo has.</summary>
    public static readonly IReadOnlyList<string> Names = ["pre-commit", "pre-push"];

    /// <summary>
    /// Finds it as git does: the setting of the work tree, the repository, the user or the machine, else the repository's own.
    /// </summary>
    /// <param name="host">Whose settings count.</param>
    /// <param name="folder">In the work tree.</param>
    /// <param name="ct">Stops.</param>
    /// <exception cref="CliException">There is no repository, or its hooks are switched off.</exception>
    public static async Task<HookFolder> FindAsync(CliHost host, string folder, CancellationToken ct)
    {
        if (await GitCommand.AskAsync(folder, ct, "rev-parse", "--path-format=absolute", "--git-common-dir") is not { } git)
            throw await NoRepository.AtAsync(folder, "Go into one.", ct);
        var top = await GitCommand.AskAsync(folder, ct, "rev-parse", "--show-toplevel") is { Length: > 0 } tree ? tree : git;
        var own = System.IO.Path.Combine(git, "hooks");
        if (await SettingAsync(host, folder, ct) is not { } setting) return new HookFolder(own, HookOwner.Repository, top);
        // git runs hooks at the top of the work tree: from there a relative path is meant.
        var path = System.IO.Path.GetFullPath(setting.Path, top);
        if (setting.Path.Length == 0 || File.Exists(path) || path == "/dev/null")
            throw new CliException(
                ExitCode.Negative, $"Hooks are switched off here: {HooksPath} is '{setting.Path}' ({setting.Scope}).",
                $"git config --{setting.Scope} --unset {HooksPath}   then: auxo hooks install");
        if (IsIn(path, git)) return new HookFolder(path, HookOwner.Repository, top);
        return IsIn(path, top) ? new HookFolder(OfHusky(path), HookOwner.Team, top)
            : new HookFolder(path, setting.Scope is "local" or "worktree" ? HookOwner.Repository : HookOwner.User, top);
    }

    /// <summary>The file of a hook.</summary>
    public string FileOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>
    /// The text of a hook as <see cref="HookText"/> has it; empty for none and for a link that leads nowhere, which git passes over too.
    /// </summary>
    /// <exception cref="CliException">It is something else than a file.</exception>
    public static async Task<string> ReadAsync(string file, CancellationToken ct)
        => HookText.Of(await OrdinaryFile.ReadAsync(file, ct) ?? []);

    /// <summary>Keeps a hook under a second name; it stays in force under its own. A link stays one, wherever it leads.</summary>
    public static void Keep(string hook, string kept)
    {
        if (new FileInfo(hook).LinkTarget is { } target)
        {
            File.CreateSymbolicLink(kept, target);
            return;
        }

        var fresh = kept + ".new";
        try
        {
            File.Copy(hook, fresh, overwrite: true);
            using (var copy = File.OpenHandle(fresh)) RandomAccess.FlushToDisk(copy);
            File.Move(fresh, kept);
        }
        finally
        {
            File.Delete(fresh);
        }
    }

    /// <summary>husky writes the hooks that git calls again with each <c>npm install</c>; those call the files above them.</summary>
    private static string OfHusky(string path)
        => System.IO.Path.GetFileName(path) == "_" && System.IO.Path.GetDirectoryName(path) is { } above
            && System.IO.Path.GetFileName(above) == ".husky" ? above : path;

    private static bool IsIn(string path, string folder)
        => path == folder || path.StartsWith(System.IO.Path.TrimEndingDirectorySeparator(folder) + "/", StringComparison.Ordinal);

    /// <summary>The setting that counts, the user's own among them, which Auxo's calls of git leave aside.</summary>
    private static async Task<(string Scope, string Path)?> SettingAsync(CliHost host, string folder, CancellationToken ct)
    {
        (string, string)? found = null;
        foreach (var settings in UserSettings(host))
        {
            try
            {
                var lines = await GitCommand.RunAsync(
                    folder, ["config", "--show-scope", "--type=path", "--get-all", HooksPath], ct,
                    environment: new Dictionary<string, string>(StringComparer.Ordinal)
                    {
                        ["HOME"] = host.Variable("HOME") ?? "/", ["GIT_CONFIG_GLOBAL"] = settings, ["GIT_CONFIG_NOSYSTEM"] = "0",
                    });
                // The last one counts; 'command' is what Auxo itself tells git.
                foreach (var line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split('\t', 2)))
                    if (line is [var scope and not "command", var path]) found = (scope, path);
            }
            catch (GitException)
            {
                // Nothing is set, or such a file is not there.
            }
        }

        return found;
    }

    /// <summary>git reads both files of a user; the second one wins.</summary>
    private static IEnumerable<string> UserSettings(CliHost host)
    {
        if (host.Variable("GIT_CONFIG_GLOBAL") is { Length: > 0 } named)
        {
            yield return named;
            yield break;
        }

        var home = host.Variable("HOME") ?? "/";
        var more = host.Variable("XDG_CONFIG_HOME") is { Length: > 0 } xdg ? xdg : System.IO.Path.Combine(home, ".config");
        yield return System.IO.Path.Combine(more, "git", "config");
        yield return System.IO.Path.Combine(home, ".gitconfig");
    }
}
