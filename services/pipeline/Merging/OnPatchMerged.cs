using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Requesting;
using Auxo.Pipeline.Verdict;
using Auxo.Pipeline.Workspaces;

using Npgsql;

namespace Auxo.Pipeline.Merging;

/// <summary>What a merge is judged by.</summary>
/// <param name="RepositoryName">For people.</param>
/// <param name="Result">What the branch has become.</param>
/// <param name="Open">The unfinished builds of the patch.</param>
/// <param name="Builds">Those of exactly the result.</param>
/// <param name="Overridden">Why somebody merged it without a pass; null where nobody said so.</param>
public sealed record SeenMerge(
    string RepositoryName, CommitId Result, OpenBuilds Open, IReadOnlyList<Build> Builds, MergeEvent.GateOverridden? Overridden = null);

/// <summary>
/// A merged patch needs no verdict any more: what has not begun is dropped, since the branch it went to is built by itself.
/// What runs may finish: its result says whether the merge was sound, and most of its work is done. A merge of what has not passed is
/// recorded as one and raises an alarm: Radicle lets every delegate push what he likes, so it can only be found.
/// </summary>
public static class OnPatchMergedHandler
{
    /// <summary>The builds that it concerns.</summary>
    public static async Task<SeenMerge> LoadAsync(
        PatchMerged message, IQuerySession session, NpgsqlDataSource database, GitSources sources, RepositoryFolders folders,
        CancellationToken ct)
    {
        var open = await OpenBuilds.LoadAsync(session, database, message.Rid, message.PatchId.Value, ct);
        var repository = await BuildRepository.FindAsync(database, folders, message.Rid, folder: null, ct);
        var result = message.Commit;
        IReadOnlyList<CommitId> equal = [result];
        if (repository is not null && folders.FolderOf(repository.Source) is var folder && Directory.Exists(folder))
        {
            await using var source = sources.Open(folder);
            try
            {
                result = await MergeResult.FindAsync(folder, message.Commit, message.Canonical, ct);
                var commits = await EqualCommits.OfAsync(source.Objects, result.Value, ct);
                equal = [.. commits.Select(static commit => CommitId.Parse(commit))];
            }
            catch (Exception e) when (e is GitException or IOException)
            {
                // It cannot be read now: the commit itself is all there is to ask for.
            }
        }

        var said = await session.Events.FetchStreamAsync(MergeEvent.StreamKey(message.Rid, message.PatchId), token: ct);
        return new SeenMerge(
            repository?.Name ?? message.Rid.Value, result, open, await MergeTable.BuildsOfAsync(session, database, message.Rid, equal, ct),
            said.Select(static e => e.Data).OfType<MergeEvent.GateOverridden>().LastOrDefault(o => equal.Contains(o.Commit)));
    }

    /// <summary>Ends those that wait, and judges the merge.</summary>
    public static (IReadOnlyList<BuildChange>, RecordMerge, OutgoingMessages) Handle(
        PatchMerged message, SeenMerge seen, Links links, MergeMetrics metrics, DateTimeOffset now)
    {
        var (changes, messages) = seen.Open.Decide(build => Decide(build, links, now));
        var judged = MergeGate.Judge(seen.Result, seen.Builds, message.SeenAt);
        metrics.Merged(judged.Passed);
        var verdict = OverrideGate.Judge(judged, seen.Overridden);
        if (!verdict.Passed)
            messages.Add(new MergedWithoutPass(
                message.Rid, seen.RepositoryName, message.PatchId, seen.Result, message.By, verdict.Reason,
                verdict.Build is { } build ? links.To(build.BuildId) : null, message.At,
                judged.Passed ? seen.Overridden?.Owners : null));
        return (changes, new RecordMerge(message, seen.Result, verdict), messages);
    }

    /// <summary>Decides on one unfinished build of the patch.</summary>
    public static (Events Events, OutgoingMessages Messages) Decide(Build build, Links links, DateTimeOffset now)
        => build.State == BuildState.Running
            ? ([], [])
            : FinishBuild.Decide(build, Outcome.Superseded, "the patch was merged", by: null, links, now, quiet: true);
}

/// <summary>Keeps a merge and its judgement.</summary>
public sealed record RecordMerge(PatchMerged Merged, CommitId Result, GateVerdict Verdict) : IMartenOp
{
    /// <inheritdoc/>
    public void Execute(IDocumentSession session) => session.QueueSqlCommand(MergeTable.Record(Merged, Result, Verdict));
}
