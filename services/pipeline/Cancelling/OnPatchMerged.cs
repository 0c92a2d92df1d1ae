using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Verdict;

namespace Auxo.Pipeline.Cancelling;

/// <summary>
/// A merged patch needs no verdict any more: what has not begun is dropped, since the branch it went to is built by itself.
/// What runs may finish: its result says whether the merge was sound, and most of its work is done.
/// </summary>
public static class OnPatchMergedHandler
{
    /// <summary>Ends the builds that wait.</summary>
    public static Task<OutgoingMessages> HandleAsync(
        PatchMerged message, IDocumentSession session, BuildWriter writer, Links links,
        DateTimeOffset now, CancellationToken ct)
        => writer.AppendAllAsync(session, message.Rid, message.PatchId.Value, build => Decide(build, links, now), ct);

    /// <summary>Decides on one unfinished build of the patch.</summary>
    public static (Events Events, OutgoingMessages Messages) Decide(Build build, Links links, DateTimeOffset now)
        => build.State == BuildState.Running
            ? ([], [])
            : FinishBuild.Decide(build, Outcome.Superseded, "the patch was merged", by: null, links, now, quiet: true);
}
