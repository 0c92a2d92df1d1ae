using Auxo.Contracts;

namespace Auxo.Cli.Patches.Merging;

/// <summary>What another delegate made of the patch already, in his default branch.</summary>
internal sealed record OthersMerge(Did By, string Commit);

/// <summary>How the default branch gets a patch.</summary>
internal abstract record MergeWay
{
    private MergeWay()
    {
    }

    /// <summary>It has it.</summary>
    public sealed record AlreadyIn : MergeWay;

    /// <summary>It moves to the patch's head, which was built as it is.</summary>
    public sealed record FastForward(string Head) : MergeWay;

    /// <summary>It moves to what another delegate merged: one more of his kind would be another line of work.</summary>
    public sealed record Join(OthersMerge Merge) : MergeWay;

    /// <summary>It has moved on, so a merge commit is made, whose files nobody has built yet.</summary>
    public sealed record NewCommit : MergeWay;

    /// <summary>Decides.</summary>
    /// <param name="head">The patch's head.</param>
    /// <param name="targetHasHead">The default branch contains it.</param>
    /// <param name="headHasTarget">It contains the default branch.</param>
    /// <param name="others">What another delegate merged on top of the default branch; null for nothing.</param>
    public static MergeWay Choose(string head, bool targetHasHead, bool headHasTarget, OthersMerge? others)
        => targetHasHead ? new AlreadyIn()
            : headHasTarget ? new FastForward(head)
            : others is not null ? new Join(others)
            : new NewCommit();
}
