namespace Auxo.Pipeline.Joining;

/// <summary>What is built instead of a patch's own commit: the default branch, what the patch needs, and the patch.</summary>
/// <param name="Commit">
/// The merge of all of them. It is on no node; the same commits always make the same one, so its id says exactly what is in it.
/// </param>
/// <param name="Onto">The head of the default branch in it; null where there was none.</param>
/// <param name="Patches">
/// The patches in it whose commits neither the patch itself nor the default branch contains; empty where the latter has them all.
/// </param>
public sealed record JoinedCommit(CommitId Commit, CommitId? Onto, IReadOnlyList<NeededPatch> Patches)
{
    /// <summary>As it stands in the verdict.</summary>
    public string Words
        => Patches.Count == 0
            ? $"built on {Onto?.Short} of the default branch, which has what it needs"
            : "built together with what it needs: "
                + string.Join(", ", Patches.Select(static p => $"patch {p.PatchId.Short} at {p.Head.Short}"))
                + (Onto is { } onto ? $", on {onto.Short} of the default branch" : "");
}
