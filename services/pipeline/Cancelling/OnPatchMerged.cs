using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Verdict;

using Npgsql;

namespace Auxo.Pipeline.Cancelling;

/// <summary>
/// A merged patch needs no verdict any more: what has not begun is dropped, since the branch it went to is built by itself.
/// What runs may finish: its result says whether the merge was sound, and most of its work is done.
/// </summary>
public static class OnPatchMergedHandler
{
    /// <inheritdoc cref="OnPatchArchivedHandler.LoadAsync"/>
    public static Task<OpenBuilds> LoadAsync(PatchMerged message, IQuerySession session, NpgsqlDataSource database, CancellationToken ct)
        => OpenBuilds.LoadAsync(session, database, message.Rid, message.PatchId.Value, ct);

    /// <summary>Ends those that wait.</summary>
    public static (IReadOnlyList<BuildChange>, OutgoingMessages) Handle(
        PatchMerged message, OpenBuilds builds, Links links, DateTimeOffset now)
        => builds.Decide(build => Decide(build, links, now));

    /// <summary>Decides on one unfinished build of the patch.</summary>
    public static (Events Events, OutgoingMessages Messages) Decide(Build build, Links links, DateTimeOffset now)
        => build.State == BuildState.Running
            ? ([], [])
            : FinishBuild.Decide(build, Outcome.Superseded, "the patch was merged", by: null, links, now, quiet: true);
}
