using Auxo.Contracts;
using Auxo.Ingest.Commits;

namespace Auxo.Ingest.Backfilling;

/// <summary>A commit of the past.</summary>
/// <param name="Id">Itself.</param>
/// <param name="Parents">What it stands on, in order.</param>
/// <param name="AuthoredAt">Author's clock in seconds since 1970.</param>
/// <param name="CommittedAt">Committer's clock in seconds since 1970.</param>
/// <param name="Title">First line of its message.</param>
/// <param name="Reverts">What its message says of taking back; null for nothing.</param>
public sealed record PastCommit(
    string Id, IReadOnlyList<string> Parents, long AuthoredAt, long CommittedAt, string Title, RevertMessage? Reverts = null);

/// <summary>A head of the default branch, as it was when it landed.</summary>
/// <param name="Old">The head before; null for the first commit of all.</param>
/// <param name="Commit">The head.</param>
/// <param name="Title">First line of its message.</param>
/// <param name="At">Its committer's clock.</param>
/// <param name="Brought">The commits that came with it.</param>
public sealed record PastHead(CommitId? Old, CommitId Commit, string Title, DateTimeOffset At, BroughtCommits Brought);
