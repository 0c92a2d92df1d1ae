using Auxo.Cli.WorkingCopies;
using Auxo.Git;

namespace Auxo.Cli.Gate;

/// <summary>A git work tree, and the repository that it is of.</summary>
/// <param name="Git">Its git folder.</param>
/// <param name="Rid">The repository's id.</param>
internal sealed record WorkTree(string Git, string Rid)
{
    private const string Scheme = "rad://";

    /// <summary>Finds the repository by its remote of Radicle; one without is a plain git repository, whose id is its path's.</summary>
    /// <param name="folder">In the work tree.</param>
    /// <param name="url">The remote, where git has named it.</param>
    /// <param name="ct">Stops.</param>
    /// <exception cref="CliException">There is no repository.</exception>
    public static async Task<WorkTree> FindAsync(string folder, string? url, CancellationToken ct)
    {
        if (await GitLocation.FindAsync(folder, ct) is not { } location)
            throw await NoRepository.AtAsync(folder, "Go into one.", ct);
        url ??= await GitCommand.AskAsync(folder, ct, "config", "--get", "remote.rad.url");
        return new WorkTree(location.Folder, RidOf(url) ?? Contracts.Rid.ForPlainGit(location.Top).Value);
    }

    /// <summary>The id in the address of a remote of Radicle; null for any other.</summary>
    public static string? RidOf(string? url)
    {
        // No regular expression: one that cannot backtrack is compiled at each start, which costs a tenth of a second.
        if (url?.StartsWith(Scheme, StringComparison.Ordinal) is not true) return null;
        var id = "rad:" + url[Scheme.Length..].Split('/')[0];
        return Contracts.Rid.TryParse(id, provider: null, out var rid) && rid.IsRadicle ? rid.Value : null;
    }

    /// <summary>A commit in full, and those that have exactly its files.</summary>
    /// <exception cref="CliException">There is no such commit.</exception>
    public async Task<IReadOnlyList<string>> EqualAsync(string revision, CancellationToken ct)
    {
        var commit = await GitCommand.AskAsync(Git, ct, "rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}")
            ?? throw new CliException(ExitCode.Usage, $"There is no commit '{revision}' here.", "Name one as git does: HEAD, main~1");
        await using var objects = new GitObjects(Git);
        return await EqualCommits.OfAsync(objects, commit, ct);
    }
}
