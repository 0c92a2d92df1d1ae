using System.Text;

using Auxo.Git;

namespace Auxo.Cli.Branches;

/// <summary>
/// Finds work in the default branch that came there under other commits: put on top of it (rebase), or as one commit (squash).
/// Comparing costs time, so only the newest commits of the default branch are looked at.
/// </summary>
/// <param name="git">The repository.</param>
/// <param name="target">The default branch.</param>
/// <param name="name">How people call it.</param>
internal sealed class MergedContent(string git, string target, string name)
{
    private const int MostCommits = 1000;
    private const int MostBytes = 64 << 20;
    private readonly Dictionary<string, IReadOnlySet<string>> _patchIds = new(StringComparer.Ordinal);

    /// <summary>How the default branch has a commit; null when it does not.</summary>
    public async Task<string?> FindAsync(string commit, CancellationToken ct)
    {
        var start = await GitDiff.MergeBaseAsync(git, target, commit, ct);
        if (start == commit) return $"is in {name}";
        if (start is null) return null;
        if (await IsTreeAsync(start, commit, ct)) return $"{name} had exactly its files (squashed)";
        if (await IsRebasedAsync(commit, ct)) return $"each of its commits is in {name} (rebased)";
        return await IsSquashedAsync(start, commit, ct) ? $"its change is one commit of {name} (squashed)" : null;
    }

    /// <summary>A commit of the default branch since then has the same files. What changed nothing is no sign.</summary>
    private async Task<bool> IsTreeAsync(string start, string commit, CancellationToken ct)
    {
        var tree = await GitCommand.AskAsync(git, ct, "rev-parse", commit + "^{tree}");
        if (tree == await GitCommand.AskAsync(git, ct, "rev-parse", start + "^{tree}")) return false;
        var trees = await GitCommand.RunAsync(git,
            ["log", $"--max-count={MostCommits}", "--format=%T", $"{start}..{target}", "--"], ct);
        return trees.Split('\n').Contains(tree, StringComparer.Ordinal);
    }

    /// <summary><c>git cherry</c> marks with a minus what the other side has in its own way.</summary>
    private async Task<bool> IsRebasedAsync(string commit, CancellationToken ct)
    {
        // What somebody changed while she merged is in no single commit.
        var merges = await GitCommand.RunAsync(git, ["rev-list", "--merges", "--max-count=1", $"{target}..{commit}", "--"], ct);
        if (merges.Length > 0) return false;
        var lines = (await GitCommand.RunAsync(git, ["cherry", target, commit], ct)).Split('\n',
            StringSplitOptions.RemoveEmptyEntries);
        return lines.Length > 0 && lines.All(static l => l[0] == '-');
    }

    private async Task<bool> IsSquashedAsync(string start, string commit, CancellationToken ct)
    {
        var whole = await IdsAsync(await DiffAsync(["diff-tree", "-p", "-r", start, commit], ct), ct);
        if (whole.Count != 1) return false;
        if (!_patchIds.TryGetValue(start, out var others))
        {
            others = await IdsAsync(
                await DiffAsync(["log", "-p", "--no-merges", $"--max-count={MostCommits}", "--format=commit %H",
                    $"{start}..{target}", "--"], ct), ct);
            _patchIds[start] = others;
        }

        return others.Contains(whole.First());
    }

    /// <summary>A difference that is larger than anybody compares is none.</summary>
    private async Task<byte[]> DiffAsync(string[] arguments, CancellationToken ct)
    {
        try
        {
            return await GitCommand.RunBytesAsync(
                git,
                ["-c", "diff.noprefix=false", .. arguments[..1], "--no-color", "--no-ext-diff", "--no-textconv", .. arguments[1..]],
                ct, most: MostBytes);
        }
        catch (GitException e) when (e.ExitCode == -1)
        {
            return [];
        }
    }

    private async Task<IReadOnlySet<string>> IdsAsync(byte[] diff, CancellationToken ct)
        => diff.Length == 0 ? new HashSet<string>(StringComparer.Ordinal)
            : Encoding.ASCII.GetString(await GitCommand.RunBytesAsync(git, ["patch-id", "--stable"], ct, diff))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Select(static l => l.Split(' ')[0]).ToHashSet(StringComparer.Ordinal);
}
