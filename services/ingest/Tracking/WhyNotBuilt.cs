using Auxo.Ingest.Recording;

namespace Auxo.Ingest.Tracking;

/// <summary>Why the pipeline got no message about a commit, for people: <c>auxo status</c> and <c>auxo trace</c> say the same.</summary>
internal static class WhyNotBuilt
{
    /// <summary>Of a branch that a delegate or a trusted person pushed to Radicle beside the default one.</summary>
    public const string OtherBranch =
        "Of a Radicle repository the default branch and the patches are built. Open a patch (git push rad HEAD:refs/patches), or "
            + "build it now: auxo ci run.";

    /// <summary>Of a patch's revision; null when the pipeline got its message.</summary>
    public static string? Of(RevisionDisposition disposition) => disposition switch
    {
        RevisionDisposition.PreExisting =>
            "It was there when the repository was tracked; the next revision is announced. 'auxo ci run' builds it now.",
        RevisionDisposition.Superseded => "Its author replaced it before Auxo saw it; the revision after it is announced.",
        RevisionDisposition.Deferred => "The patch was archived before Auxo saw it; it is announced when it is opened again.",
        _ => null,
    };
}
