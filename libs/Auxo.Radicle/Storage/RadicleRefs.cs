using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>A namespace or ref that is not believed, and why.</summary>
public sealed record RefProblem(string Name, string Reason);

/// <summary>The refs of a storage.</summary>
/// <param name="All">Every ref as git lists it, full names.</param>
/// <param name="Signed">What the owners of the namespaces signed: the only refs of other people that are believed.</param>
/// <param name="Problems">Namespaces with a wrong signature, refs that nobody signed, refs that are not where their owner says.</param>
public sealed record RadicleRefs(
    IReadOnlyDictionary<string, CommitId> All, IReadOnlyDictionary<Did, SignedRefs> Signed, IReadOnlyList<RefProblem> Problems)
{
    /// <summary>The tip of somebody's branch as he signed it; null when there is none.</summary>
    public CommitId? Branch(Did owner, string branch)
        => Signed.TryGetValue(owner, out var refs) && refs.Refs.TryGetValue("refs/heads/" + branch, out var tip) ? tip : null;

    /// <summary>Everybody whose branch is at this commit: for the default branch, who pushed it.</summary>
    public IReadOnlyList<Did> AtBranch(string branch, CommitId commit) => [.. Signed.Keys.Where(owner => Branch(owner, branch) == commit)];
}
