using Auxo.Cli.Output;
using Auxo.Cli.Patches.Copies;

namespace Auxo.Cli.Patches.Merging;

/// <summary>
/// Two delegates who merge at the same moment: each has pushed his own default branch, the two have gone apart, and Radicle then takes
/// neither, refuses new patches, and says so to nobody. Whoever sees it last gives way, so that one of the two holds.
/// </summary>
internal static class MergeRace
{
    /// <summary>
    /// What a push has come to that ended with an error: Radicle moves the user's own branch before it works out the repository's, so a
    /// push may have failed and be there.
    /// </summary>
    /// <param name="copy">The working copy.</param>
    /// <param name="pushed">What git said.</param>
    /// <param name="tip">Where the default branch was.</param>
    /// <param name="result">What was pushed.</param>
    /// <param name="ct">Stops, before anything is put back.</param>
    /// <exception cref="CliException">Nothing is merged; in words.</exception>
    public static async Task SettleAsync(RadicleCopy copy, ProgramRun pushed, string tip, string result, CancellationToken ct)
    {
        var canonical = (await copy.Storage.CanonicalHeadAsync(ct))?.Value;
        if (await MergeTarget.OwnAsync(copy, ct) != result)
        {
            if (canonical is null || canonical == tip || await copy.ContainsAsync(result, canonical, ct)) throw ProgramFault.Of(pushed);
            throw Moved(copy, canonical, "");
        }

        if (canonical is not null && await copy.ContainsAsync(canonical, result, ct)) return;
        await GiveWayAsync(copy, canonical ?? tip, result, ct);
    }

    /// <summary>Puts the user's own default branch back to the repository's, whose next merge then counts again.</summary>
    /// <exception cref="CliException">Always: nothing is merged.</exception>
    public static async Task GiveWayAsync(RadicleCopy copy, string canonical, string result, CancellationToken ct)
    {
        var (remote, branch) = (copy.Work.Remote, copy.DefaultBranch);
        // To work out the repository's branch, Radicle wants the commits of all delegates in the working copy.
        var heads = (await copy.Storage.BranchesAsync(ct)).Where(b => b.Name == branch).Select(static b => b.Head.Value);
        await MergeCommit.FetchAsync(copy, [canonical, .. heads.Distinct(StringComparer.Ordinal)], ct);
        // Not a hook's business: nothing new is pushed.
        var back = await copy.Programs.PushAsync(
            copy.Work.Top, [remote, "-o", "no-sync", "--no-verify", $"+{canonical}:refs/heads/{branch}"]);
        if (await MergeTarget.OwnAsync(copy, ct) != canonical)
            throw new CliException(
                ExitCode.Negative,
                $"Another delegate has merged at the same moment, your {branch} ({result[..7]}) and the repository's have gone apart, "
                    + "and it could not be put back.",
                $"Until that is mended nobody can merge or open a patch. Put it back: git push --no-verify {remote} "
                    + $"+{canonical}:refs/heads/{branch}\n{ProgramFault.Of(back).Message}");
        await Announcement.TryAsync(copy, TimeProvider.System, ct);
        var now = (await copy.Storage.CanonicalHeadAsync(ct))?.Value ?? canonical;
        throw Moved(copy, now, $" Your own {branch} was put back to it.");
    }

    /// <summary>
    /// Refuses to merge while the default branches of two delegates have gone apart and one is enough: whatever is pushed then is refused
    /// half-way.
    /// </summary>
    /// <exception cref="CliException">They have.</exception>
    public static async Task RequireTogetherAsync(RadicleCopy copy, string canonical, CancellationToken ct)
    {
        if (copy.Identity.Threshold > 1) return;
        foreach (var (owner, name, head) in await copy.Storage.BranchesAsync(ct))
        {
            var at = head.Value;
            if (name != copy.DefaultBranch || !copy.Identity.Delegates.Contains(owner) || owner == copy.Own) continue;
            if (await copy.ContainsAsync(canonical, at, ct) || await copy.ContainsAsync(at, canonical, ct)) continue;
            var who = Words.ShortDid(owner.Value);
            throw new CliException(
                ExitCode.Negative,
                $"{name} has gone apart: it is at {canonical[..7]} here, and {who} has pushed {at[..7]}, which does not contain it.",
                $"Until that is mended nobody can merge or open a patch. Make one of the two: git fetch {copy.Work.Remote} {at}, "
                    + $"git merge {at[..7]} on {name}, git push {copy.Work.Remote} HEAD:refs/heads/{name}. Or {who} gives way: "
                    + $"git push --no-verify {copy.Work.Remote} +{canonical}:refs/heads/{name}");
        }
    }

    private static CliException Moved(RadicleCopy copy, string to, string more)
        => new(
            ExitCode.Negative, $"Nothing was merged: {copy.DefaultBranch} has moved on to {to[..7]} at the same moment.{more}",
            "Run it again.");
}
