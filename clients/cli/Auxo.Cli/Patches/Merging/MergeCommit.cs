using Auxo.Cli.Patches.Copies;
using Auxo.Radicle;

namespace Auxo.Cli.Patches.Merging;

/// <summary>Makes merge results with git's plumbing: neither the index nor the work tree nor a branch is touched.</summary>
internal static class MergeCommit
{
    /// <summary>Gets the two sides into the working copy's objects.</summary>
    /// <exception cref="CliException">They cannot be had.</exception>
    public static async Task FetchAsync(RadicleCopy copy, IReadOnlyList<string> commits, CancellationToken ct)
        => (await copy.Programs.GitAsync(
            copy.Work.Top, ct, ["fetch", "--quiet", "--no-tags", copy.Work.Remote, $"refs/heads/{copy.DefaultBranch}", .. commits])).Must();

    /// <summary>The merge of a patch into the default branch's tip.</summary>
    /// <returns>The commit.</returns>
    /// <exception cref="CliException">The two change the same lines.</exception>
    public static async Task<string> MakeAsync(RadicleCopy copy, RadiclePatch patch, string tip, CancellationToken ct)
    {
        var (top, head) = (copy.Work.Top, patch.Latest.Head.Value);
        var merged = await copy.Programs.GitAsync(top, ct, "merge-tree", "--write-tree", "--name-only", "--no-messages", tip, head);
        if (merged.ExitCode == 1)
            throw new CliException(
                ExitCode.Negative, $"Patch {patch.Id.Value[..7]} and {copy.DefaultBranch} change the same lines: "
                    + string.Join(", ", merged.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Distinct().Take(5)),
                $"Its author brings it up to date: git fetch {copy.Work.Remote} && git rebase "
                    + $"{copy.Work.Remote}/{copy.DefaultBranch}, then auxo patch update -f");
        if (merged.ExitCode == 129 || merged.Errors.Contains("usage:", StringComparison.Ordinal))
            throw new CliException(
                ExitCode.Negative, "Your git cannot merge outside of the work tree.",
                "Install git 2.38 or newer, or let the author bring the patch up to date with " + copy.DefaultBranch + ".");
        var signs = await copy.Programs.GitAsync(top, ct, "config", "--type=bool", "--get", "commit.gpgsign") is { Line: "true" };
        return (await copy.Programs.GitAsync(
            top, ct, [
                "commit-tree", merged.Must().Line, "-p", tip, "-p", head, .. signs ? ["-S"] : Array.Empty<string>(),
                "-m", $"Merge patch {patch.Id.Value[..7]}: {patch.Title}", "-m", PatchReference.Text(copy.Rid, patch.Id)])).Must().Line;
    }
}
