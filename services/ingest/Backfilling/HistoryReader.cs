using Auxo.Contracts;
using Auxo.Git;
using Auxo.Ingest.Commits;

namespace Auxo.Ingest.Backfilling;

/// <summary>Reads the heads that a branch had, with one git process however long its history is.</summary>
public static class HistoryReader
{
    /// <summary>So many commits are read: some gigabytes of memory.</summary>
    private const int Most = 5_000_000;

    /// <summary>The heads up to one of them.</summary>
    /// <param name="repository">The git repository.</param>
    /// <param name="head">The newest.</param>
    /// <param name="ct">Ends the process.</param>
    /// <exception cref="GitException">Commits are not here.</exception>
    public static async Task<PastHeads> ReadAsync(string repository, CommitId head, CancellationToken ct)
    {
        var commits = new List<PastCommit>();
        await foreach (var entry in GitLog.ReadAsync(repository, [head.Value], ct))
        {
            if (commits.Count == Most) throw new GitException(repository, ["log"], 0, $"it has more than {Most} commits");
            commits.Add(new PastCommit(
                entry.Oid, entry.Parents, entry.AuthoredAt, entry.CommittedAt, entry.Title,
                RevertMessage.Of(entry.Title, entry.Message)));
        }

        return PastHeads.Of(commits, await BroughtReader.IsShallowAsync(repository, ct));
    }
}
