using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Verdict;

namespace Auxo.Pipeline.Cancelling;

/// <summary>Nobody wants an archived patch any more: its builds end, whether they wait or run.</summary>
public static class OnPatchArchivedHandler
{
    /// <summary>Ends them.</summary>
    public static Task<OutgoingMessages> HandleAsync(
        PatchArchived message, IDocumentSession session, BuildWriter writer, Links links,
        DateTimeOffset now, CancellationToken ct)
        => writer.AppendAllAsync(session, message.Rid, message.PatchId.Value, build => Decide(build, links, now), ct);

    /// <summary>Decides on one unfinished build of the patch.</summary>
    public static (Events Events, OutgoingMessages Messages) Decide(Build build, Links links, DateTimeOffset now)
        => FinishBuild.Decide(build, Outcome.Cancelled, "the patch was archived", by: null, links, now, quiet: true);
}
