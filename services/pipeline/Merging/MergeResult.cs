namespace Auxo.Pipeline.Merging;

/// <summary>What a default branch has become by a merge.</summary>
internal static class MergeResult
{
    private const int Most = 50;

    /// <summary>
    /// The oldest commit of the branch's own line (the first parents) that contains the merged one: that one itself after a fast-forward,
    /// else the merge commit. Radicle's record of a merge names the patch's commit, not the branch's.
    /// </summary>
    /// <param name="folder">The repository.</param>
    /// <param name="merged">The commit of the patch.</param>
    /// <param name="head">The branch's head when the merge was seen; null where that is not known.</param>
    /// <param name="ct">Stops.</param>
    /// <exception cref="IOException">Git could not be started.</exception>
    public static async Task<CommitId> FindAsync(string folder, CommitId merged, CommitId? head, CancellationToken ct)
    {
        if (head is not { } result || !await ContainsAsync(result)) return merged;
        for (var i = 0; i < Most && result != merged; i++)
        {
            if (await GitCommand.AskAsync(folder, ct, "rev-parse", "--verify", "--quiet", result.Value + "^1") is not { } line
                || !await ContainsAsync(CommitId.Parse(line))) break;
            result = CommitId.Parse(line);
        }

        return result;

        async Task<bool> ContainsAsync(CommitId commit)
            => commit == merged
                || await GitCommand.AskAsync(folder, ct, "merge-base", "--is-ancestor", merged.Value, commit.Value) is not null;
    }
}
