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
                VerdictMarkdown.Render(build, links), seq == FinalSeq,
                // The lines of what is built together with other patches are not those of the patch, and its end is not that of the commit.
                seq == FinalSeq && build.Plan.Joined is null ? VerdictMarkdown.Remarks(build) : null,
                seq == FinalSeq && build is { Outcome: { } outcome, Plan.Joined: null }
                    ? new BuildEnd(subject.Commit, outcome, links.To(build.BuildId))
                    : null)
            : null;
}
