using Auxo.Radicle;

namespace Auxo.Cli.Patches.Proposing;

/// <summary>How what is checked out stands to a patch's head.</summary>
internal enum HeadRelation
{
    /// <summary>It is the head.</summary>
    Same,

    /// <summary>It has more commits.</summary>
    Ahead,

    /// <summary>It lacks some.</summary>
    Behind,

    /// <summary>Each has commits that the other one lacks: the history was rewritten, or it is another branch.</summary>
    Apart,
}

/// <summary>Whether a patch may have another revision.</summary>
internal static class RevisionRules
{
    /// <summary>Null when it may.</summary>
    /// <param name="id">The patch, in short.</param>
    /// <param name="status">Where it stands.</param>
    /// <param name="relation">What is checked out, beside its head.</param>
    /// <param name="isIn">The default branch has what is checked out already.</param>
    /// <param name="force">Its author says that it is rewritten.</param>
    public static Refusal? Refuse(string id, PatchStatus status, HeadRelation relation, bool isIn, bool force)
        => RefuseStatus(id, status) ?? relation switch
        {
            HeadRelation.Same => new Refusal($"Patch {id} has all your commits already.", "Commit something first."),
            HeadRelation.Behind => new Refusal(
                $"Patch {id} has commits that your branch lacks.",
                "Get them first: git pull --ff-only. Or drop them: git commit --amend, then -f"),
            _ when isIn => new Refusal("The default branch has your commits already.", "Nothing is left to propose."),
            HeadRelation.Apart when !force => new Refusal(
                $"Your branch does not contain the head of patch {id}: its history was rewritten (amended, rebased), "
                    + "or it is another branch.",
                "If that is meant, replace what the patch proposes: add -f (--force)"),
            _ => null,
        };

    private static Refusal? RefuseStatus(string id, PatchStatus status) => status switch
    {
        PatchStatus.Merged => new Refusal($"Patch {id} is merged.", "What comes now is a new patch: auxo patch create TITLE"),
        PatchStatus.Archived => new Refusal($"Patch {id} is archived.", $"Open it again first: rad patch archive --undo {id}"),
        _ => null,
    };
}
