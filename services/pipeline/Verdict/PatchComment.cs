using Auxo.Pipeline.Builds;

namespace Auxo.Pipeline.Verdict;

/// <summary>The one comment of a build on its patch: at most an interim body and the verdict.</summary>
public static class PatchComment
{
    /// <summary>The body while it runs or waits for approval.</summary>
    public const int InterimSeq = 1;

    /// <summary>The verdict.</summary>
    public const int FinalSeq = 2;

    /// <summary>The comment's body as the build stands; null when it has no patch on Radicle to speak on.</summary>
    public static PostPatchComment? Of(Build build, int seq, Links links)
        => build.Subject is { PatchId: { } patch, RevisionId: { } revision, Rid.IsRadicle: true } subject
            ? new PostPatchComment(subject.Rid, patch, revision, build.BuildId, seq, $"build/{build.BuildId}",
                VerdictMarkdown.Render(build, links), seq == FinalSeq, seq == FinalSeq ? VerdictMarkdown.Remarks(build) : null,
                seq == FinalSeq && build.Outcome is { } outcome
                    ? new BuildEnd(subject.Commit, outcome, links.To(build.BuildId))
                    : null)
            : null;
}
