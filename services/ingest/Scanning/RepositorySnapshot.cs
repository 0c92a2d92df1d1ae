using Auxo.Contracts;

namespace Auxo.Ingest.Scanning;

/// <summary>What stands in a repository now.</summary>
/// <param name="Name">For people.</param>
/// <param name="DefaultBranch">Short name.</param>
/// <param name="Delegates">Who decides; empty for plain git.</param>
/// <param name="Branches">The followed branches that exist, the default one first.</param>
/// <param name="Patches">All patches.</param>
/// <param name="Problems">What could not be read, or not be built yet, for people.</param>
public sealed record RepositorySnapshot(
    string Name, string DefaultBranch, IReadOnlyList<Did> Delegates, IReadOnlyList<BranchSnapshot> Branches,
    IReadOnlyList<PatchSnapshot> Patches,
    IReadOnlyList<TipProblem> Problems)
{
    /// <summary>Only delegates and those they allow may read it; never of plain git.</summary>
    public bool IsPrivate { get; init; }

    /// <summary>The default branch's head; null when there is none.</summary>
    public CommitId? Canonical => Branches.FirstOrDefault(b => b.Name == DefaultBranch)?.Head;
}

/// <summary>A branch.</summary>
/// <param name="Name">Short name.</param>
/// <param name="Head">Its head.</param>
/// <param name="Title">First line of the head's message; empty when the branch did not move.</param>
/// <param name="Author">The delegate whose push moved it; null when unknown.</param>
/// <param name="At">The head's committer time.</param>
/// <param name="Contains">Patches, by one of their revisions, that the head contains and the commit seen before did not.</param>
/// <param name="Brought">The commits that came with it; null when the branch did not move, or is not counted.</param>
public sealed record BranchSnapshot(
    string Name, CommitId Head, string Title, Did? Author, DateTimeOffset At,
    IReadOnlyList<(PatchId Patch, RevisionId Revision)> Contains, BroughtCommits? Brought = null);

/// <summary>Why there is no fact for something that was seen.</summary>
/// <param name="Kind"><c>patch</c> or <c>branch</c>.</param>
/// <param name="Name">Patch id or branch.</param>
/// <param name="Commit">The commit, where one is named.</param>
/// <param name="Reason">For people; says what happens next.</param>
public sealed record TipProblem(string Kind, string Name, CommitId? Commit, string Reason);
