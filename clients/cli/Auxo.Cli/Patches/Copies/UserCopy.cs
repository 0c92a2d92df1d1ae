using Auxo.Cli.Gate;
using Auxo.Contracts;

namespace Auxo.Cli.Patches.Copies;

/// <summary>
/// A working copy of a Radicle repository as the user's own git sees it, with his settings, wherever in it he is: in a folder below,
/// or in a further work tree.
/// </summary>
/// <param name="Top">The top folder of the work tree.</param>
/// <param name="Rid">The repository.</param>
/// <param name="Remote">The remote that is the repository, usually <c>rad</c>.</param>
/// <param name="Status">What is checked out and what is not committed.</param>
/// <param name="Tracked">The patch that the branch follows; null for none.</param>
internal sealed record UserCopy(string Top, Rid Rid, string Remote, WorkTreeStatus Status, PatchId? Tracked)
{
    /// <summary>Where the head of a patch stands, before its id.</summary>
    public const string PatchHead = "refs/heads/patches/";

    /// <exception cref="CliException">There is no working copy of a Radicle repository.</exception>
    public static async Task<UserCopy> FindAsync(UserPrograms programs, string folder, CancellationToken ct)
    {
        var top = await programs.GitAsync(folder, ct, "rev-parse", "--show-toplevel");
        if (!top.Succeeded)
            throw top.Errors.Contains("not a git repository", StringComparison.Ordinal)
                || top.Errors.Contains("must be run in a work tree", StringComparison.Ordinal)
                ? new CliException(
                    ExitCode.Usage, $"{folder} is in no working copy.", "Go into one: rad clone RID makes it.")
                : ProgramFault.Of(top);
        var work = top.Output.TrimEnd('\n');
        var urls = await programs.GitAsync(work, ct, "config", "--null", "--get-regexp", @"^remote\..*\.url$");
        if (FindRemote(urls.Output) is not { } remote)
            throw new CliException(
                ExitCode.Usage, $"{work} has no remote of Radicle.",
                "Make it a repository of Radicle: rad init. Or take a clone: rad clone RID");
        var status = WorkTreeStatus.Parse((await programs.GitAsync(
            work, ct, "status", "--porcelain=v2", "--branch", "-z", "--untracked-files=normal")).Must().Output);
        var merge = status.Branch is null ? null : await programs.GitAsync(work, ct, "config", "--get", $"branch.{status.Branch}.merge");
        return new UserCopy(work, remote.Rid, remote.Name, status, merge is null ? null : PatchOf(merge.Line));
    }

    /// <summary>
    /// The one called <c>rad</c> where it is one; else the first whose address is the repository and no peer's part of it.
    /// </summary>
    internal static (string Name, Rid Rid)? FindRemote(string configured)
    {
        var found = new List<(string Name, Rid Rid)>();
        foreach (var entry in configured.Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            if (entry.Split('\n', 2) is not [var key, var url] || WorkTree.RidOf(url) is not { } rid) continue;
            var name = key["remote.".Length..^".url".Length];
            if (name == "rad") return (name, Rid.Parse(rid));
            if (url["rad://".Length..].TrimEnd('/').IndexOf('/') < 0) found.Add((name, Rid.Parse(rid)));
        }

        return found is [var first, ..] ? first : null;
    }

    private static PatchId? PatchOf(string merge)
        => merge.StartsWith(PatchHead, StringComparison.Ordinal)
            && PatchId.TryParse(merge[PatchHead.Length..], provider: null, out var patch) ? patch : null;
}
