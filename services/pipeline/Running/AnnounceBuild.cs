using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Verdict;

namespace Auxo.Pipeline.Running;

/// <summary>A build that takes its time says on its patch that it runs. Its verdict replaces that comment.</summary>
public static class AnnounceBuild
{
    /// <summary>Once, and only while it runs; a held build speaks when it waits, and that is its one interim body.</summary>
    public static (Events Events, OutgoingMessages Messages) Decide(Build build, Links links, DateTimeOffset now)
    {
        if (build is not { State: BuildState.Running, HasInterimComment: false, Plan.NeedsApproval: false }) return ([], []);
        var announced = new BuildEvent.Announced(now);
        return PatchComment.Of(build.Apply(announced), PatchComment.InterimSeq, links) is { } comment ? ([announced], [comment]) : ([], []);
    }
}
