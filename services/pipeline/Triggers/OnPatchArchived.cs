using Auxo.EventStore;
using Auxo.Messaging;
using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Verdict;

using Npgsql;

namespace Auxo.Pipeline.Triggers;

/// <summary>A closed patch needs no verdict any more.</summary>
public static class OnPatchArchivedHandler
{
    /// <summary>Ends the builds that wait.</summary>
    public static Task<OutgoingMessages> HandleAsync(
        PatchArchived message, IDocumentSession session, NpgsqlDataSource database, RunnerBell bell, Links links, DateTimeOffset now, CancellationToken ct)
        => OnPatchMergedHandler.EndWaitingAsync(session, database, bell, message.Rid, message.PatchId, "the patch was archived", links, now, ct);
}
