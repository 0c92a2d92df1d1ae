using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Verdict;

using Npgsql;

namespace Auxo.Pipeline.Cancelling;

/// <summary>Nobody wants an archived patch any more: its builds end, whether they wait or run.</summary>
public static class OnPatchArchivedHandler
{
    /// <summary>Its builds.</summary>
    public static Task<OpenBuilds> LoadAsync(PatchArchived message, IQuerySession session, NpgsqlDataSource database, CancellationToken ct)
        => OpenBuilds.LoadAsync(session, database, message.Rid, message.PatchId.Value, ct);

    /// <summary>Ends them.</summary>
    public static (IReadOnlyList<BuildChange>, OutgoingMessages) Handle(
        PatchArchived message, OpenBuilds builds, Links links, DateTimeOffset now)
        => builds.Decide(build => Decide(build, links, now));

    /// <summary>Decides on one unfinished build of the patch.</summary>
    public static (Events Events, OutgoingMessages Messages) Decide(Build build, Links links, DateTimeOffset now)
        => FinishBuild.Decide(build, Outcome.Cancelled, "the patch was archived", by: null, links, now, quiet: true);
}
