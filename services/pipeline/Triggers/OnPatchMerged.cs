using Auxo.EventStore;
using Auxo.Messaging;
using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Verdict;

using Npgsql;

namespace Auxo.Pipeline.Triggers;

/// <summary>A merged patch needs no verdict any more: what has not begun is dropped; the branch it went to is built by itself.</summary>
public static class OnPatchMergedHandler
{
    /// <summary>Ends the builds that wait.</summary>
    public static Task<OutgoingMessages> HandleAsync(
        PatchMerged message, IDocumentSession session, NpgsqlDataSource database, RunnerBell bell, Links links, DateTimeOffset now, CancellationToken ct)
        => EndWaitingAsync(session, database, bell, message.Rid, message.PatchId, "the patch was merged", links, now, ct);

    internal static async Task<OutgoingMessages> EndWaitingAsync(
        IDocumentSession session, NpgsqlDataSource database, RunnerBell bell, Rid rid, PatchId patch, string reason, Links links, DateTimeOffset now, CancellationToken ct)
    {
        OutgoingMessages messages = [];
        foreach (var id in await BuildTable.OpenAsync(database, rid, patch.Value, ct))
        {
            messages.AddRange(await EndBuild.AppendAsync(
                session, bell, id, build => build.State == BuildState.Running ? ([], []) : FinishBuild.Decide(build, Outcome.Superseded, reason, by: null, links, now), ct));
        }

        return messages;
    }
}
