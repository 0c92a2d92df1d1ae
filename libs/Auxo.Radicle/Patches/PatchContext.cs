using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>What the rules of a patch need from outside it.</summary>
/// <param name="Documents">The accepted identity documents by revision. An operation that names another one is judged as a
/// stranger's.</param>
/// <param name="Merged">The claimed merges whose commit is in that delegate's default branch.</param>
public sealed record PatchContext(
    IReadOnlyDictionary<CommitId, IdentityDocument> Documents, IReadOnlySet<(Did Delegate, CommitId Commit)> Merged)
{
    internal IdentityDocument? DocumentOf(CobOperation operation) => operation.Resource is { } id ? Documents.GetValueOrDefault(id) : null;

    internal bool IsMerged(Did who, CommitId commit) => Merged.Contains((who, commit));
}
