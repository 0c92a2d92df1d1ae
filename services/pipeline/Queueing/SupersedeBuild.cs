using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Verdict;

namespace Auxo.Pipeline.Queueing;

/// <summary>A newer commit of the same patch or branch makes an older build pointless, whether it waits or runs.</summary>
public static class SupersedeBuild
{
    /// <summary>
    /// Ends the older build; a finished one keeps its verdict, and the same commit does not push itself aside. The newer one
    /// speaks on the patch.
    /// </summary>
    public static (Events Events, OutgoingMessages Messages) Decide(Build older, Build newer, Links links, DateTimeOffset now)
        => older.Subject.Trigger != newer.Subject.Trigger || older.Subject.Commit == newer.Subject.Commit
            ? ([], [])
            : FinishBuild.Decide(older, Outcome.Superseded, $"superseded by {newer.Subject.Commit.Short}", by: null,
                links, now, quiet: true);
}
