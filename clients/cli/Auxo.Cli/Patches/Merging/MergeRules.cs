using Auxo.Cli.Output;
using Auxo.Cli.Patches.Linking;
using Auxo.Contracts;
using Auxo.Radicle;

namespace Auxo.Cli.Patches.Merging;

/// <summary>Who may merge what, before anything is looked at more closely.</summary>
internal static class MergeRules
{
    /// <summary>Null when this key may merge this patch.</summary>
    /// <param name="patch">The patch.</param>
    /// <param name="document">The repository's delegates.</param>
    /// <param name="own">Whose key it is.</param>
    /// <param name="branch">The default branch.</param>
    public static Refusal? Refuse(RadiclePatch patch, IdentityDocument document, Did own, string branch)
    {
        var id = patch.Id.Value[..7];
        if (!document.IsDelegate(own))
            return new Refusal(
                $"You ({Words.ShortDid(own.Value)}) are no delegate: what you push to {branch} does not count.",
                $"Ask one of them: {string.Join(", ", document.Delegates.Select(static d => Words.ShortDid(d.Value)))}");
        return patch.State.Status switch
        {
            PatchStatus.Merged => new Refusal($"Patch {id} is merged already."),
            PatchStatus.Archived => new Refusal($"Patch {id} is archived.", $"Open it again first: rad patch archive --undo {id}"),
            PatchStatus.Draft => new Refusal(
                $"Patch {id} is a draft: its author is not done with it.", $"When it is ready: rad patch ready {id}"),
            _ => null,
        };
    }

    /// <summary>Null when all that the patch needs is merged.</summary>
    /// <param name="id">The patch, in short.</param>
    /// <param name="needs">What was found of the patches that it names.</param>
    public static Refusal? RefuseNeeds(string id, IReadOnlyList<LinkedPatch> needs)
    {
        var open = needs.Where(static n => !n.IsMerged).ToList();
        return open.Count == 0 ? null : new Refusal(
            $"Patch {id} needs what is not merged yet: {string.Join("; ", open.Select(static n => n.Words))}.",
            open.Find(static n => n.PatchId is not null) is { } next
                ? $"Merge that first: auxo patch merge {next.PatchId![..7]} (in a working copy of {next.Rid})"
                : "The lines 'Depends-On:' in its description name it; let your node get that repository: rad seed RID");
    }
}
