using Auxo.Cli.Patches.Copies;
using Auxo.Radicle;

namespace Auxo.Cli.Patches.Merging;

/// <summary>What a patch is merged into, and how.</summary>
/// <param name="Tip">The default branch's commit.</param>
/// <param name="Way">How.</param>
internal sealed record MergeTarget(string Tip, MergeWay Way)
{
    /// <summary>No further back is looked for where another delegate merged.</summary>
    private const int Most = 50;

    /// <summary>Looks at the default branches of all delegates, the user's own too.</summary>
    /// <exception cref="CliException">The default branch is not there, or the user's own has what the others do not.</exception>
    public static async Task<MergeTarget> FindAsync(RadicleCopy copy, RadiclePatch patch, CancellationToken ct)
    {
        var branch = copy.DefaultBranch;
        if (copy.Canonical is not { } canonical)
            throw new CliException(
                ExitCode.Negative, $"There is no {branch} yet on which {copy.Identity.Threshold} delegates agree.",
                $"Let enough of them push it: git push rad {branch}:refs/heads/{branch}");
        var (tip, head) = (canonical.Value, patch.Latest.Head.Value);
        OthersMerge? others = null;
        foreach (var (owner, name, at) in await copy.Storage.BranchesAsync(ct))
        {
            if (name != branch || !copy.Identity.Delegates.Contains(owner) || await copy.ContainsAsync(tip, at.Value, ct)) continue;
            var has = await copy.ContainsAsync(at.Value, head, ct);
            if (owner != copy.Own)
            {
                if (has && await copy.ContainsAsync(at.Value, tip, ct))
                    others ??= new OthersMerge(owner, await ResultAsync(copy, at.Value, head, ct));
            }
            else if (!has)
            {
                throw new CliException(
                    ExitCode.Negative, $"Your own {branch} ({at.Value[..7]}) has commits that the repository's does not have.",
                    $"They wait for other delegates, or were never meant: git log {canonical.Value[..7]}..{at.Value[..7]}. "
                        + "Merge when they are in.");
            }
        }

        return new MergeTarget(
            tip, MergeWay.Choose(
                head, await copy.ContainsAsync(tip, head, ct), await copy.ContainsAsync(head, tip, ct), others));
    }

    /// <summary>True when the user's own default branch has the patch, which is not enough yet.</summary>
    public static async Task<bool> IsOwnDoneAsync(RadicleCopy copy, RadiclePatch patch, CancellationToken ct)
        => await OwnAsync(copy, ct) is { } own && await copy.ContainsAsync(own, patch.Latest.Head.Value, ct);

    /// <summary>The user's own default branch; null when he has none.</summary>
    public static async Task<string?> OwnAsync(RadicleCopy copy, CancellationToken ct)
    {
        foreach (var (owner, name, head) in await copy.Storage.BranchesAsync(ct))
        {
            if (owner == copy.Own && name == copy.DefaultBranch) return head.Value;
        }

        return null;
    }

    /// <summary>The oldest commit of a branch's own line that contains the patch: further merges after it are not joined.</summary>
    private static async Task<string> ResultAsync(RadicleCopy copy, string at, string head, CancellationToken ct)
    {
        for (var i = 0; i < Most && at != head; i++)
        {
            var parent = await copy.LookAsync(ct, "rev-parse", "--verify", "--quiet", at + "^1");
            if (!parent.Succeeded || !await copy.ContainsAsync(parent.Line, head, ct)) break;
            at = parent.Line;
        }

        return at;
    }
}
