namespace Auxo.Git;

/// <summary>
/// Where a git repository lies. Its work tree, its <c>.git</c> and its further work trees (<c>git worktree add</c>) are one
/// repository and give one answer.
/// </summary>
/// <param name="Top">What people call it: the first work tree, or the folder of a bare repository.</param>
/// <param name="Folder">Where its refs and objects are.</param>
/// <param name="ObjectFormat">How its objects are named: <c>sha1</c>, which Auxo and Radicle read, or another.</param>
public sealed record GitLocation(string Top, string Folder, string ObjectFormat)
{
    /// <summary>Finds the repository that a folder of this machine belongs to.</summary>
    /// <param name="folder">An absolute path.</param>
    /// <param name="ct">Stops.</param>
    /// <returns>Null when it belongs to none, or to one that cannot be read.</returns>
    public static async Task<GitLocation?> FindAsync(string folder, CancellationToken ct)
    {
        if (await AskAsync(folder, ct, "--git-common-dir", "--is-bare-repository", "--show-object-format") is not { } said) return null;
        var (git, format) = (string.Join('\n', said[..^2]), said[^1]);
        if (said[^2] == "true") return new GitLocation(git, git, format);
        if (Path.GetFileName(git) == ".git") return new GitLocation(Path.GetDirectoryName(git)!, git, format);

        // A submodule, a repository whose .git lies elsewhere, or a work tree of a bare one.
        if (await AskAsync(git, ct, "--is-bare-repository") is ["true"]) return new GitLocation(git, git, format);
        var top = await AskAsync(folder, ct, "--show-toplevel");
        return new GitLocation(top is null ? git : string.Join('\n', top), git, format);
    }

    /// <summary>Why git reads no repository at a folder, in its own words; null where it reads one, and where there is none.</summary>
    /// <param name="folder">An absolute path.</param>
    /// <param name="ct">Stops.</param>
    public static async Task<string?> FaultAsync(string folder, CancellationToken ct)
    {
        try
        {
            await GitCommand.RunAsync(folder, ["rev-parse", "--git-dir"], ct);
            return null;
        }
        catch (GitException e)
        {
            return e.Errors.Contains("not a git repository", StringComparison.Ordinal)
                ? null
                : string.Join(' ', e.Errors.Split((char[])['\n', '\t'], StringSplitOptions.RemoveEmptyEntries));
        }
    }

    /// <summary>Why the repository cannot be read; null when it can.</summary>
    public string? Refusal => ObjectFormat == "sha1"
        ? null
        : $"{Top} names its objects by {ObjectFormat}, which neither Radicle nor Auxo reads. "
            + "Make it a repository of sha1: git init --object-format=sha1, and push the branches there.";

    private static async Task<string[]?> AskAsync(string folder, CancellationToken ct, params string[] questions)
        => (await GitCommand.AskAsync(folder, ct, ["rev-parse", "--path-format=absolute", .. questions]))
            ?.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
